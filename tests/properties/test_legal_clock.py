"""The legal clock (law.md C2-C6): calendars, boundaries, and properties that hold for every day."""

from datetime import date, timedelta

import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from privacy.rights.clock import (
    alarm_day,
    asked_without_delay,
    due_on,
    is_working_day,
    may_extend,
    next_working_day,
    promised_on,
)

days = st.dates(date(2000, 1, 1), date(2090, 1, 1))
pauses = st.integers(0, 400)
ALARMS = [7, 21, 25]


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 3, 5), date(2026, 4, 7)),  # 5 April is Easter Sunday, 6 April Easter Monday
        (date(2025, 1, 31), date(2025, 2, 28)),  # no 31 February, and a Friday
        (date(2028, 1, 31), date(2028, 2, 29)),  # a leap year, and a Tuesday
        (date(2026, 1, 31), date(2026, 3, 2)),  # 28 February 2026 is a Saturday
        (date(2026, 10, 31), date(2026, 11, 30)),
        (date(2026, 3, 27), date(2026, 4, 28)),  # King's Day, a Monday
        (date(2025, 11, 25), date(2025, 12, 29)),  # Christmas, Boxing Day, and the weekend behind them
        (date(2026, 12, 1), date(2027, 1, 4)),  # New Year's Day is a Friday
        (date(2026, 4, 14), date(2026, 5, 15)),  # Ascension Day
        (date(2026, 4, 25), date(2026, 5, 26)),  # Whit Monday
        (date(2025, 4, 5), date(2025, 5, 6)),  # Liberation Day, a Monday in a year of five
        (date(2026, 4, 5), date(2026, 5, 5)),  # and in one that is none: a working day to us, so the earlier deadline
        (date(2025, 3, 26), date(2025, 4, 28)),  # King's Day was moved to this Saturday, since the 27th is a Sunday
        (date(2025, 3, 31), date(2025, 4, 30)),  # no 31 April; until 2013 this was Queen's Day
        (date(2023, 12, 29), date(2024, 1, 29)),
        (date(2024, 1, 30), date(2024, 2, 29)),
        (date(2026, 3, 3), date(2026, 4, 7)),  # Good Friday, equal to a holiday where terms are counted, and Easter after it
        (date(2026, 5, 12), date(2026, 6, 12)),  # an ordinary day
    ],
)
def test_the_day_in_the_calendar(received: date, due: date) -> None:
    """C2: same date next month, last day where there is none, next working day."""
    assert due_on(received) == due


def test_an_extension_counts_from_receipt() -> None:
    """C4: at most two months on top of the first."""
    assert due_on(date(2026, 5, 12), extended_months=2) == date(2026, 8, 12)
    for months in (-1, 3):
        with pytest.raises(ValueError, match="at most 2"):
            due_on(date(2026, 5, 12), extended_months=months)


@given(days, st.integers(0, 2), pauses)
def test_always_a_working_day_and_never_before_the_month_is_over(received: date, months: int, paused: int) -> None:
    due = due_on(received, extended_months=months, paused_days=paused)
    assert is_working_day(due)
    assert due >= received + timedelta(days=28 * (1 + months) + paused)
    # The longest row of days off is Easter or Christmas with its weekend.
    assert due <= received + timedelta(days=31 * (1 + months) + paused + 5)


@given(days, st.integers(0, 2))
def test_who_asks_later_is_never_due_earlier(received: date, months: int) -> None:
    assert due_on(received, extended_months=months) <= due_on(received + timedelta(days=1), extended_months=months)


@given(days)
def test_the_next_working_day_is_the_first(day: date) -> None:
    found = next_working_day(day)
    assert is_working_day(found)
    assert not any(is_working_day(day + timedelta(days=n)) for n in range((found - day).days))


@given(st.integers(2000, 2090))
def test_easter_monday_is_never_a_working_day(year: int) -> None:
    assert not is_working_day(easter(year) + timedelta(days=1))


@given(days, pauses)
def test_the_promise_never_outlasts_the_law(received: date, paused: int) -> None:
    """C3: 28 days, and a month with 28 days has no day to spare."""
    assert promised_on(received, days=28, paused_days=paused) <= due_on(received, paused_days=paused)
    assert promised_on(received, days=28) == received + timedelta(days=28)
    assert promised_on(received, days=90) == due_on(received)


@given(days)
def test_extending_is_possible_until_the_month_is_over_and_not_a_day_longer(received: date) -> None:
    """C4."""
    last = due_on(received)
    assert may_extend(received, today=received)
    assert may_extend(received, today=last)
    assert not may_extend(received, today=last + timedelta(days=1))
    assert not may_extend(received, today=received - timedelta(days=1))


@given(days, st.integers(0, 30))
def test_only_a_question_asked_at_once_stops_the_clock(received: date, days_later: int) -> None:
    """C6."""
    asked = asked_without_delay(received, asked_on=received + timedelta(days=days_later), days=7)
    assert asked == (days_later <= 7)


@given(days, st.integers(-5, 120))
def test_alarms_at_their_days_and_daily_from_the_last(received: date, passed: int) -> None:
    """C3: each alarm has its number, and none is lost when a day was missed."""
    alarm = alarm_day(received, today=received + timedelta(days=passed), days=ALARMS)
    assert alarm == (passed if passed >= 25 else 21 if passed >= 21 else 7 if passed >= 7 else None)
    assert alarm_day(received, today=received + timedelta(days=passed + 10), days=ALARMS, paused_days=10) == alarm
