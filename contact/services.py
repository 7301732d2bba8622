"""The verb of this room: `submit`, which stores a message with its consent, all or nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from privacy import files
from privacy.consent.services import Choice, give, receipt_of
from privacy.mail.services import Owed, send_several
from privacy.statement.models import StatementVersion
from privacy.subjects.contact import Contact
from privacy.subjects.services import touch

from .mails import OWNERS_MAIL
from .models import Attachment, Submission
from .uploads import Upload

if TYPE_CHECKING:
    from .models import ContactPage


#: So soon nobody writes the very same message on purpose.
SAME_MESSAGE_WITHIN = timedelta(minutes=10)


class SentBefore(Exception):
    """The same message came just now, under another number; nothing of this call is stored.

    Args:
        first: the message that is stored.
    """

    def __init__(self, first: Submission) -> None:
        super().__init__(str(first))
        self.first = first


class PerhapsStored(OperationalError):
    """The database died while it was told to keep the message; it may have, and sending the same form again finds out."""


class FilesRefused(Exception):
    """The storage does not take the files (it is full, or gone); nothing is stored."""


def submit(
    *,
    page: "ContactPage",
    version: StatementVersion,
    submission_id: UUID,
    email: str,
    answers: dict[str, Any],
    labels: Sequence[tuple[str, str]],
    choices: Sequence[Choice],
    language: str,
    at: datetime,
    uploads: Mapping[str, Upload] | None = None,
    suspicions: Sequence[str] = (),
) -> Submission:
    """Store one message: the person's clock, the answers, the files, and one consent event per ticked box.

    All or nothing. Sending the same form twice, or twice at once, stores it once. So does going back and sending again: no
    browser may keep the page (law.md I15), so it comes anew with another number while the browser puts the text back; the same
    answers from the same person within `SAME_MESSAGE_WITHIN` are one message. The owner's mail goes out after the
    commit (see the mail room), so the message never waits for a broker or a mail server.

    With signs of spam it is stored all the same, apart: the clock of somebody who is known already stays where it is, and
    the owner gets no mail (`spam`).

    Args:
        page: the form.
        version: the statement that was in force when the form was shown.
        submission_id: the number made with the form.
        email: the sender's address, as typed.
        answers: field name -> answer.
        labels: name and label of each field, in the order asked.
        choices: the ticked boxes.
        language: language code of the form.
        at: when it came in (aware).
        uploads: field name -> file; none when None.
        suspicions: signs of spam, codes of `spam.Suspicion`.

    Returns:
        The stored message, be it of this call or of the first one.

    Raises:
        OperationalError: the database is gone; nothing is stored.
        PerhapsStored: it went while committing.
        FilesRefused: a file could not be stored; nothing is.
    """
    attachments = [_kept(upload, label=dict(labels)[name]) for name, upload in (uploads or {}).items()]
    all_said = False
    try:
        with transaction.atomic():
            person = touch(email=email, at=at, contact=None if suspicions else Contact.MESSAGE)
            submission = Submission(
                submission_id=submission_id,
                subject=person,
                page=page,
                form_data=answers,
                labels=labels,
                version=version,
                submit_time=at,
                state=Submission.State.SPAM if suspicions else Submission.State.NEW,
                suspicions=list(suspicions),
            )
            # Somebody who is new cannot have sent it before; of somebody who is not, the row is locked by now.
            if person.created_at != at:
                _refuse_repeat(submission, [choice.purpose for choice in choices])
            submission.save(force_insert=True)
            # As the visitor knows it; `url_path` counts from the root of the page tree.
            place = page.get_url_parts()[2]
            given = give(
                subject=person,
                choices=choices,
                version=version,
                language=language,
                place=place,
                at=at,
                page=page,
                is_locked=True,  # by `touch`
                owe_receipt=False,
            )
            if attachments:
                _attach(submission, attachments)
            # Nobody else hears of possible spam, but whoever it came from can always take their consent back.
            owed = receipt_of(given)
            if not suspicions:
                owed.insert(0, Owed(kind=OWNERS_MAIL, reference=submission.pk, subject=person))
            send_several(owed)
            all_said = True
    except SentBefore as repeat:
        return repeat.first
    except IntegrityError:
        # Sent before, and everything of this call is undone: a repeat moves nobody's clock. Anything else has no such row.
        return Submission.objects.get(submission_id=submission_id)
    except (OperationalError, InterfaceError) as error:
        if all_said:
            raise PerhapsStored from error
        raise
    return submission


def _refuse_repeat(message: Submission, purposes: Sequence[str]) -> None:
    """Raise `SentBefore` when this person sent these answers a moment ago, with no consent that is new now.

    Who sent it without the check against spam and now with it has not been heard yet.
    """
    person, since = message.subject, message.submit_time - SAME_MESSAGE_WITHIN
    same = Submission.objects.filter(
        subject=person, submit_time__gt=since, version=message.version, form_data=message.form_data
    )
    if message.state != Submission.State.SPAM:
        same = same.exclude(state=Submission.State.SPAM)
    # A box whose address is to be confirmed first waits beside the events.
    ticked = _ticked(person.consent_events.all(), purposes) + _ticked(person.unconfirmed_consents.all(), purposes)
    if first := same.annotate(boxes=ticked).filter(boxes=len(purposes)).first():
        raise SentBefore(first)


def _ticked(boxes: "QuerySet[Any, Any]", purposes: Sequence[str]) -> Coalesce:
    """Return the SQL expression for how many of `boxes`, for these purposes, came with a message."""
    with_it = boxes.filter(purpose__in=purposes, at=OuterRef("submit_time")).order_by().values("subject")
    return Coalesce(Subquery(with_it.annotate(n=Count("pk")).values("n")), 0)


def _kept(upload: Upload, *, label: str) -> Attachment:
    """Write a file and return the row that will lead to it; a file whose row never comes goes by itself."""
    try:
        name = files.keep(upload.content, folder="contact")
    except OSError as error:
        raise FilesRefused from error
    return Attachment(
        label=label,
        file=name,
        filename=upload.filename,
        content_type=upload.content_type,
        size=upload.size,
        sha256=upload.sha256,
        scan=upload.scan,
    )


def _attach(submission: Submission, attachments: Sequence[Attachment]) -> None:
    """Store the rows of files that are there already; from here on the files live as long as the rows."""
    for attachment in attachments:
        attachment.submission = submission
    files.claim([str(attachment.file) for attachment in attachments])
    Attachment.objects.bulk_create(attachments)
