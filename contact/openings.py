"""Who opened which message, and which file of it: written down at every opening (art. 5(2), 32; law.md I).

A table of its own and not Wagtail's log: PostgreSQL refuses to change these lines, they go with the person, and inzage hands
them over (docs/decisions/0260-who-read-it-stays-known.md).
"""

from typing import Any

from django.utils import timezone

from .models import Attachment, Opening, Submission


def opened(message: Submission, *, by: Any, attachment: Attachment | None = None) -> None:
    """Write down that a message, or a file of it, is being opened; if that fails, it must not be shown.

    Args:
        message: the message.
        by: the user.
        attachment: the file; None for the message itself.
    """
    Opening.objects.create(
        subject_id=message.subject_id,
        message=message.pk,
        attachment=attachment.pk if attachment else None,
        user=by,
        at=timezone.now(),
    )
