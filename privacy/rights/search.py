"""Asking every source what it holds on somebody, until all have answered or one of them never does.

When all have answered and nobody has to look first, the answer goes out by itself; otherwise the officer is called. A worker
that dies on the way leaves an attempt that is planned already.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from privacy.subjects.models import DataSubject
from privacy.subjects.registry import registry

from . import archive
from .delivery import answer_with_archive
from .models import DataRequest
from .others import Others
from .states import NotAllowed, State
from .steps import Actor, call_officer, locked, move, note

logger = logging.getLogger(__name__)


def collect(request_id: int, *, at: datetime) -> None:
    """Ask every source that has not answered yet; then answer, wait for a source, or call the officer.

    May run twice at once: the second finds the next attempt planned. May be killed: the sweep goes on at that time.

    Args:
        request_id: key of the request; one with which there is nothing to do is left alone.
        at: now (aware).
    """
    request = _claim(request_id, at)
    if request is None or request.subject is None:
        return
    people = DataSubject.objects.filter(pk=request.subject.pk)
    others = Others(request.subject)
    found: dict[str, dict[str, Any]] = {}
    for source in archive.sources_for(request):
        if request.searched.get(source.key, {}).get("state") in {"found", "empty"}:
            continue
        try:
            count = source.count(people)
            named = len(others.named_in(source)) if count else 0
            found[source.key] = {"state": "found" if count else "empty", "records": count, "to_review": named}
        except Exception as error:  # noqa: BLE001 (whatever one source does, the others must answer)
            logger.warning("%s: the source %s did not answer (%s).", request, source.key, type(error).__name__)
            found[source.key] = {"state": "unreachable", "records": 0, "error": type(error).__name__}
    _settle_search(request, found, at)


@transaction.atomic
def _claim(request_id: int, at: datetime) -> DataRequest | None:
    rows = DataRequest.objects.to_collect(at).select_for_update(of=("self",), skip_locked=True)
    request = rows.select_related("subject").filter(pk=request_id).first()
    if request is None:
        return None
    waits = settings.COLLECT_RETRY_AFTER_SECONDS
    request.attempts += 1
    request.next_attempt_at = at + timedelta(seconds=waits[min(request.attempts, len(waits)) - 1])
    if request.state == State.OPEN:
        move(request, State.COLLECTING, actor=Actor.SITE, at=at)
    else:
        request.save(update_fields=["attempts", "next_attempt_at"])
    return request


@transaction.atomic
def _settle_search(request: DataRequest, found: dict[str, dict[str, Any]], at: datetime) -> None:
    request = locked(request)
    if request.state != State.COLLECTING:
        return
    request.searched = request.searched | found
    silent = request.missing()
    named = sum(looked.get("to_review", 0) for looked in request.searched.values())
    if silent and request.attempts <= len(settings.COLLECT_RETRY_AFTER_SECONDS):
        request.save(update_fields=["searched"])
        return
    request.next_attempt_at = None
    request.save(update_fields=["searched", "next_attempt_at"])
    if silent:
        names = ", ".join(registry.source_label(key) for key in silent)
        call_officer(request, reason=_("Deze bronnen antwoorden niet: %(names)s.") % {"names": names}, at=at)
    elif named:
        reason = ngettext(
            "In één gegeven kan een ander genoemd zijn; kijk het na.",
            "In %(count)s gegevens kunnen anderen genoemd zijn; kijk ze na.",
            named,
        )
        call_officer(request, reason=reason % {"count": intcomma(named)}, at=at)
    else:
        answer_with_archive(request, actor=Actor.SITE, at=at)


@transaction.atomic
def search_again(request: DataRequest, *, user: Any, at: datetime, seen: int | None = None) -> None:
    """Ask the sources that did not answer once more, with all their attempts; the sweep does it."""
    request = locked(request, seen=seen)
    if request.state != State.COLLECTING:
        raise NotAllowed(request.state, State.COLLECTING)
    request.attempts = 0
    request.next_attempt_at = at
    request.save(update_fields=["attempts", "next_attempt_at"])
    note(request, actor=Actor.OFFICER, at=at, user=user, reason=_("Bronnen opnieuw gevraagd."))
