"""From an open request for inzage or portability to an archive in the person's hands.

`collect` asks every source; when all have answered and nobody has to look first, the answer goes out by itself. `sealed`
makes the archive while its mail is being written, seals it, and returns the link: nowhere but in that mail. A worker that
dies on the way leaves a mail that is owed still, and the next attempt makes the archive anew, under a new key.
"""

import json
import logging
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from privacy import files
from privacy.mail.models import Mail
from privacy.mail.services import send
from privacy.register.periods import expires_at
from privacy.snapshots import snapshot
from privacy.statement.models import StatementVersion
from privacy.subjects.emails import normalise_email
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, registry
from privacy.subjects.services import find

from . import archive
from .holdings import record_of
from .letter_kinds import LetterKind
from .letters import LETTER_MAIL, write
from .links import archive_link, use
from .models import DataRequest, Letter, Redaction, archive_period
from .others import Named, Others
from .redaction import Changed, Copy, as_text, fingerprint, spans
from .sealing import new_token, seal, unseal
from .services import Actor, drop_archive, go_on, locked, move, note
from .states import FINAL, NotAllowed, State

logger = logging.getLogger(__name__)

#: Kind of the mail that tells the officer of a request that waits for them; its reference is the request's key.
OFFICER_MAIL = "rights.officer"

_SAME_IN_A_FOLLOW_UP = (
    *("kind", "channel", "subject", "email", "language", "identity", "handler"),
    *("received_at", "extended_months", "paused_days"),
)


def build_export(*, email: str, out: IO[bytes]) -> archive.Summary:
    """Write everything held about the person with this address as a zip (art. 15, 20).

    Args:
        email: their address, however spelled. Somebody who is not known gets an archive that says so (law.md C8).
        out: where the zip goes; opened for writing and reading.

    Raises:
        NoStatementInForce: nothing is published.
    """
    version = StatementVersion.objects.binding()
    return archive.write(email=normalise_email(email), subject=find(email), version=version, out=out)


def export_for(request: DataRequest, out: IO[bytes]) -> archive.Summary:
    """Write the archive that answers this request, unsealed: for the officer's own hands.

    Raises:
        NoStatementInForce: nothing is published.
        Changed: see `archive.write`.
    """
    return archive.write(
        email=request.email,
        subject=request.subject,
        version=StatementVersion.objects.binding(),
        out=out,
        language=request.language,
        request=request,
    )


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
    silent = missing(request)
    named = sum(looked.get("to_review", 0) for looked in request.searched.values())
    if silent and request.attempts <= len(settings.COLLECT_RETRY_AFTER_SECONDS):
        request.save(update_fields=["searched"])
        return
    request.next_attempt_at = None
    request.save(update_fields=["searched", "next_attempt_at"])
    if silent:
        names = ", ".join(silent)
        call_officer(request, reason=_("Deze bronnen antwoorden niet: %(names)s.") % {"names": names}, at=at)
    elif named:
        reason = ngettext(
            "In één gegeven kan een ander genoemd zijn; kijk het na.",
            "In %(count)s gegevens kunnen anderen genoemd zijn; kijk ze na.",
            named,
        )
        call_officer(request, reason=reason % {"count": named}, at=at)
    else:
        answer_with_archive(request, actor=Actor.SITE, at=at)


def missing(request: DataRequest) -> list[str]:
    """Return the keys of the sources that did not answer."""
    return sorted(key for key, found in request.searched.items() if found["state"] == "unreachable")


def to_review(request: DataRequest) -> list[Named]:
    """Return the records that somebody must see before the answer goes out, and why."""
    if request.subject is None:
        return []
    others, silent = Others(request.subject), missing(request)
    return [named for source in archive.sources_for(request) if source.key not in silent for named in others.named_in(source)]


def call_officer(request: DataRequest, *, reason: str, at: datetime) -> None:
    """Leave a request to the officer, with the reason, and mail them that it waits."""
    note(request, actor=Actor.SITE, at=at, reason=reason)
    send(kind=OFFICER_MAIL, reference=request.pk, subject=request.subject)


def answer_with_archive(request: DataRequest, *, actor: str, at: datetime, user: Any = None, reason: str = "") -> Letter:
    """Let the answer go out: the letter is owed, and its mail makes the archive.

    Args:
        request: a locked request whose sources have been asked.
        actor: who decides.
        at: now (aware).
        user: the member of staff.
        reason: what they decided, when something is missing or left out.
    """
    with override(request.language):
        labels = [str(registry.sources[key].label) for key in missing(request) if key in registry.sources]
        absent = _absent(request, labels, at) if labels else ""
    days = str((expires_at(at, *archive_period()) - at).days)
    letter = write(request, LetterKind.DELIVERED, at=at, link="{link}", dagen=days, ontbreekt=absent)
    request.next_attempt_at = None
    move(request, State.READY, actor=actor, at=at, user=user, reason=reason, letter=letter)
    return letter


@transaction.atomic
def approve(request: DataRequest, *, user: Any, at: datetime, reason: str = "", seen: int | None = None) -> Letter:
    """Let the officer send the answer: after the review, or naming what is missing (law.md C13).

    Args:
        request: a request that waits for them.
        user: who decides.
        at: now (aware).
        reason: what they decided.
        seen: see `locked`.

    Raises:
        Changed: a text of which something is left out is no longer what was looked at.
    """
    request = locked(request, seen=seen)
    texts_to_review(request, is_final=True)
    letter = answer_with_archive(request, actor=Actor.OFFICER, at=at, user=user, reason=reason)
    # Now, with the reason that was just written: it is among what the person gets to see.
    request.reviewed_sha256 = _fingerprint_of_review(request)
    request.save(update_fields=["reviewed_sha256"])
    if missing(request):
        _follow_up(request, at)
    return letter


def _absent(request: DataRequest, labels: list[str], at: datetime) -> str:
    """Return what is missing and when it follows, in the active language."""
    said = {"labels": ", ".join(labels), "due": date_format(request.due_on, "j F Y")}
    if request.is_overdue(at):
        return (
            _("Dit ontbreekt nog, omdat het nu niet te bereiken is: %(labels)s. U krijgt het van ons zodra het weer kan.")
            % said
        )
    return (
        _("Dit ontbreekt nog, omdat het nu niet te bereiken is: %(labels)s. U krijgt het alsnog, uiterlijk op %(due)s.") % said
    )


def _follow_up(request: DataRequest, at: datetime) -> None:
    """Open the request under which the rest follows, on the clock of the first: what was promised cannot be overlooked."""
    rest = DataRequest.objects.create(
        state=State.OPEN,
        **{name: getattr(request, name) for name in _SAME_IN_A_FOLLOW_UP},
    )
    reason = _("Vervolg op V%(number)s, waaraan nog iets ontbrak.") % {"number": request.pk}
    note(rest, actor=Actor.SITE, at=at, reason=reason, before="")
    go_on(rest)


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


def _fingerprint_of_review(request: DataRequest) -> str:
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
        reference: the record's own name.
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
        record = record_of(request.subject, found, reference) if request.subject else None
    texts = {label: as_text(value) for label, value in record.values.items()} if record else {}
    new = [
        Redaction(
            request=request,
            source=source,
            reference=reference,
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
        why = _("%(count)s keer iets weggelaten bij %(reference)s: %(reason)s") % {
            "count": len(new),
            "reference": reference,
            "reason": reason,
        }
        note(request, actor=Actor.OFFICER, at=at, user=user, reason=why)
    return len(new)


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
    reason = _("Toch niet weggelaten bij %(reference)s.") % {"reference": redaction.reference}
    note(request, actor=Actor.OFFICER, at=at, user=user, reason=reason)


def sealed(request: DataRequest, *, at: datetime) -> str | None:
    """Make the archive, seal it, store it, and return the token that opens it; called while the mail is written.

    Args:
        request: a request whose answer goes out.
        at: now (aware).

    Returns:
        The token; None when the request has gone elsewhere meanwhile, or somebody must look again.

    Raises:
        NoStatementInForce: nothing is published; the mail is tried again.
    """
    token = new_token()
    with tempfile.TemporaryFile("w+b") as plain, tempfile.TemporaryFile("w+b") as closed:
        try:
            with snapshot():
                if _fingerprint_of_review(request) != request.reviewed_sha256:
                    raise Changed
                summary = export_for(request, plain)
        except Changed:
            _look_again(request, at)
            return None
        plain.seek(0)
        seal(plain, closed, token=token)
        closed.seek(0)
        name = files.keep(closed, folder="inzage")
    with transaction.atomic():
        request = locked(request)
        if request.state != State.READY:
            files.doom([name])
            return None
        files.doom([str(request.archive)] if request.archive else [])
        files.claim([name])
        request.archive = name
        request.built_at = at
        request.sha256 = summary.sha256
        request.records = summary.records
        request.save(update_fields=["archive", "built_at", "sha256", "records"])
        archive_link(request, token, at=at)
    return token


@transaction.atomic
def _look_again(request: DataRequest, at: datetime) -> None:
    request = locked(request)
    if request.state == State.READY:
        reason = _("Er is iets veranderd nadat het is nagekeken; kijk het opnieuw na.")
        move(request, State.COLLECTING, actor=Actor.SITE, at=at, reason=reason)
        request.redactions.all().delete()


def take_out(token: str, *, at: datetime, out: IO[bytes]) -> DataRequest:
    """Open the archive for the holder of its link, and write down that it was taken (law.md C14).

    Args:
        token: of the link.
        at: now (aware).
        out: where the zip goes.

    Raises:
        Useless: the link does not work.
        Unopenable: the file is damaged.
        FileNotFoundError: the file is gone.
    """
    with transaction.atomic():
        link = use(token, at=at)
        request = locked(link.request)
        if not request.archive:
            raise FileNotFoundError
        if request.state == State.READY:
            move(request, State.DELIVERED, actor=Actor.PERSON, at=at, reason=_("Archief opgehaald."))
        else:
            note(request, actor=Actor.PERSON, at=at, reason=_("Archief opgehaald."))
        with request.archive.open("rb") as file:
            unseal(file, out, token=token)
    return request


def mark_delivered(*, at: datetime) -> int:
    """Close the requests whose answer the mail server took; return how many.

    Args:
        at: now (aware).
    """
    sent = Mail.objects.filter(kind=LETTER_MAIL, state=Mail.State.SENT).values("reference")
    letters = Letter.objects.filter(kind=LetterKind.DELIVERED, request__state=State.READY, pk__in=sent)
    closed = 0
    for letter in letters.select_related("request"):
        with transaction.atomic():
            request = locked(letter.request)
            if request.state == State.READY:
                move(request, State.DELIVERED, actor=Actor.SITE, at=at, letter=letter)
                closed += 1
    return closed


def forget_strangers() -> int:
    """Drop the address of closed requests of nobody we know, once no mail to it is owed any more; return how many."""
    return answered_strangers().update(email="", message="")


def answered_strangers() -> "QuerySet[DataRequest]":
    """Return the closed requests of nobody we know to which no mail is owed any more, and whose address is there still."""
    from .services import LINK_MAIL

    owed = Mail.objects.filter(state=Mail.State.PENDING)
    done = DataRequest.objects.filter(state__in=FINAL, subject=None).exclude(email="", message="")
    done = done.exclude(pk__in=owed.filter(kind=LINK_MAIL).values("reference"))
    return done.exclude(letters__in=Letter.objects.filter(pk__in=owed.filter(kind=LETTER_MAIL).values("reference")))


@transaction.atomic
def sweep_archives(*, at: datetime) -> int:
    """Delete archives past their days or taken a day ago; return how many went. What a crash left `privacy.files` sweeps.

    Args:
        at: now (aware).
    """
    expired = DataRequest.objects.filter(pk__in=DataRequest.objects.with_expired_archive(at).values("pk"))
    return _drop_archives(expired, at)


def end_archives(keys: Sequence[int]) -> int:
    """Delete the archives of these requests; return how many went."""
    return _drop_archives(DataRequest.objects.filter(pk__in=keys), timezone.now())


def _drop_archives(requests: "QuerySet[DataRequest]", at: datetime) -> int:
    swept = list(requests.select_for_update(of=("self",), skip_locked=True))
    return sum(drop_archive(request, at=at) for request in swept)
