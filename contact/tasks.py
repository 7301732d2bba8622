"""Background jobs of this room."""

import logging

from celery import shared_task
from django.conf import settings

from privacy.statement.models import NoStatementInForce

from .possible_spam import expire
from .virus import look_again

logger = logging.getLogger(__name__)


@shared_task
def expire_possible_spam() -> None:
    """Erase possible spam that is past its period. May run twice: the second finds nothing."""
    try:
        expired = expire()
    except NoStatementInForce:
        logger.error("No privacy statement is in force: no possible spam was erased.")
    except LookupError as error:
        # It then ends with the person, by the period of relations.
        logger.error("Possible spam was not erased: %s", error)
    else:
        logger.info("Possible spam: %s messages erased, and %s people with them.", expired.messages, expired.people)


@shared_task
def scan_files_again() -> None:
    """Look for viruses in files that came while the scanner was away. May run twice."""
    if settings.CLAMAV_URL and (judged := look_again()):
        logger.info("Files looked at for viruses after all: %s.", judged)
