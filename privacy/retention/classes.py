"""The verb `end_classes`: what ends by a clock of its own goes when the published statement says so (law.md D1, D2).

People, and all that ends with them, are `expire_due`'s. Here is the rest: boxes nobody confirmed, answered requests,
archives, logs, old drafts. Every class is a `Clock` in the registry, and its period is looked up in the facts of the version
in force and nowhere else: an editor's change of the register is nothing until it is published. Failure mode: the process
may die anywhere; a batch is one short transaction that also counts, and the sweep goes on with the rest (`unfinished`). Two at
once are one.
"""

import logging
from collections import defaultdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet, Value
from django.utils import timezone

from privacy.locks import only_one
from privacy.register.periods import past
from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Clock, registry

from .due import past_their_period, tally
from .models import ClassRun, UnfinishedNight
from .services import AlreadyRunning, is_paused, stop_if_paused

logger = logging.getLogger(__name__)

#: Advisory lock (`privacy.locks`).
_LOCK = 7_011_994


def end_classes(*, as_of: datetime | None = None) -> list[ClassRun]:
    """End everything whose own period is over, by the version in force.

    May run twice: the second finds nothing. May be killed, or paused on its way: then it is `unfinished`.

    Args:
        as_of: the moment of the decision (aware); now when None.

    Returns:
        A row for each class of which something went.

    Raises:
        NoStatementInForce: nothing is published.
        AlreadyRunning: another process is at it.
        Paused: somebody paused the expiry and has not resumed it.
        OSError: the ledger cannot be written; the classes that need it are as they were, the others have ended.
    """
    version = StatementVersion.objects.binding()
    moment = as_of or timezone.now()
    ended, refused = [], None
    with only_one(_LOCK) as mine:
        if not mine:
            raise AlreadyRunning
        stop_if_paused()
        UnfinishedNight.objects.update_or_create(pk=1, defaults={"as_of": moment, "version": version})
        for clock in registry.clocks.values():
            if _is_promised(clock, version):
                try:
                    ended.append(_end(clock, version, moment))
                except OSError as error:
                    # What writes no line of the ledger does not wait for its disk.
                    logger.error("%s stay: the ledger cannot be written (%s).", clock.key, type(error).__name__)
                    refused = error
        if refused:
            raise refused
        UnfinishedNight.objects.all().delete()
    return [run for run in ended if run.rows]


def unfinished() -> datetime | None:
    """Return the moment as of which a night was ending the classes when it died; None when none did, or none may go on.

    It may not while the expiry is paused, nor by another version of the statement than it began with: a period that was
    published since is first kept to in the night, when whoever published it has slept on it.
    """
    night = UnfinishedNight.objects.first()
    if night is None or is_paused():
        return None
    version = StatementVersion.objects.in_force()
    return night.as_of if version and version.pk == night.version_id else None


def preview(*, as_of: datetime | None = None) -> dict[str, int]:
    """Say how many rows of each class `end_classes` would end after the run on people, which goes first.

    Args:
        as_of: the moment of the decision (aware); now when None.

    Raises:
        NoStatementInForce: nothing is published.
    """
    version = StatementVersion.objects.binding()
    moment = as_of or timezone.now()
    gone = past_their_period(as_of=moment, months=version.period_months(RELATIONS)).free(moment)
    found: dict[str, int] = {}
    before: dict[type[Model], list[QuerySet[Any, Any]]] = defaultdict(list)
    taken: list[QuerySet[DataSubject]] = []
    for clock in promised(version):
        rows = clock.outlives(gone, _due(clock, version, moment))
        for people in taken:
            rows = clock.outlives(people, rows)
        # What ends as a row of an earlier class is not there any more.
        for ended in before[clock.model]:
            rows = rows.exclude(pk__in=ended.values("pk"))
        before[clock.model].append(rows)
        found[clock.key] = rows.count()
        if clock.takes:
            taken.append(clock.takes(rows))
    return {key: rows for key, rows in found.items() if rows}


def due(clock: Clock, version: StatementVersion, as_of: datetime) -> int:
    """Return how many rows of a class are past their period at `as_of` and not held."""
    return _due(clock, version, as_of).count()


def overdue(version: StatementVersion, as_of: datetime) -> int:
    """Return how many rows of all classes are past their period at `as_of` and not held; one query.

    Args:
        version: the version in force.
        as_of: the moment of the decision (aware).
    """
    return sum(tally((clock.key, _due(clock, version, as_of), Value(0)) for clock in promised(version)).values())


def promised(version: StatementVersion) -> list[Clock]:
    """Return the clocks that a version promises to keep to."""
    return [clock for clock in registry.clocks.values() if version.look.period(clock.rule) is not None]


def _is_promised(clock: Clock, version: StatementVersion) -> bool:
    """Say whether the version has the rule; one from before the class existed has not, which the admin shows as drift."""
    is_promised = version.look.period(clock.rule) is not None
    if not is_promised:
        logger.error("%s stay: statement version %s has no rule %s.", clock.key, version.number, clock.rule)
    return is_promised


def _due(clock: Clock, version: StatementVersion, as_of: datetime) -> "QuerySet[Any, Any]":
    rows = past(clock.rows(), clock.start, period=version.period(clock.rule), as_of=as_of)
    if clock.subject:
        # Restricted is kept (art. 18(2)); a row of nobody has nobody to keep it.
        rows = rows.exclude(**{f"{clock.subject}__in": DataSubject.objects.held(as_of).values("pk")})
    return rows


def _end(clock: Clock, version: StatementVersion, as_of: datetime) -> ClassRun:
    period = version.period(clock.rule)
    run = ClassRun(
        source=clock.key,
        rule=clock.rule,
        months=period.months,
        days=period.days,
        version=version,
        as_of=as_of,
        started_at=timezone.now(),
    )
    stop_if_paused()
    if clock.verb:
        clock.verb(as_of, lambda rows: _count(run, rows))
    else:
        while _end_batch(clock, run, as_of):
            stop_if_paused()
    return run


@transaction.atomic
def _end_batch(clock: Clock, run: ClassRun, as_of: datetime) -> bool:
    rows = _due(clock, run.version, as_of).order_by(clock.start, "pk").select_for_update(skip_locked=True, of=("self",))
    keys = list(rows.values_list("pk", flat=True)[: settings.RETENTION_BATCH_SIZE])
    if not keys:
        return False
    ended = clock.finish(keys)
    _count(run, ended)
    # One that ends nothing would be asked for ever.
    return ended > 0


def _count(run: ClassRun, rows: int) -> None:
    """Count rows in the transaction that ends them."""
    run.rows += rows
    run.finished_at = timezone.now()
    run.save()
