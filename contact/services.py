"""The verb of this room: `submit`, which stores a message with its consent, all or nothing."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from privacy.consent.services import Choice, give
from privacy.mail.services import send
from privacy.statement.models import StatementVersion
from privacy.subjects.services import touch

from .mails import OWNERS_MAIL
from .models import Submission

if TYPE_CHECKING:
    from .models import ContactPage


@transaction.atomic
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
) -> Submission:
    """Store one message: the person's clock, the answers, and one consent event per ticked box.

    Sending the same form twice, or twice at once, stores it once. The owner's mail goes out after the commit (see
    the mail room), so the message never waits for a broker or a mail server.

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

    Returns:
        The stored message, be it of this call or of the first one.
    """
    submission: Submission
    submission, created = Submission.objects.get_or_create(
        submission_id=submission_id,
        defaults={
            # Called only when there is no such message yet: a repeat moves nobody's clock.
            "subject": partial(touch, email=email, at=at),
            "page": page,
            "form_data": answers,
            "labels": labels,
            "version": version,
            "submit_time": at,
        },
    )
    if created:
        # As the visitor knows it; `url_path` counts from the root of the page tree.
        place = page.get_url_parts()[2]
        give(subject=submission.subject, choices=choices, version=version, language=language, place=place, at=at)
        send(kind=OWNERS_MAIL, reference=submission.pk, subject=submission.subject)
    return submission
