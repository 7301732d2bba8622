"""How the expiry is doing: the figures that the statement's foot, the first page of the admin and the monitoring show."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion
from privacy.subjects.models import ErasedInYear

from . import classes
from .due import past_their_period
from .models import RetentionRun
from .services import is_paused

#: From so long without a finished run on, something is wrong: a night was missed.
LATE = timedelta(hours=26)

_MINUTE = 60
_CACHE_KEY = "retention.status"


@dataclass(frozen=True, kw_only=True)
class Status:
    """Figures without personal data.

    Args:
        at: when they were taken (aware).
        last_run: when the last run finished; None when there was none.
        next_run: when the next begins.
        erased_this_year: people erased since the first of January, by a run or because somebody asked.
        past_their_date: people who should be gone by now: past their period since before the last run was due, and not held.
        rows_past_their_date: what has a clock of its own and should be gone by now: past its period since so long that a night
            was missed, and not held.
        is_paused: whether somebody paused the expiry.
    """

    at: datetime
    last_run: datetime | None
    next_run: datetime
    erased_this_year: int
    past_their_date: int
    rows_past_their_date: int
    is_paused: bool

    @property
    def runs_on_time(self) -> bool:
        """Whether a run finished in the last 26 hours."""
        return self.last_run is not None and self.at - self.last_run < LATE

    @property
    def is_fine(self) -> bool:
        """Whether there is nothing to do for anybody."""
        return self.runs_on_time and self.keeps_its_word and not self.is_paused

    @property
    def keeps_its_word(self) -> bool:
        """Whether nothing stands longer than the statement says."""
        return not self.past_their_date and not self.rows_past_their_date

    @property
    def level(self) -> str:
        """How the admin colours it."""
        return "info" if self.is_fine else "critical"


def status(at: datetime) -> Status:
    """Return the figures, at most a minute old.

    Args:
        at: now (aware).
    """
    found: Status | None = cache.get(_CACHE_KEY)
    if found is None:
        found = _status(at)
        # Until the minute is over, as pages that show them: then nobody reads figures that are older than a minute.
        cache.set(_CACHE_KEY, found, int(_MINUTE - time.time() % _MINUTE))
    return found


def forget() -> None:
    """Have the figures taken anew: somebody pressed a button and looks at them at once."""
    cache.delete(_CACHE_KEY)


def _status(at: datetime) -> Status:
    finished = RetentionRun.objects.filter(state=RetentionRun.State.FINISHED)
    local = timezone.localtime(at)
    next_run = local.replace(hour=settings.RETENTION_HOUR, minute=settings.RETENTION_MINUTE, second=0, microsecond=0)
    next_run += timedelta(days=1) if next_run <= local else timedelta()
    # Who came past it since the last night is gone with the next one: that is the promise, to the day.
    yesterday = next_run - timedelta(days=1)
    version = StatementVersion.objects.in_force()
    overdue = rows = 0
    if version is not None:
        last_night = min(yesterday, at)
        # Whose hold has ended since has a night before them as well.
        overdue = past_their_period(as_of=last_night, months=version.period_months(RELATIONS)).free(last_night).count()
        rows = classes.overdue(version, at - LATE)
    return Status(
        at=at,
        last_run=finished.order_by("-finished_at").values_list("finished_at", flat=True).first(),
        next_run=next_run,
        erased_this_year=ErasedInYear.objects.filter(year=local.year).values_list("people", flat=True).first() or 0,
        past_their_date=overdue,
        rows_past_their_date=rows,
        is_paused=is_paused(),
    )
