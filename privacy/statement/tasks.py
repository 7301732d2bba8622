"""Background jobs of this room. No personal data in the broker: these tasks take a key at most."""

from celery import shared_task

from . import links


@shared_task
def check_links() -> None:
    """Have every link of the statement asked that was not asked today. May run twice: the second finds less to do."""
    for pk in links.plan():
        check_link.delay(pk)


@shared_task
def check_link(pk: int) -> None:
    """Ask one link. May run twice: the later answer counts.

    Args:
        pk: key of the `LinkCheck`.
    """
    links.check(pk)
