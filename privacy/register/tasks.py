"""Background jobs of this room. No personal data in the broker: these tasks take nothing at all."""

from celery import shared_task
from django.utils import timezone

from .mails import reviews_mail
from .reviews import all_due


# The waits stay below the broker's visibility timeout, after which it would hand out the waiting task a second time.
@shared_task(autoretry_for=(OSError,), retry_backoff=60, retry_backoff_max=480, max_retries=10)
def mail_due_reviews() -> None:
    """Mail the officer what is due for review; nothing when nothing is.

    May run twice: the officer then gets the same list twice. A mail server that refuses is asked again, and what is due
    stays on the admin's first page in any case.
    """
    if due := all_due(timezone.localdate()):
        reviews_mail(due).send()
