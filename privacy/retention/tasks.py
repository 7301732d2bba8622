"""Background jobs of the expiry. Ids and times only: no personal data in the broker."""

import logging

from celery import shared_task

from privacy.statement.models import NoStatementInForce

from .models import RetentionRun
from .services import AlreadyRunning, expire_due

logger = logging.getLogger(__name__)


@shared_task
def run_nightly() -> None:
    """Erase who is past their period.

    May run twice: `expire_due` takes an advisory lock, and a second run finds nothing left.
    """
    try:
        outcome = expire_due()
    except AlreadyRunning:
        logger.info("The expiry is already running elsewhere.")
    except NoStatementInForce:
        logger.error("No privacy statement is in force: nothing was erased.")
    else:
        logger.info("Expiry run %s: %s due, %s erased, %s held.", outcome.run, outcome.due, outcome.erased, outcome.held)


@shared_task
def resume_interrupted() -> None:
    """Take up a run whose process died. May run at any time: without such a run it costs one query."""
    if RetentionRun.objects.filter(state=RetentionRun.State.RUNNING).exists():
        run_nightly()
