"""What goes when: whose period ends in which month of the coming two years, by the rules of the statement in force.

A month of this plan is a range of last contacts. Calendar arithmetic clamps at month ends and never leaves the month, so a
period ends in a month exactly when the last contact lies in the month that is so much earlier, and one index serves both
the chart and the list behind each of its bars. What has a clock of its own is counted in the same months, by the column from
which its period is counted (`plan_classes`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Count, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest
from django.utils import timezone, translation
from django.utils.formats import date_format

from privacy.register.periods import Period, midnight, months_after
from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject, DataSubjectQuerySet, kept_back

from . import plan_classes
from .due import end_of_period

#: So many months are shown behind the one that runs.
AHEAD = 24


@dataclass(frozen=True, kw_only=True)
class Month:
    """What one rule ends in one month.

    Args:
        begin: its first day.
        goes: people whose period ends then and whom nothing keeps back; of what has a clock of its own, rows.
        stays: people whose period ends then and who are held, restricted, or have a request open; or their rows.
    """

    begin: date
    goes: int
    stays: int

    @property
    def total(self) -> int:
        """Everything whose period ends then, kept back or not."""
        return self.goes + self.stays

    @property
    def key(self) -> str:
        """How addresses name it: 2026-12."""
        return f"{self.begin:%Y-%m}"

    @property
    def label(self) -> str:
        """How a reader names it: december 2026."""
        return date_format(self.begin, "F Y")


@dataclass(frozen=True, kw_only=True)
class RulePlan:
    """The coming months of one rule.

    Args:
        rule: its row in the facts of the version.
        months: the month that runs, with whoever is late already, and those behind it.
        classes: label of each class that ends by it, and how much of it ends in these months; nothing for the rule of people.
    """

    rule: Mapping[str, Any]
    months: list[Month]
    classes: Sequence[tuple[str, int]] = ()

    @property
    def is_of_people(self) -> bool:
        """Whether people are counted, and not rows."""
        return bool(self.rule["key"] == RELATIONS)

    @property
    def address(self) -> str:
        """Name of the address of the list behind a month."""
        return "privacy-plan:month" if self.is_of_people else "privacy-plan:class_month"

    @property
    def highest(self) -> int:
        """The most of any month."""
        return max(month.total for month in self.months)

    @property
    def goes(self) -> int:
        """What goes in these months."""
        return sum(month.goes for month in self.months)

    @property
    def stays(self) -> int:
        """What is kept back."""
        return sum(month.stays for month in self.months)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What goes when.

    Args:
        rules: the rules with their months: first that of people, then those by which something ends in these months.
        later: rows of the facts for rules by which nothing that is here now ends in these months.
        elsewhere: rows of the facts for rules of which this site holds no data.
    """

    rules: list[RulePlan]
    later: list[Mapping[str, Any]]
    elsewhere: list[Mapping[str, Any]]


def plan(version: StatementVersion, *, at: datetime) -> Plan:
    """Return what goes when; two queries for people and two for the rest, however much there is.

    Args:
        version: the version in force.
        at: now (aware).
    """
    ahead = months_ahead(at)
    facts = version.in_language(translation.get_language()).look
    counted = plan_classes.by_month(version, at=at, limits=lambda period: _limits(ahead, period))
    clocks = plan_classes.promised(version)
    found = Plan(rules=[], later=[], elsewhere=[])
    for rule in facts.raw["retention"]:
        if rule["key"] == RELATIONS:
            found.rules.insert(0, RulePlan(rule=rule, months=_relations(int(rule["months"]), at)))
        elif ending := clocks.get(rule["key"]):
            months = [
                Month(begin=begin, goes=sum(one.goes for one in row), stays=sum(one.stays for one in row))
                for begin, *row in zip(ahead, *(counted[clock.key] for clock in ending), strict=True)
            ]
            totals = [(str(clock.label), sum(map(sum, counted[clock.key]))) for clock in ending]
            one = RulePlan(rule=rule, months=months, classes=[row for row in totals if row[1]])
            if one.highest:
                found.rules.append(one)
            else:
                found.later.append(rule)
        else:
            found.elsewhere.append(rule)
    return found


def months_ahead(at: datetime) -> list[date]:
    """Return the first days of the month that runs and of those shown behind it, on the reader's clock."""
    first = timezone.localtime(at).date().replace(day=1)
    return [months_after(first, number) for number in range(AHEAD + 1)]


def _limits(ahead: Sequence[date], period: Period) -> list[datetime]:
    """Return where the months end, put back by a period: what began before the first ends in the first month, and so on."""
    return [_before(day, period) for day in (*ahead[1:], months_after(ahead[-1], 1))]


def _before(day: date, period: Period) -> datetime:
    """Return the moment such that what began from it on ends on this first day of a month, or later."""
    return midnight(months_after(day, -period.months) - timedelta(days=period.days))


def began(month: date, *, period: Period, at: datetime) -> tuple[datetime | None, datetime]:
    """Return between which moments (aware) began what ends in a month; in the month that runs, also what is late: from None.

    Args:
        month: its first day.
        period: how long it is kept.
        at: now (aware).
    """
    since = None if month == months_ahead(at)[0] else _before(month, period)
    return since, _before(months_after(month, 1), period)


def ending_in(month: date, *, months: int, at: datetime) -> DataSubjectQuerySet:
    """Return the people whose period ends in a month, with `ends_at` and `stays`, who goes first first.

    In the month that runs are also those who should have been gone before.

    Args:
        month: its first day.
        months: the period in calendar months.
        at: now (aware).
    """
    since, until = began(month, period=Period(months), at=at)
    people = DataSubject.objects.filter(last_contact_at__lt=until)
    if since:
        people = people.filter(last_contact_at__gte=since)
    stays = Case(When(_kept_back(months, at), then=True), default=False, output_field=BooleanField())
    return people.annotate(ends_at=end_of_period(months), stays=stays).order_by("last_contact_at", "pk")


def _relations(months: int, at: datetime) -> list[Month]:
    ahead = months_ahead(at)
    limits = _limits(ahead, Period(months))
    with connection.cursor() as cursor:
        # A range of the index per month. Grouping a million rows by a month computed for each takes several times as long.
        cursor.execute(
            f"""
            SELECT (SELECT count(*) FROM {DataSubject._meta.db_table}
                    WHERE last_contact_at >= begin_at AND last_contact_at < end_at)
            FROM unnest(%s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY AS month (begin_at, end_at, place)
            ORDER BY place
            """,  # noqa: S608 (our own table)
            [["-infinity", *(limit.isoformat() for limit in limits[:-1])], [limit.isoformat() for limit in limits]],
        )
        totals = [total for (total,) in cursor.fetchall()]
    place = RawSQL("width_bucket(last_contact_at, %s::timestamptz[])", (limits,), output_field=IntegerField())
    held = DataSubject.objects.filter(_kept_back(months, at), last_contact_at__lt=limits[-1]).order_by()
    stays = {row["place"]: row["people"] for row in held.values(place=place).annotate(people=Count("*"))}
    return [
        Month(begin=begin, goes=total - stays.get(number, 0), stays=stays.get(number, 0))
        for number, (begin, total) in enumerate(zip(ahead, totals, strict=True))
    ]


def _kept_back(months: int, at: datetime) -> Q:
    """Return the condition for who would be left alone on the day, as things are now: whose hold ends before it would not."""
    return kept_back(Greatest(end_of_period(months), Value(at)))
