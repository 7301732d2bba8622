"""Mails to the officer: who goes in two weeks, and whose hold has ended. References and counts, no personal data."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy import mail
from privacy.mail.models import Mail
from privacy.mail.services import send
from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject, DataSubjectQuerySet

from .due import past_their_period

#: Their reference is the day, as 20261201.
WARNING_MAIL, HOLDS_MAIL = "retention.warning", "retention.holds_ended"

#: So many references stand in a mail; the count is always whole.
_SHOWN = 200


def announce(day: date) -> None:
    """Owe the officer the mails of this day, each once, where there is something to say.

    Args:
        day: today, on the clock of the reader.
    """
    reference = day.year * 10_000 + day.month * 100 + day.day
    for kind, find in ((WARNING_MAIL, leaving), (HOLDS_MAIL, released)):
        if find(day).exists():
            send(kind=kind, reference=reference)


def leaving(day: date) -> DataSubjectQuerySet:
    """Return who, seen from `day`, goes on the day that is `RETENTION_WARN_DAYS` ahead, unless something happens."""
    version = StatementVersion.objects.defer("html").in_force()
    if version is None:
        return DataSubject.objects.none()
    months = version.period_months(RELATIONS)
    begin, end = _bounds(day + timedelta(days=settings.RETENTION_WARN_DAYS))
    already = past_their_period(as_of=begin, months=months).values("pk")
    return past_their_period(as_of=end, months=months).free(end).exclude(pk__in=already)


def released(day: date) -> DataSubjectQuerySet:
    """Return whose hold ended on the day before `day`: the clock decides about them again."""
    begin, end = _bounds(day - timedelta(days=1))
    return DataSubject.objects.filter(hold_until__gt=begin, hold_until__lte=end)


def _bounds(day: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(settings.TIME_ZONE)
    begin, end = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    return begin, end


def _day(owed: Mail) -> date:
    return date(owed.reference // 10_000, owed.reference // 100 % 100, owed.reference % 100)


@mail.register(WARNING_MAIL, label=gettext_lazy("Wie over twee weken gewist wordt"), because="To our own officer.")
def warning_mail(owed: Mail) -> EmailMessage | None:
    """Write who goes, by number."""
    day = _day(owed)
    return _mail(_("Over twee weken gewist"), "warning", leaving(day), day + timedelta(days=settings.RETENTION_WARN_DAYS))


@mail.register(HOLDS_MAIL, label=gettext_lazy("Wie niet meer wordt vastgehouden"), because="To our own officer.")
def holds_mail(owed: Mail) -> EmailMessage | None:
    """Write whose hold ended, by number."""
    day = _day(owed)
    return _mail(_("Niet meer vastgehouden"), "holds_ended", released(day), day - timedelta(days=1))


def _mail(subject: str, name: str, people: DataSubjectQuerySet, day: date) -> EmailMessage | None:
    with translation.override(settings.LANGUAGE_CODE):
        count = people.count()
        if not count:
            return None
        context = {
            "count": count,
            "people": people.order_by("pk").only("pk")[:_SHOWN],
            "more": max(0, count - _SHOWN),
            "day": day,
        }
        context["link"] = settings.WAGTAILADMIN_BASE_URL + reverse("privacy-subjects:index")
        return EmailMessage(
            subject=subject,
            body=render_to_string(f"privacy_retention/mail/{name}.txt", context),
            to=[settings.PRIVACY_EMAIL],
        )
