"""Background jobs of this room."""

import logging

from celery import shared_task
from django.utils import timezone

from privacy import files

logger = logging.getLogger(__name__)


@shared_task
def delete_doomed_files() -> None:
    """Delete files whose row is gone, or never came. May run twice: the second finds nothing."""
    if swept := files.sweep(at=timezone.now()):
        logger.info("%s files deleted.", swept)
