"""Warnings of the clock: by mail on the days of `settings.ALARM_DAYS`, and every day from the last of them (law.md C3)."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from privacy.mail.services import send

from . import clock
from .models import DataRequest

#: Kind of mail; its reference is made of the request's key and the day after receipt, so that each alarm is one mail.
ALARM_MAIL = "rights.alarm"

_DAYS = 10_000


def reference(request: DataRequest, day: int) -> int:
    """Return the reference of the alarm of that day."""
    return request.pk * _DAYS + day


def request_of(number: int) -> int:
    """Return the key of the request in a reference."""
    return number // _DAYS


def give_alarms(*, at: datetime) -> int:
    """Owe the officer a mail for each request whose clock has reached a day of alarm; return for how many it has.

    May run any number of times a day: each alarm is one mail. A day on which it did not run loses none.

    Args:
        at: now (aware).
    """
    given = 0
    for request in DataRequest.objects.running():
        day = clock.alarm_day(
            request.received_on,
            today=timezone.localdate(at),
            days=settings.ALARM_DAYS,
            paused_days=request.paused_days,
        )
        if day is not None:
            send(kind=ALARM_MAIL, reference=reference(request, day), subject=request.subject)
            given += 1
    return given
