"""How long something is kept, for the rooms that end it themselves: as the version in force promises, and nothing else."""

from datetime import datetime

from privacy.register.periods import Period, expires_at

from .models import StatementVersion


def promised(rule: str, *, until_then: int) -> Period:
    """Return the period of a rule as the version in force has it.

    Args:
        rule: key of the rule.
        until_then: days that hold as long as no version names the rule.
    """
    version = StatementVersion.objects.in_force()
    return (version.look.period(rule) if version else None) or Period(0, until_then)


def days_promised(rule: str, *, until_then: int, at: datetime) -> int:
    """Return the same in whole days from `at` on, for a mail that says how long.

    Args:
        rule: as for `promised`.
        until_then: likewise.
        at: where the period begins (aware).
    """
    return (expires_at(at, *promised(rule, until_then=until_then)) - at).days
