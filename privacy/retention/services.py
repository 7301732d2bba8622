"""The verb of this room: `expire_due`, which deletes people whose period is over.

Principle: nobody goes a second before the published statement says so, and nobody who is held, or who writes while the
run is on its way. Failure mode: the process may die anywhere. A batch is one short transaction in which the rows are
locked, looked at again, deleted from every source, put into the ledger and counted; what was not committed did not
happen, and the next run takes it up. Two runs at once are one run: the second finds the lock taken and leaves. Several
processes may work on one run (`assist`): each locks people of its own, and one of them, who began it, finishes it. They do
as long as nobody is on the site; beside a visitor one goes on alone.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from django.utils import timezone

from privacy.locks import alone, only_one, together
from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import registry
from privacy.subjects.services import erase_all

from .due import past_their_period
from .models import RetentionRun

#: Advisory lock of the expiry (`privacy.locks`).
_LOCK = 7_011_992

#: The lock that whoever works on a run shares; who wants to finish it waits until they are alone.
_WORKING = 7_011_993

#: How long help lasts once it is called (seconds). What else its workers have to do waits no longer than this.
STINT = 2

#: How long after somebody's contact the run stays without help: they may well have more to do here.
_VISIT = timedelta(minutes=1)

#: Where a walk over the people who are due has got to: last contact (as PostgreSQL writes it) and key of the last one seen.
_Position = tuple[str, int]

#: Has other processes `assist`; given the number of the run, and where the walk is (None at its beginning). Returns whether
#: anybody can be called at all.
CallHelp = Callable[[int, _Position | None], bool]


class AlreadyRunning(Exception):
    """Another process is expiring at this moment."""


class Paused(Exception):
    """Somebody paused a run; nothing is erased until it is resumed."""


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


def expire_due(*, as_of: datetime | None = None, batch_size: int | None = None, call_help: CallHelp | None = None) -> Outcome:
    """Erase everybody whose period is over, or take up a run that died.

    May run twice: the second finds nothing. May be killed: the next call goes on under the same number. A run that is
    paused on its way stays unfinished until it is resumed.

    Args:
        as_of: the moment of the decision (aware); now when None.
        batch_size: people per transaction; `settings.RETENTION_BATCH_SIZE` when None.
        call_help: called again and again while nobody is on the site, unless it cannot be.

    Raises:
        NoStatementInForce: nothing is published.
        AlreadyRunning: another process is at it.
        Paused: somebody paused a run and has not resumed it.
        OSError: the ledger cannot be written; the batch in hand is whole again.
    """
    version = StatementVersion.objects.binding()
    size = batch_size or settings.RETENTION_BATCH_SIZE
    with only_one(_LOCK) as mine:
        if not mine:
            raise AlreadyRunning
        stop_if_paused()
        run = _resume(version, as_of) or _start(version, as_of or timezone.now())
        _walk(run, size, call_help)
        # Of a helper that died its batch is left; nobody else is at work any more when the lock comes.
        with alone(_WORKING):
            _walk(run, size)
        _finish(run)
    return Outcome(
        run=run.pk,
        as_of=run.as_of,
        due=run.due,
        erased=run.erased,
        held=run.held,
        by_source=run.by_source,
        statement_version=version.number,
    )


def assist(run_id: int, after: _Position | None = None) -> None:
    """Work along on a run that another process began, for `STINT` at most and as long as nobody is on the site.

    May be called at any time and any number of times: on a run that is over, it does nothing.

    Args:
        run_id: number of the run.
        after: where the walk was when help was called; None at its beginning.

    Raises:
        OSError: the ledger cannot be written; the batch in hand is whole again.
    """
    over = time.monotonic() + STINT
    with together(_WORKING) as may:
        # Who may not comes when the run is just being finished.
        run = RetentionRun.objects.filter(pk=run_id).first() if may else None
        while run and _goes_on(run) and time.monotonic() < over and not _somebody_is_here():
            after = _expire_batch(run, settings.RETENTION_BATCH_SIZE, after)
            if after is None:
                break


def is_paused() -> bool:
    """Say whether somebody paused the expiry and has not resumed it."""
    return RetentionRun.objects.filter(state=RetentionRun.State.PAUSED).exists()


def stop_if_paused() -> None:
    """Go no further while somebody has the expiry paused.

    Raises:
        Paused: somebody has.
    """
    if is_paused():
        raise Paused


def pause(run: RetentionRun) -> bool:
    """Have a run stop after the batch in hand; say whether it was running. Nothing is erased until it is resumed."""
    return _move(run, RetentionRun.State.RUNNING, RetentionRun.State.PAUSED)


def resume(run: RetentionRun) -> bool:
    """Let a paused run go on; say whether it was paused. The caller, or the sweep, has it taken up."""
    return _move(run, RetentionRun.State.PAUSED, RetentionRun.State.RUNNING)


def _move(run: RetentionRun, old: RetentionRun.State, new: RetentionRun.State) -> bool:
    return bool(RetentionRun.objects.filter(pk=run.pk, state=old).update(state=new))


def preview(*, as_of: datetime | None = None) -> Outcome:
    """Say what `expire_due` would do now, and do nothing.

    Args:
        as_of: the moment of the decision (aware); now when None.

    Raises:
        NoStatementInForce: nothing is published.
    """
    version = StatementVersion.objects.binding()
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
            run.taken_up_at, run.erased_before = timezone.now(), run.erased
            run.save(update_fields=["taken_up_at", "erased_before"])
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
        # A run that finds nobody says so of every source, as its dry run does.
        by_source={source.key: 0 for source in registry.in_order()},
    )


def _walk(run: RetentionRun, size: int, call_help: CallHelp | None = None) -> None:
    """Erase batch after batch, from the longest silent on, until the end or until the run is paused."""
    position: _Position | None = None
    next_call = time.monotonic()
    while _goes_on(run):
        if call_help and time.monotonic() >= next_call and not _somebody_is_here():
            if not call_help(run.pk, position):
                call_help = None
            next_call = time.monotonic() + STINT
        position = _expire_batch(run, size, position)
        if position is None:
            break


def _goes_on(run: RetentionRun) -> bool:
    return RetentionRun.objects.filter(pk=run.pk, state=RetentionRun.State.RUNNING).exists()


def _somebody_is_here() -> bool:
    """Say whether somebody was in contact just now: two processes beside them would make them wait (decision 0476)."""
    now = timezone.now()
    return DataSubject.objects.filter(last_contact_at__gt=now - _VISIT, last_contact_at__lte=now).exists()


@transaction.atomic
def _expire_batch(run: RetentionRun, size: int, after: _Position | None) -> _Position | None:
    """Erase up to `size` people and count them in the run's row, all in one transaction; return how far the walk is.

    Args:
        run: the run.
        size: most people to lock.
        after: where the walk is; None at the beginning.
    """
    due = past_their_period(as_of=run.as_of, months=run.months).free(run.as_of)
    ahead = due if after is None else due.filter(_beyond(after))
    # Whoever is writing at this moment holds their row; they are passed over, since they are no longer due.
    locked = list(
        ahead.order_by("last_contact_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))
        # As text: it only goes back to PostgreSQL.
        .values_list(Cast("last_contact_at", TextField()), "pk")[:size]
    )
    if not locked:
        return None
    # Looked at again, now that nobody can come in between: whoever wrote, or was put on hold, just before the lock stays.
    result = erase_all(due, [pk for _, pk in locked], reason="expired", at=timezone.now(), run=run.pk)
    # Last, since others who work on this run wait for the row until the commit.
    counted = RetentionRun.objects.select_for_update().get(pk=run.pk)
    counted.erased += result.people
    for key, rows in result.by_source.items():
        counted.by_source[key] = counted.by_source.get(key, 0) + rows
    counted.progress_at = timezone.now()
    counted.save(update_fields=["erased", "by_source", "progress_at"])
    position: _Position = locked[-1]
    return position


def _beyond(position: _Position) -> RawSQL:
    """Return the condition for who comes after `position` in the order of the index."""
    return RawSQL("(last_contact_at, id) > (%s::timestamptz, %s)", tuple(position), output_field=BooleanField())


@transaction.atomic
def _finish(run: RetentionRun) -> None:
    """Close the run with what it left alone; one that was paused stays open."""
    run.refresh_from_db(from_queryset=RetentionRun.objects.select_for_update())
    if run.state == RetentionRun.State.RUNNING:
        run.held = past_their_period(as_of=run.as_of, months=run.months).held(run.as_of).count()
        run.state = RetentionRun.State.FINISHED
        run.finished_at = timezone.now()
        run.save(update_fields=["held", "state", "finished_at"])
