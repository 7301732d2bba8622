"""What somebody must look at before an answer goes out, and what is left out of it (art. 15(4); law.md C13).

`others` finds the records in which somebody else may be named, `redaction` knows how words are left out of a copy; here is
what the officer does with both. What was seen is kept as a hash: `delivery` sends nothing that differs from it.
"""

import json
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, Source, registry

from . import archive
from .models import DataRequest, Redaction
from .others import Named, Others
from .redaction import Copy, as_text, fingerprint, spans
from .shown import number_of
from .states import NotAllowed, State
from .steps import Actor, locked, note


def to_review(request: DataRequest) -> list[Named]:
    """Return the records that somebody must see before the answer goes out, and why."""
    if request.subject is None:
        return []
    others, silent = Others(request.subject), request.missing()
    return [named for source in archive.sources_for(request) if source.key not in silent for named in others.named_in(source)]


def texts_to_review(request: DataRequest, *, is_final: bool = False) -> list[tuple[Named, Record]]:
    """Return the records that somebody must look at, as the person will see them: with what was left out already.

    Those of which something was left out are among them. In the language of the answer: what is left out is known by its
    label, and an officer may read another language.

    Args:
        request: the request.
        is_final: whether this is what goes out.

    Raises:
        Changed: a text of which something is left out is no longer what was looked at, and this is to go out.
    """
    if request.subject is None:
        return []
    copy = Copy(request, is_final=is_final)
    wanted: dict[str, dict[str, Named]] = {}
    for named in to_review(request):
        wanted.setdefault(named.source.key, {})[named.reference] = named
    for row in request.redactions.all():
        if source := registry.sources.get(row.source):
            wanted.setdefault(row.source, {}).setdefault(row.reference, Named(source, row.reference))
    texts: list[tuple[Named, Record]] = []
    with override(request.language):
        for key, of_source in wanted.items():
            # Somebody may have very many records, few of which are wanted.
            records = (record for record in registry.sources[key].collect(request.subject) if record.reference in of_source)
            texts += [(of_source[record.reference], copy.of(key, record)) for record in islice(records, len(of_source))]
    return texts


def fingerprint_of_review(request: DataRequest) -> str:
    """Return the hash of all that somebody must have seen before it goes out; empty when there is no such thing."""
    seen = [[named.source.key, named.reference, named.sha256] for named in to_review(request)]
    left_out = list(request.redactions.values_list("source", "reference", "label", "start", "end", "text_sha256"))
    return fingerprint(json.dumps([seen, left_out])) if seen or left_out else ""


@transaction.atomic
def leave_out(
    request: DataRequest,
    *,
    source: str,
    reference: str,
    words: str,
    reason: str,
    user: Any,
    at: datetime,
    seen: int | None = None,
) -> int:
    """Leave words about somebody else out of one record's copy, wherever they stand in it (15(4); law.md C13).

    Args:
        request: a request that waits for review.
        source: key of the source.
        reference: the record's own name, or its number as the letter has it ("#12").
        words: to the letter.
        reason: why, for the person; in a word or two.
        user: who decides.
        at: now (aware).
        seen: see `locked`.

    Returns:
        How many stretches are left out; nothing is written down when there are none.

    Raises:
        NotAllowed: the answer is on its way, or was given.
        ValueError: no reason, or one that holds the words.
    """
    if not reason.strip() or (words.strip() and words.strip().lower() in reason.lower()):
        raise ValueError("Leaving something out needs its reason, which must not say what is left out.")
    request = _being_reviewed(request, seen)
    found = registry.sources[source]
    with override(request.language):
        record = _record(request.subject, found, reference) if request.subject else None
    texts = {label: as_text(value) for label, value in record.values.items()} if record else {}
    name = record.reference if record else reference
    new = [
        Redaction(
            request=request,
            source=source,
            reference=name,
            label=label,
            start=start,
            end=end,
            text_sha256=fingerprint(text),
            reason=reason,
        )
        for label, text in texts.items()
        for start, end in spans(text, words)
    ]
    Redaction.objects.bulk_create(new)
    if new:
        why = _("%(count)s keer iets weggelaten bij %(record)s: %(reason)s") % {
            "count": len(new),
            "record": _called(source, name),
            "reason": reason,
        }
        note(request, actor=Actor.OFFICER, at=at, user=user, reason=why)
    return len(new)


def _record(subject: DataSubject, source: Source, reference: str) -> Record | None:
    number = f"#{reference.strip().removeprefix('#')}"
    return next(
        (one for one in source.collect(subject) if one.reference == reference or number_of(one.reference) == number), None
    )


def _called(source: str, reference: str) -> str:
    """Return how the letter calls a record: the person reads in it what happened to their request."""
    return f"“{registry.label(source)}” {number_of(reference)}"


def _being_reviewed(request: DataRequest, seen: int | None) -> DataRequest:
    request = locked(request, seen=seen)
    if request.state != State.COLLECTING:
        raise NotAllowed(request.state, State.COLLECTING)
    return request


@transaction.atomic
def put_back(redaction: Redaction, *, user: Any, at: datetime, seen: int | None = None) -> None:
    """Hand out after all what was to be left out, or clear away what no longer fits a text that changed.

    Args:
        redaction: of a request that waits for review.
        user: who decides.
        at: now (aware).
        seen: see `locked`.

    Raises:
        NotAllowed: the answer is on its way, or was given.
    """
    request = _being_reviewed(redaction.request, seen)
    redaction.delete()
    reason = _("Toch niet weggelaten bij %(record)s.") % {"record": _called(redaction.source, redaction.reference)}
    note(request, actor=Actor.OFFICER, at=at, user=user, reason=reason)
