"""What goes when: whose period ends in which month of the coming two years, by the rules of the statement in force.

A month of this plan is a range of last contacts. Calendar arithmetic clamps at month ends and never leaves the month, so a
period ends in a month exactly when the last contact lies in the month that is so much earlier, and one index serves both
the chart and the list behind each of its bars.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Count, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest
from django.utils import timezone, translation
from django.utils.formats import date_format

from privacy.register.periods import midnight, months_after
from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject, DataSubjectQuerySet, kept_back
from privacy.subjects.registry import registry

from .due import end_of_period

#: So many months are shown behind the one that runs.
AHEAD = 24


@dataclass(frozen=True, kw_only=True)
class Month:
    """What one rule ends in one month.

    Args:
        begin: its first day.
        goes: people whose period ends then and whom nothing keeps back.
        stays: people whose period ends then and who are held, restricted, or have a request open.
    """

    begin: date
    goes: int
    stays: int

    @property
    def total(self) -> int:
        """Everybody whose period ends then."""
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
    """

    rule: Mapping[str, Any]
    months: list[Month]

    @property
    def highest(self) -> int:
        """The most people of any month."""
        return max(month.total for month in self.months)

    @property
    def goes(self) -> int:
        """People who go in these months."""
        return sum(month.goes for month in self.months)

    @property
    def stays(self) -> int:
        """People who are kept back."""
        return sum(month.stays for month in self.months)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What goes when.

    Args:
        rules: the rules by which people go, each with its months.
        one_by_one: rows of the facts for rules by which single data go on days of their own, before their person does.
        elsewhere: rows of the facts for rules of which this site holds no data.
    """

    rules: list[RulePlan]
    one_by_one: list[Mapping[str, Any]]
    elsewhere: list[Mapping[str, Any]]


def plan(version: StatementVersion, *, at: datetime) -> Plan:
    """Return what goes when; two queries a rule, however many people there are.

    Args:
        version: the version in force.
        at: now (aware).
    """
    facts = version.in_language(translation.get_language()).look
    here = {source.rule for source in registry.in_order()}
    relations = facts.rule(RELATIONS)
    return Plan(
        rules=[RulePlan(rule=relations, months=_relations(int(relations["months"]), at))] if relations else [],
        one_by_one=[rule for rule in facts.raw["retention"] if rule["key"] in here - {RELATIONS}],
        elsewhere=[rule for rule in facts.raw["retention"] if rule["key"] not in here],
    )


def months_ahead(at: datetime) -> list[date]:
    """Return the first days of the month that runs and of those shown behind it, on the reader's clock."""
    first = timezone.localtime(at).date().replace(day=1)
    return [months_after(first, number) for number in range(AHEAD + 1)]


def ending_in(month: date, *, months: int, at: datetime) -> DataSubjectQuerySet:
    """Return the people whose period ends in a month, with `ends_at` and `stays`, who goes first first.

    In the month that runs are also those who should have been gone before.

    Args:
        month: its first day.
        months: the period in calendar months.
        at: now (aware).
    """
    begin, end = (midnight(months_after(day, -months)) for day in (month, months_after(month, 1)))
    people = DataSubject.objects.filter(last_contact_at__lt=end)
    if month != months_ahead(at)[0]:
        people = people.filter(last_contact_at__gte=begin)
    stays = Case(When(_kept_back(months, at), then=True), default=False, output_field=BooleanField())
    return people.annotate(ends_at=end_of_period(months), stays=stays).order_by("last_contact_at", "pk")


def _relations(months: int, at: datetime) -> list[Month]:
    ahead = months_ahead(at)
    limits = [midnight(months_after(day, -months)) for day in (*ahead[1:], months_after(ahead[-1], 1))]
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
