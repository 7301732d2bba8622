"""Calendar arithmetic of retention periods.

A period in the statement is a number of calendar months, or of days, on the clock that the reader lives by
(`settings.TIME_ZONE`). Month ends are clamped: 29 February plus 12 months is 28 February. Where a local time does not exist or
exists twice (the clock changes), the later reading counts: what was promised to be kept until then is never erased early.

PostgreSQL counts `timestamp + interval 'n months'` in the same way, so the expiry can be decided set-wise in SQL with
`EndsAt`; a property test holds the two against each other.
"""

from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db.models import DateTimeField, Func, QuerySet
from django.db.models.expressions import Combinable


class Period(NamedTuple):
    """How long something is kept.

    Args:
        months: calendar months; 0 where the period is in days.
        days: days; 0 where it is in months.
    """

    months: int
    days: int = 0


def expires_at(start: datetime, months: int, days: int = 0) -> datetime:
    """Return the moment at which the period ends (aware, UTC); from that moment on the data are due.

    Args:
        start: start of the period (aware).
        months: length of the period in calendar months.
        days: and in days.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    local = start.astimezone(zone).replace(tzinfo=None) + relativedelta(months=months, days=days)
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def not_due_after(as_of: datetime, months: int) -> datetime:
    """Return a moment such that whoever was last in contact after it is not due at `as_of`.

    Clamping makes the exact limit uneven around month ends, so this is a few days generous; it lets an index on the last
    contact do the work before the exact expression decides about the rest.

    Args:
        as_of: the moment of the decision (aware).
        months: length of the period in calendar months.
    """
    return as_of - relativedelta(months=months) + relativedelta(days=4)


def due_before(as_of: datetime, months: int) -> datetime:
    """Return a moment such that whoever was last in contact before it is surely due at `as_of`.

    The other side of `not_due_after`; between the two only the exact expression can tell.

    Args:
        as_of: the moment of the decision (aware).
        months: length of the period in calendar months.
    """
    return as_of - relativedelta(months=months) - relativedelta(days=4)


class EndsAt(Func):
    """`expires_at` in SQL: the moment at which the period of a row ends."""

    # The zone is the site's own setting, and the rest are numbers.
    template = (
        "(%(expressions)s AT TIME ZONE '%(zone)s' + make_interval(months => %(months)s, days => %(days)s))"
        " AT TIME ZONE '%(zone)s'"
    )
    output_field = DateTimeField()

    def __init__(self, start: str | Combinable, period: Period) -> None:
        """Make the expression.

        Args:
            start: name of the field from which the period is counted, or an expression for it.
            period: how long.
        """
        super().__init__(start, zone=settings.TIME_ZONE, months=int(period.months), days=int(period.days))


def past(rows: "QuerySet[Any, Any]", start: str, *, period: Period, as_of: datetime) -> "QuerySet[Any, Any]":
    """Return the rows whose period is over at `as_of`, to the second as `expires_at` counts it.

    Args:
        rows: a query.
        start: name of the field from which the period is counted.
        period: how long.
        as_of: the moment of the decision (aware).
    """
    # The first condition lets an index do the work, the second is exact.
    maybe = not_due_after(as_of, period.months) - relativedelta(days=period.days)
    over: QuerySet[Any, Any] = rows.filter(**{f"{start}__lte": maybe}).alias(period_ends_at=EndsAt(start, period))
    return over.filter(period_ends_at__lte=as_of)


def months_after(day: date, months: int) -> date:
    """Return the same day so many calendar months later, or the month's last day where it has no such day.

    Args:
        day: where to count from.
        months: calendar months.
    """
    return day + relativedelta(months=months)


def midnight(day: date) -> datetime:
    """Return the moment (aware, UTC) at which a day begins on the reader's clock.

    Args:
        day: the day.
    """
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)
