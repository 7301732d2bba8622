"""Background jobs of this room. Ids only: no personal data in the broker."""

import logging

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from .models import Submission
from .notification import owners_mail

logger = logging.getLogger(__name__)


#: So many refusals in a row mean that the mail server is down; the next sweep tries again.
GIVE_UP_AFTER = 3


@shared_task
def notify_owner(submission_id: int) -> None:
    """Mail the owner about one message.

    May run twice: the row is locked while the mail goes out and carries the time afterwards. Killed between the two, the
    mail goes out again: twice is better than never. A mail server that refuses leaves the row for the sweep.
    """
    _notify(submission_id)


@shared_task
def send_pending_notifications() -> None:
    """Send what a dead broker or mail server left undone. May run at any time: a mail under way is passed over."""
    pending = Submission.objects.filter(notified_at__isnull=True).order_by("submit_time")
    refused = 0
    for pk in pending.values_list("pk", flat=True)[:100]:
        refused = 0 if _notify(pk) else refused + 1
        if refused == GIVE_UP_AFTER:
            # A server that hangs costs `EMAIL_TIMEOUT` each time, and the worker has other work.
            return


@transaction.atomic
def _notify(submission_id: int) -> bool:
    """Send one mail if nobody did; return False when the mail server refused."""
    submission = (
        Submission.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("page")
        .filter(pk=submission_id, notified_at__isnull=True)
        .first()
    )
    if submission is None:
        return True
    try:
        owners_mail(submission).send()
    except OSError as error:  # smtplib's errors are OSErrors, and so are refused and broken connections
        logger.warning("The mail about %s was not sent (%s); it will be tried again.", submission, type(error).__name__)
        return False
    Submission.objects.filter(pk=submission.pk).update(notified_at=timezone.now())
    return True
