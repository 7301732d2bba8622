"""From an answer that may go out to an archive in the person's hands.

`sealed` makes the archive while its mail is being written, seals it, and returns the link: nowhere but in that mail. A worker
that dies on the way leaves a mail that is owed still, and the next attempt makes the archive anew, under a new key.
"""

import tempfile
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from privacy import files
from privacy.mail.models import Mail
from privacy.register.periods import expires_at
from privacy.snapshots import snapshot
from privacy.statement.models import StatementVersion
from privacy.subjects.emails import normalise_email
from privacy.subjects.registry import registry
from privacy.subjects.services import find

from . import archive
from .letter_kinds import LetterKind
from .letters import LETTER_MAIL, write
from .links import archive_link, use
from .models import DataRequest, Letter, archive_period
from .redaction import Changed
from .review import fingerprint_of_review, refuse_changed
from .sealing import new_token, seal, unseal
from .services import go_on
from .states import State
from .steps import Actor, locked, move, note

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
        labels = [str(registry.sources[key].label) for key in request.missing() if key in registry.sources]
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
    refuse_changed(request)
    letter = answer_with_archive(request, actor=Actor.OFFICER, at=at, user=user, reason=reason)
    # Now, with the reason that was just written: it is among what the person gets to see.
    request.reviewed_sha256 = fingerprint_of_review(request)
    request.save(update_fields=["reviewed_sha256"])
    if request.missing():
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
                if fingerprint_of_review(request) != request.reviewed_sha256:
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
