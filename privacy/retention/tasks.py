"""Background jobs of the expiry. Ids and times only: no personal data in the broker."""

import logging
from contextlib import suppress
from datetime import datetime

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from privacy.statement.gate import RELATIONS
from privacy.statement.models import NoStatementInForce, StatementVersion

from . import classes
from .due import past_their_period
from .mails import announce, tell_people
from .models import RetentionRun
from .services import STINT, AlreadyRunning, Paused, assist, expire_due

logger = logging.getLogger(__name__)


@shared_task
def run_nightly() -> None:
    """Erase who is past their period, with the other workers' help.

    May run twice: `expire_due` takes an advisory lock, and a second run finds nothing left.
    """
    try:
        outcome = expire_due(call_help=call_help)
    except AlreadyRunning:
        logger.info("The expiry is already running elsewhere.")
    except Paused:
        logger.warning("The expiry is paused: nothing was erased.")
    except NoStatementInForce:
        logger.error("No privacy statement is in force: nothing was erased.")
    else:
        logger.info("Expiry run %s: %s due, %s erased, %s held.", outcome.run, outcome.due, outcome.erased, outcome.held)


def call_help(run_id: int, after: tuple[str, int] | None) -> bool:
    """Have the workers' other processes help along on a run.

    Args:
        run_id: number of the run.
        after: where its walk is, for `assist`.

    Returns:
        Whether the broker took it.
    """
    try:
        for _ in range(settings.RETENTION_WORKERS - 1):
            # Whoever has no time by then is called anew.
            help_along.apply_async([run_id, after], expires=STINT)
    except OperationalError as error:
        # The broker is gone. It only costs speed: whoever began the run also does it alone.
        logger.warning("The expiry goes on without help: %s", type(error).__name__)
        return False
    return True


@shared_task
def help_along(run_id: int, after: tuple[str, int] | None) -> None:
    """Work along on a run for a moment. May run twice, late or never: it takes only what nobody else has in hand."""
    assist(run_id, after)


@shared_task
def run_first() -> None:
    """Show on a site that never had a night that the expiry works, as long as there is nobody whom it would erase.

    Whoever is past their period waits for the night (docs/decisions/0461-a-first-run-that-finds-nobody.md). May run at any
    time: on every other site it costs one query.
    """
    if RetentionRun.objects.exists():
        return
    version, now = StatementVersion.objects.in_force(), timezone.now()
    if version and not past_their_period(as_of=now, months=version.period_months(RELATIONS)).exists():
        with suppress(AlreadyRunning):
            expire_due(as_of=now)


@shared_task
def resume_interrupted() -> None:
    """Take up what a process that died left: of people, and of classes. May run at any time: mostly it costs two queries."""
    if RetentionRun.objects.filter(state=RetentionRun.State.RUNNING).exists():
        run_nightly()
    if moment := classes.unfinished():
        _end_classes(moment)


@shared_task
def end_classes() -> None:
    """End what has a clock of its own: logs, old drafts, answered requests. May run twice: the second finds nothing."""
    _end_classes(None)


def _end_classes(as_of: datetime | None) -> None:
    try:
        ended = classes.end_classes(as_of=as_of)
    except AlreadyRunning:
        logger.info("The clean-up of classes is already running elsewhere.")
    except Paused:
        logger.warning("The expiry is paused: nothing was erased.")
    except NoStatementInForce:
        logger.error("No privacy statement is in force: nothing was erased.")
    else:
        if ended:
            logger.info("Ended: %s.", ", ".join(f"{run.rows} {run.source}" for run in ended))


@shared_task
def announce_today() -> None:
    """Tell the officer who goes two weeks later and whose hold ends tomorrow, and the people themselves where the rule says so.

    May run twice: each mail is owed once a day, or once per person and date.
    """
    announce(timezone.localdate())
    if new := tell_people(timezone.localdate()):
        logger.info("%s people are told that their period ends.", new)
