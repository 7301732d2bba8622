"""The legal clock of a request, as pure functions on calendar days (art. 12(3); Reg. (EEC, Euratom) 1182/71 art. 3).

Days are days on the clock that the reader lives by. The day of receipt does not count; the answer is due at the end of the
same day one month later, of that month's last day where it has no such day, and of the next working day where that is a
Saturday, a Sunday or a public holiday. Periods and numbers that the law or we may change are settings, not constants.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import holidays

from privacy.register.periods import months_after

#: An extension may be so long, in calendar months (art. 12(3)).
MAX_EXTENSION_MONTHS = 2


def is_working_day(day: date) -> bool:
    """Say whether `day` is neither in a weekend nor a Dutch public holiday.

    5 May is one only every fifth year to the library. Where that differs from the law our deadline is the earlier one. Good
    Friday is one: the Algemene termijnenwet (art. 3(2)) makes it equal to them.
    """
    return day.weekday() < 5 and day not in holidays.country_holidays("NL", years=day.year)


def next_working_day(day: date) -> date:
    """Return `day` itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def due_on(received_on: date, *, extended_months: int = 0, paused_days: int = 0) -> date:
    """Return the last day on which the answer is in time (law.md C2, C4, C6).

    Args:
        received_on: the true day of receipt.
        extended_months: months by which the period was extended.
        paused_days: days during which necessary information, asked without delay, was outstanding.

    Raises:
        ValueError: the extension is longer than the law allows.
    """
    if not 0 <= extended_months <= MAX_EXTENSION_MONTHS:
        raise ValueError(f"An extension is at most {MAX_EXTENSION_MONTHS} months.")
    return next_working_day(months_after(received_on, 1 + extended_months) + timedelta(days=paused_days))


def promised_on(received_on: date, *, days: int, paused_days: int = 0) -> date:
    """Return the day by which the statement promises the answer, never later than the law wants it.

    Args:
        received_on: the true day of receipt.
        days: the promise (`settings.ANSWER_WITHIN_DAYS`).
        paused_days: as for `due_on`.
    """
    return min(received_on + timedelta(days=days + paused_days), due_on(received_on, paused_days=paused_days))


def may_extend(received_on: date, *, today: date, paused_days: int = 0) -> bool:
    """Say whether an extension can still be told in time: within the first month (law.md C4)."""
    return received_on <= today <= due_on(received_on, paused_days=paused_days)


def asked_without_delay(received_on: date, *, asked_on: date, days: int) -> bool:
    """Say whether asking for information on this day may stop the clock (law.md C6).

    Args:
        received_on: the true day of receipt.
        asked_on: the day of asking.
        days: how many days are no delay (`settings.ASK_WITHIN_DAYS`).
    """
    return received_on <= asked_on <= received_on + timedelta(days=days)


def alarm_day(received_on: date, *, today: date, days: Sequence[int], paused_days: int = 0) -> int | None:
    """Return the alarm that is to be given today, as a number of days after receipt; None when it is too early for one.

    The same number until the next alarm, so that a mail per number is a mail per alarm, also when a day was missed. After
    the last of `days` every day has its own.

    Args:
        received_on: the true day of receipt.
        today: the day it is.
        days: when to give one, ascending (`settings.ALARM_DAYS`).
        paused_days: as for `due_on`.
    """
    passed = (today - received_on).days - paused_days
    reached = [day for day in days if day <= passed]
    if not reached:
        return None
    return passed if len(reached) == len(days) else reached[-1]
