"""Background jobs of this room. No personal data in the broker: these tasks take nothing at all."""

from celery import shared_task
from django.utils import timezone

from .mails import send_reviews


@shared_task
def mail_due_reviews() -> None:
    """Mail the officer what is due for review; nothing when nothing is. May run twice: there is one mail a month."""
    send_reviews(timezone.localdate())
