"""The verb of this room: `submit`, which stores a message with its consent, all or nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from privacy import files
from privacy.consent.services import Choice, give
from privacy.queue import enqueue_on_commit
from privacy.statement.models import StatementVersion
from privacy.subjects.services import touch

from .models import Attachment, Submission
from .uploads import Upload

if TYPE_CHECKING:
    from .models import ContactPage


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
) -> Submission:
    """Store one message: the person's clock, the answers, the files, and one consent event per ticked box.

    All or nothing. Sending the same form twice, or twice at once, stores it once. The owner's mail goes out after the commit;
    what a dead broker or mail server swallows, the sweep sends later, so the message never waits for either.

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
            submission = Submission.objects.create(
                submission_id=submission_id,
                subject=touch(email=email, at=at),
                page=page,
                form_data=answers,
                labels=labels,
                version=version,
                submit_time=at,
            )
            # As the visitor knows it; `url_path` counts from the root of the page tree.
            place = page.get_url_parts()[2]
            give(subject=submission.subject, choices=choices, version=version, language=language, place=place, at=at)
            if attachments:
                _attach(submission, attachments)
            from .tasks import notify_owner  # the tasks are doors to this module's models

            enqueue_on_commit(notify_owner, submission.pk)
            all_said = True
    except IntegrityError:
        # Sent before, and everything of this call is undone: a repeat moves nobody's clock. Anything else has no such row.
        return Submission.objects.get(submission_id=submission_id)
    except (OperationalError, InterfaceError) as error:
        if all_said:
            raise PerhapsStored from error
        raise
    return submission


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
    )


def _attach(submission: Submission, attachments: Sequence[Attachment]) -> None:
    """Store the rows of files that are there already; from here on the files live as long as the rows."""
    for attachment in attachments:
        attachment.submission = submission
    files.claim([attachment.file.name for attachment in attachments])
    Attachment.objects.bulk_create(attachments)
