"""What goes when, of what has a clock of its own: how much of each class ends in which month, and on which day of it.

Counts and nothing else. They are taken in one pass over each table, of all classes together in one query; a second one
counts what stays, since the person it belongs to is kept back.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, Func, IntegerField, OuterRef, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, TruncDate

from privacy.register.periods import EndsAt, Period
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject, kept_back
from privacy.subjects.registry import Clock, registry

from . import classes
from .due import tally


class Ending(NamedTuple):
    """How many rows end.

    Args:
        goes: those that nothing keeps back.
        stays: those of people who are held, restricted, or have a request open.
    """

    goes: int
    stays: int


#: Given a period, the moments between which something began that ends in the first month, the second, …; whatever began
#: before the first of them ends in the first month, or is late, and what began from the last on ends behind them all.
Limits = Callable[[Period], Sequence[datetime]]


class _Asked(NamedTuple):
    """One class in a question.

    Args:
        clock: the class.
        period: of its rule.
        rows: which of its rows.
        place: where each of them is counted.
    """

    clock: Clock
    period: Period
    rows: "QuerySet[Any, Any]"
    place: Combinable


def promised(version: StatementVersion) -> dict[str, list[Clock]]:
    """Return the clocks that a version promises to keep to, by the key of their rule."""
    found = defaultdict(list)
    for clock in classes.promised(version):
        found[clock.rule].append(clock)
    return found


def by_month(version: StatementVersion, *, at: datetime, limits: Limits) -> dict[str, list[Ending]]:
    """Return key of a class -> what of it ends in each of the months; two queries, whatever the number of rows.

    Args:
        version: the version in force.
        at: now (aware).
        limits: where the months lie.
    """
    asked, months = [], {}
    for clock in (clock for clocks in promised(version).values() for clock in clocks):
        period = version.period(clock.rule)
        between = limits(period)
        months[clock.key] = len(between)
        place = Func(
            F(clock.start),
            Value([*between]),
            template="width_bucket(%(expressions)s::timestamptz[])",
            output_field=IntegerField(),
        )
        asked.append(_Asked(clock, period, clock.rows().filter(**{f"{clock.start}__lt": between[-1]}), place))
    counted = _count(asked, at)
    return {key: [counted.get((key, number), Ending(0, 0)) for number in range(shown)] for key, shown in months.items()}


def by_day(
    version: StatementVersion, rule: str, *, at: datetime, since: datetime | None, until: datetime
) -> list[tuple[date, Clock, Ending]]:
    """Return what of each class of a rule ends on which day, for what began in a range; what is late ends today.

    Args:
        version: the version in force.
        rule: key of the rule.
        at: now (aware).
        since: from when on it began (aware); from ever when None.
        until: before when (aware).
    """
    asked, zone = [], ZoneInfo(settings.TIME_ZONE)
    for clock in promised(version)[rule]:
        period = version.period(rule)
        rows = clock.rows().filter(**{f"{clock.start}__lt": until} | ({f"{clock.start}__gte": since} if since else {}))
        asked.append(_Asked(clock, period, rows, TruncDate(_day_of_end(clock.start, period, at), tzinfo=zone)))
    found = _count(asked, at).items()
    return sorted(((day, registry.clocks[key], ending) for (key, day), ending in found), key=lambda row: (row[0], row[1].key))


def _day_of_end(start: str | Combinable, period: Period, at: datetime) -> Greatest:
    return Greatest(EndsAt(start, period), Value(at))


def _count(asked: Sequence[_Asked], at: datetime) -> dict[tuple[str, Any], Ending]:
    """Count all of these rows by class and place, and apart those whose person is kept back when they end."""
    kept = [
        one._replace(
            rows=one.rows.filter(
                Exists(
                    DataSubject.objects.filter(
                        kept_back(_day_of_end(OuterRef(one.clock.start), one.period, at)), pk=OuterRef(one.clock.subject)
                    )
                )
            )
        )
        for one in asked
        if one.clock.subject
    ]
    stays = _tally(kept)
    return {place: Ending(rows - stays.get(place, 0), stays.get(place, 0)) for place, rows in _tally(asked).items()}


def _tally(asked: Sequence[_Asked]) -> dict[tuple[str, Any], int]:
    return tally((one.clock.key, one.rows, one.place) for one in asked)
