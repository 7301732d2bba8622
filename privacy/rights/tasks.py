"""Background jobs of the requests. Ids only: no personal data in the broker."""

import logging

from celery import shared_task
from django.utils import timezone

from . import acts, alarms, clearing, delivery, links, search, services
from .models import DataRequest

logger = logging.getLogger(__name__)


@shared_task
def collect_one(request_id: int) -> None:
    """Ask the sources for one request. May run twice: the second finds nothing to do."""
    search.collect(request_id, at=timezone.now())


@shared_task
def sweep() -> None:
    """Go on with what a dead broker or worker left undone, and close what has gone out. May run at any time."""
    now = timezone.now()
    for pk in DataRequest.objects.to_collect(now).order_by("pk").values_list("pk", flat=True):
        search.collect(pk, at=now)
    delivery.mark_delivered(at=now)
    acts.announce_decided(at=now)
    acts.lift_announced()


@shared_task
def warn() -> None:
    """Mail the officer about the clock. May run twice: each alarm is one mail."""
    alarms.give_alarms(at=timezone.now())


@shared_task
def forget() -> None:
    """Delete what is over: archives, links, addresses of strangers. May run twice."""
    now = timezone.now()
    counts = {
        "archives": clearing.sweep_archives(at=now),
        "unconfirmed": services.expire_unconfirmed(at=now),
        "strangers": clearing.forget_strangers(),
        "links": links.forget_links(at=now),
    }
    if any(counts.values()):
        logger.info("Requests: %s.", ", ".join(f"{count} {name}" for name, count in counts.items() if count))
