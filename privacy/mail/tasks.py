"""Background jobs of this room. Ids only: no personal data in the broker."""

from celery import shared_task

from . import services


@shared_task
def deliver_one(mail_id: int) -> None:
    """Send one mail. May run twice: the second finds nothing to do."""
    services.deliver(mail_id)


@shared_task
def sweep() -> None:
    """Send what is due and did not go out. May run at any time, also twice at once."""
    services.sweep()
