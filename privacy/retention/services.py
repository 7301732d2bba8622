"""The verb of this room: `expire_due`, which deletes people whose period is over.

Principle: nobody goes a second before the published statement says so, and nobody who is held, or who writes while the
run is on its way. Failure mode: the process may die anywhere. A batch is one short transaction in which the rows are
locked, looked at again, deleted from every source, put into the ledger and counted; what was not committed did not
happen, and the next run takes it up. Two runs at once are one run: the second finds the lock taken and leaves.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from privacy.locks import only_one
from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion
from privacy.subjects.registry import registry
from privacy.subjects.services import erase

from .due import past_their_period
from .models import RetentionRun

#: Advisory lock of the expiry (`privacy.locks`).
_LOCK = 7_011_992


class AlreadyRunning(Exception):
    """Another process is expiring at this moment."""


@dataclass(kw_only=True)
class Outcome:
    """What a run did, or would do.

    Args:
        run: number of the run; None for a dry run.
        as_of: moment of the decision (aware).
        due: people past their period when the run began.
        erased: people erased.
        held: people past their period who were left alone.
        by_source: rows deleted per source; for a dry run, rows that would be.
        statement_version: number of the version whose period was used.
    """

    run: int | None
    as_of: datetime
    due: int
    erased: int
    held: int
    statement_version: int
    by_source: dict[str, int] = field(default_factory=dict)


def expire_due(*, as_of: datetime | None = None, batch_size: int | None = None) -> Outcome:
    """Erase everybody whose period is over, or take up a run that died.

    May run twice: the second finds nothing. May be killed: the next call goes on under the same number.

    Args:
        as_of: the moment of the decision (aware); now when None.
        batch_size: people per transaction; `settings.RETENTION_BATCH_SIZE` when None.

    Raises:
        NoStatementInForce: nothing is published.
        AlreadyRunning: another process is at it.
        OSError: the ledger cannot be written; the batch in hand is whole again.
    """
    version = StatementVersion.objects.defer("html").binding()
    size = batch_size or settings.RETENTION_BATCH_SIZE
    with only_one(_LOCK) as mine:
        if not mine:
            raise AlreadyRunning
        run = _resume(version, as_of) or _start(version, as_of or timezone.now())
        while _expire_batch(run, size):
            pass
        run.held = past_their_period(as_of=run.as_of, months=run.months).held(run.as_of).count()
        run.state = RetentionRun.State.FINISHED
        run.finished_at = timezone.now()
        run.save()
    return Outcome(
        run=run.pk,
        as_of=run.as_of,
        due=run.due,
        erased=run.erased,
        held=run.held,
        by_source=run.by_source,
        statement_version=version.number,
    )


def preview(*, as_of: datetime | None = None) -> Outcome:
    """Say what `expire_due` would do now, and do nothing.

    Args:
        as_of: the moment of the decision (aware); now when None.

    Raises:
        NoStatementInForce: nothing is published.
    """
    version = StatementVersion.objects.defer("html").binding()
    moment = as_of or timezone.now()
    due = past_their_period(as_of=moment, months=version.period_months(RELATIONS))
    free = due.free(moment)
    return Outcome(
        run=None,
        as_of=moment,
        due=due.count(),
        erased=0,
        held=due.held(moment).count(),
        by_source={source.key: source.count(free) for source in registry.in_order()},
        statement_version=version.number,
    )


def _resume(version: StatementVersion, as_of: datetime | None) -> RetentionRun | None:
    """Return the run that died, if it may go on; a run under another statement or moment is closed as it is."""
    found = None
    for run in RetentionRun.objects.filter(state=RetentionRun.State.RUNNING):
        if found is None and run.version_id == version.pk and as_of in (None, run.as_of):
            found = run
        else:
            run.state = RetentionRun.State.STOPPED
            run.finished_at = timezone.now()
            run.save()
    return found


def _start(version: StatementVersion, as_of: datetime) -> RetentionRun:
    months = version.period_months(RELATIONS)
    return RetentionRun.objects.create(
        started_at=timezone.now(),
        as_of=as_of,
        version=version,
        months=months,
        due=past_their_period(as_of=as_of, months=months).count(),
    )


@transaction.atomic
def _expire_batch(run: RetentionRun, size: int) -> int:
    """Erase up to `size` people and count them in the run's row, all in one transaction; return how many went."""
    due = past_their_period(as_of=run.as_of, months=run.months).free(run.as_of)
    # Whoever is writing at this moment holds their row; they are passed over, since they are no longer due. PostgreSQL
    # looks at the condition again after it has the lock, so somebody who wrote just before is kept as well.
    people = list(due.select_for_update(skip_locked=True)[:size])
    if not people:
        return 0
    result = erase(people, reason="expired", at=timezone.now(), run=run.pk)
    run.erased += result.people
    run.by_source = {key: run.by_source.get(key, 0) + rows for key, rows in result.by_source.items()}
    run.save(update_fields=["erased", "by_source"])
    return len(people)
