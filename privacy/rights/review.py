"""What somebody must look at before an answer goes out, and what is left out of it (art. 15(4); law.md C13).

`others` finds the records in which somebody else may be named, `redaction` knows how words are left out of a copy; here is
what the officer does with both. What was seen is kept as a hash: `delivery` sends nothing that differs from it.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from privacy.statement.facts import sha256
from privacy.subjects.registry import Record, Source, registry

from . import archive
from .models import DataRequest, Redaction
from .others import Named, Others
from .redaction import Copy, as_text, spans
from .shown import number_of
from .states import NotAllowed, State
from .steps import Actor, locked, note


def to_review(request: DataRequest) -> list[Named]:
    """Return the records that somebody must see before the answer goes out, and why."""
    if request.subject is None:
        return []
    others, silent = Others(request.subject), request.missing()
    return [named for source in archive.sources_for(request) if source.key not in silent for named in others.named_in(source)]


def texts_to_review(request: DataRequest) -> list[tuple[Named, Record]]:
    """Return the records that somebody must look at, as the person will see them: with what was left out already.

    Those of which something was left out are among them. In the language of the answer: what is left out is known by its
    label, and an officer may read another language.

    Args:
        request: the request.
    """
    return _copied(request, Copy(request, is_final=False), [*to_review(request), *_redacted(request)])


def refuse_changed(request: DataRequest) -> None:
    """Let nothing go out of which something is left out and that is not what was looked at.

    Args:
        request: the request.

    Raises:
        Changed: there is such a text.
    """
    _copied(request, Copy(request), _redacted(request))


def _redacted(request: DataRequest) -> list[Named]:
    """Return the records of which something is left out."""
    return [
        Named(registry.sources[row.source], row.reference) for row in request.redactions.all() if row.source in registry.sources
    ]


def _copied(request: DataRequest, copy: Copy, wanted: Iterable[Named]) -> list[tuple[Named, Record]]:
    """Return these records of the person's, each once, as `copy` hands them out."""
    if request.subject is None:
        return []
    by_source: dict[str, dict[str, Named]] = {}
    for named in wanted:
        by_source.setdefault(named.source.key, {}).setdefault(named.reference, named)
    texts: list[tuple[Named, Record]] = []
    with override(request.language):
        for key, of_source in by_source.items():
            # Somebody may have very many records, few of which are wanted.
            records = (record for record in registry.sources[key].collect(request.subject) if record.reference in of_source)
            texts += [(of_source[record.reference], copy.of(key, record)) for record in islice(records, len(of_source))]
    return texts


def fingerprint_of_review(request: DataRequest) -> str:
    """Return the hash of all that somebody must have seen before it goes out; empty when there is no such thing."""
    seen = [[named.source.key, named.reference, named.sha256] for named in to_review(request)]
    left_out = list(request.redactions.values_list("source", "reference", "label", "start", "end", "text_sha256"))
    return sha256(json.dumps([seen, left_out])) if seen or left_out else ""


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
        reference: the record's own name, or the number that the letter gives it: "Submission #12", "#12", "12".
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
        record = _record_of(request, found, reference)
    if record is None:
        return 0
    texts = {label: as_text(value) for label, value in record.values.items()}
    new = [
        Redaction(
            request=request,
            source=source,
            reference=record.reference,
            label=label,
            start=start,
            end=end,
            text_sha256=sha256(text),
            reason=reason,
        )
        for label, text in texts.items()
        for start, end in spans(text, words)
    ]
    Redaction.objects.bulk_create(new)
    if new:
        why = _("%(count)s keer iets weggelaten bij %(record)s: %(reason)s") % {
            "count": len(new),
            "record": _called(source, record.reference),
            "reason": reason,
        }
        note(request, actor=Actor.OFFICER, at=at, user=user, reason=why)
    return len(new)


def _record_of(request: DataRequest, source: Source, reference: str) -> Record | None:
    wanted = reference.strip()
    wanted = f"#{wanted}" if wanted.isdecimal() else wanted
    records = source.collect(request.subject) if request.subject else ()
    return next((record for record in records if wanted in (record.reference, number_of(record.reference))), None)


def _called(source: str, reference: str) -> str:
    """Return how the letter calls a record: the person reads in it what happened to their request."""
    return f"“{registry.source_label(source)}” {number_of(reference)}"


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
