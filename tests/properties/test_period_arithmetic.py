"""Periods: Python and PostgreSQL count the same, and the quick limit never leaves out somebody who is due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import SU, relativedelta
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from privacy.register.periods import due_before, expires_at, not_due_after

months = st.integers(1, 600)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (zone follows)
#: Around midnight at the ends of months, where clamping happens, and in the nights in which the clock changes.
awkward = st.builds(
    lambda year, month, day, minutes: datetime(year, month, 1, tzinfo=UTC) + timedelta(days=day, minutes=minutes),
    st.integers(1990, 2089),
    st.sampled_from([2, 3, 4, 10, 11]),
    st.integers(-8, 2),
    st.integers(0, 240),
)


def _ending_in_a_night_of_clock_change(year: int, month: int, minutes: int, n: int) -> tuple[datetime, int]:
    sunday = datetime(year, month, 31) + relativedelta(weekday=SU(-1))  # noqa: DTZ001 (on the local clock)
    start = sunday + timedelta(minutes=minutes) - relativedelta(months=n)
    return start.replace(tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(UTC), n


changing_nights = st.builds(
    _ending_in_a_night_of_clock_change,
    st.integers(1996, 2089),  # since then on the last Sundays of March and October
    st.sampled_from([3, 10]),
    st.integers(90, 210),
    months,
)
periods = st.tuples(moments | awkward, months) | changing_nights
SQL = """
    SELECT (ts AT TIME ZONE 'Europe/Amsterdam' + make_interval(months => n)) AT TIME ZONE 'Europe/Amsterdam'
    FROM unnest(%s::timestamptz[], %s::int[]) WITH ORDINALITY AS given (ts, n, row) ORDER BY row
"""


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(periods, min_size=1, max_size=200))
def test_python_and_postgresql_agree(pairs: list[tuple[datetime, int]]) -> None:
    """A8: the date on the thank-you page (Python) is the one that the job follows (SQL)."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, [[at for at, _ in pairs], [n for _, n in pairs]])
        assert [row[0] for row in cursor.fetchall()] == [expires_at(at, n) for at, n in pairs]


@settings(max_examples=300)
@given(periods)
@example((datetime(2024, 2, 29, 12, tzinfo=UTC), 12))
@example((datetime(2023, 12, 31, 22, 59, tzinfo=UTC), 2))
def test_whoever_is_due_lies_before_the_quick_limit(period: tuple[datetime, int]) -> None:
    last_contact, n = period
    as_of = expires_at(last_contact, n)
    assert last_contact <= not_due_after(as_of, n)
    # And whoever lies before the other limit is due without a closer look.
    assert last_contact >= due_before(as_of - timedelta(seconds=1), n)


@given(periods)
def test_the_quick_limit_is_days_wide_not_weeks(period: tuple[datetime, int]) -> None:
    last_contact, n = period
    assert not_due_after(expires_at(last_contact, n), n) - last_contact < timedelta(days=9)


@given(moments | awkward, moments | awkward, months)
def test_a_later_contact_is_never_kept_shorter(one: datetime, other: datetime, n: int) -> None:
    assert expires_at(min(one, other), n) <= expires_at(max(one, other), n) + timedelta(hours=1)
