"""Background jobs of this room."""

import logging

from celery import shared_task
from django.conf import settings

from .virus import look_again

logger = logging.getLogger(__name__)


@shared_task
def scan_files_again() -> None:
    """Look for viruses in files that came while the scanner was away. May run twice."""
    if settings.CLAMAV_URL and (judged := look_again()):
        logger.info("Files looked at for viruses after all: %s.", judged)
