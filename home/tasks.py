"""Background jobs of this room."""

import logging

from celery import shared_task

from .grounds import take_down_groundless

logger = logging.getLogger(__name__)


@shared_task
def check_grounds() -> None:
    """Take down the cases whose ground has ended. May run twice: the second finds nothing."""
    if taken := take_down_groundless():
        logger.warning("%s cases were taken down: their ground does not hold any more.", taken)
