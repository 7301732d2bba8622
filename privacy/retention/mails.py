"""Mails about what goes: to the officer, and to the person themselves where the rule says so.

To the officer: who goes two weeks later, and whose hold ends tomorrow; references and counts, no personal data. To the person:
the date, and how to keep or erase their data; nothing of what they ever wrote.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy import mail
from privacy.consent.notice import language_of
from privacy.consent.suppression import is_suppressed
from privacy.mail.models import Mail
from privacy.mail.services import send, send_to_all
from privacy.records import called
from privacy.register.periods import midnight
from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject, DataSubjectQuerySet

from .due import past_their_period

#: Their reference is a day, as 20261201: for the officer's that on which they are owed, for the person's that of their data.
WARNING_MAIL, HOLDS_MAIL, NOTICE_MAIL = "retention.warning", "retention.holds_ended", "retention.notice"

#: So far ahead the officer is told who goes. No mail says it in words: one that is made up for, or waited for the mail server,
#: arrives later; each names the day itself.
_AHEAD = timedelta(weeks=2)

#: So many days of which the mails were never owed, since nothing ran, are made up for.
_MISSED_DAYS = 3

#: Whoever ever objected to mailings gets no notice either; it is the one mail here that nobody waits for.
_EVER = datetime(1970, 1, 1, tzinfo=UTC)

#: So many references stand in a mail; the count is always whole.
_SHOWN = 200


def announce(day: date) -> None:
    """Owe the officer the mails of this day, each once, where there is something to say.

    Args:
        day: today, on the clock of the reader.
    """
    for missed in range(_MISSED_DAYS, -1, -1):
        one = day - timedelta(days=missed)
        for kind, find in ((WARNING_MAIL, leaving), (HOLDS_MAIL, released)):
            if find(one).exists():
                send(kind=kind, reference=_reference(one))


def tell_people(day: date) -> int:
    """Owe their notice to those whose period ends within the days that the rule in force names; return how many are new.

    All of those days and not the last alone, so that a day on which nothing ran is made up for. Once per person and date:
    who is in contact gets a new date, and for that one a notice of its own.

    Args:
        day: today, on the clock of the reader.
    """
    new, rule = 0, _rule()
    for ahead in range(1, _notice_days(rule) + 1):
        end = day + timedelta(days=ahead)
        told = Mail.objects.filter(kind=NOTICE_MAIL, reference=_reference(end), subject=OuterRef("pk"))
        people = ending_on(end, rule).filter(~Exists(told)).exclude(email="")
        new += send_to_all(kind=NOTICE_MAIL, reference=_reference(end), people=people)
    return new


def _rule() -> Mapping[str, Any] | None:
    version = StatementVersion.objects.in_force()
    return version.look.rule(RELATIONS) if version else None


def _notice_days(rule: Mapping[str, Any] | None) -> int:
    # Versions from before there were notices promise none.
    return int(rule.get("notice_days", 0)) if rule else 0


def leaving(day: date) -> DataSubjectQuerySet:
    """Return who, seen from `day`, goes two weeks later, unless something happens."""
    return ending_on(day + _AHEAD, _rule())


def ending_on(day: date, rule: Mapping[str, Any] | None) -> DataSubjectQuerySet:
    """Return who are due from this day on and not before: their period ends on it, or the hold does that kept them longer.

    Nobody's without a rule in force.
    """
    if rule is None:
        return DataSubject.objects.none()
    months = int(rule["months"])
    begin, end = _bounds(day)
    already = past_their_period(as_of=begin, months=months).free(begin).values("pk")
    return past_their_period(as_of=end, months=months).free(end).exclude(pk__in=already)


def released(day: date) -> DataSubjectQuerySet:
    """Return whose hold ends on the day after `day`: the clock decides about them again, perhaps that very night."""
    begin, end = _bounds(day + timedelta(days=1))
    return DataSubject.objects.filter(hold_until__gt=begin, hold_until__lte=end)


def _bounds(day: date) -> tuple[datetime, datetime]:
    return midnight(day), midnight(day + timedelta(days=1))


def _reference(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _day(owed: Mail) -> date:
    return date(owed.reference // 10_000, owed.reference // 100 % 100, owed.reference % 100)


@mail.register(WARNING_MAIL, label=gettext_lazy("Wie binnenkort gewist wordt"), because="To our own officer.")
def warning_mail(owed: Mail) -> EmailMessage | None:
    """Write who goes, by number."""
    day = _day(owed)
    return _mail(gettext_lazy("Wie op %(day)s gewist wordt"), "warning", leaving(day), day + _AHEAD)


@mail.register(HOLDS_MAIL, label=gettext_lazy("Wie niet meer wordt vastgehouden"), because="To our own officer.")
def holds_mail(owed: Mail) -> EmailMessage | None:
    """Write whose hold ends, by number."""
    day = _day(owed)
    return _mail(gettext_lazy("Vasthouden loopt af op %(day)s"), "holds_ended", released(day), day + timedelta(days=1))


@mail.register(
    NOTICE_MAIL,
    label=gettext_lazy("Bericht dat gegevens gewist worden"),
    because="Keeps a promise of the statement: the rule says that people are told (art. 5(1)(a)); offers nothing.",
)
def notice_mail(owed: Mail) -> EmailMessage | None:
    """Write to one person on which day their data go; None when they do not any more, or want no mail that is no answer."""
    day, person, rule = _day(owed), owed.subject, _rule()
    if person is None or not _notice_days(rule) or timezone.localdate() > day:
        return None
    # Looked at again: they may have been in contact, or be held, since it was owed.
    if not ending_on(day, rule).filter(pk=person.pk).exists() or is_suppressed(person.email, since=_EVER):
        return None
    language = language_of(person)
    version = StatementVersion.objects.binding()
    with translation.override(language):
        context = {
            "day": day,
            "controller": version.in_language(language).facts["controller"],
            "statement_url": settings.SITE_URL + reverse("statement"),
            "site_url": settings.SITE_URL,
            "erase_url": settings.SITE_URL + reverse("privacy_rights:ask"),
        }
        return EmailMessage(
            subject=_("Op %(day)s wissen wij uw gegevens") % {"day": date_format(day, "j F Y")},
            body=render_to_string("privacy_retention/mail/notice.txt", context),
            to=[person.email],
            reply_to=[context["controller"]["email"]],
        )


def _mail(subject: Promise, name: str, people: DataSubjectQuerySet, day: date) -> EmailMessage | None:
    with translation.override(settings.LANGUAGE_CODE):
        count = people.count()
        if not count:
            return None
        context = {
            "count": count,
            # Each with its own address: the list finds people by theirs, which is not told here.
            "people": [
                (called(person), settings.WAGTAILADMIN_BASE_URL + reverse("privacy-subjects:edit", args=[person.pk]))
                for person in people.order_by("pk").only("pk")[:_SHOWN]
            ],
            "more": max(0, count - _SHOWN),
            "day": day,
        }
        context["link"] = settings.WAGTAILADMIN_BASE_URL + reverse("privacy-subjects:index")
        return EmailMessage(
            subject=str(subject) % {"day": date_format(day, "j F Y")},
            body=render_to_string(f"privacy_retention/mail/{name}.txt", context),
            to=[settings.PRIVACY_EMAIL],
        )
