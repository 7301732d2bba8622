"""Holds and restrictions: set on a screen, announced when they end; and the officer hears two weeks ahead who goes."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from privacy.mail.models import Mail
from privacy.mail.services import deliver
from privacy.retention.mails import HOLDS_MAIL, WARNING_MAIL
from privacy.retention.services import expire_due
from privacy.retention.tasks import announce_today
from privacy.subjects.contact import Contact
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import registry
from privacy.subjects.services import touch
from tests.factories import relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


def send(client: Client, person: DataSubject, **fields: str) -> Any:
    return client.post(reverse("privacy-subjects:edit", args=[person.pk]), {"hold_until": "", "hold_reason": "", **fields})


def test_a_hold_has_a_reason_and_an_end(admin_client: Client) -> None:
    """D3: neither without the other, and no end in the past."""
    person = relation(timezone.now() - timedelta(days=800))
    later = (timezone.localtime() + timedelta(days=30)).strftime("%Y-%m-%d %H:%M")
    for fields in ({"hold_until": later}, {"hold_reason": "geschil"}, {"hold_until": "2020-01-01 10:00", "hold_reason": "x"}):
        assert send(admin_client, person, **fields).status_code == 200
    assert send(admin_client, person, hold_until=later, hold_reason="geschil").status_code == 302
    assert expire_due().held == 1
    assert send(admin_client, person).status_code == 302
    assert expire_due().erased == 1


def test_a_restriction_keeps_its_first_moment_and_never_moves_the_clock(admin_client: Client) -> None:
    """C17: and who writes while the officer has the form open is not put back."""
    person = relation(timezone.now() - timedelta(days=800))
    send(admin_client, person, restricted="on")
    person.refresh_from_db()
    since = person.restricted_at
    now = timezone.now()
    touch(email=person.email, at=now, contact=Contact.MESSAGE)
    send(admin_client, person, restricted="on")
    person.refresh_from_db()
    assert (person.restricted_at, person.last_contact_at) == (since, now)
    send(admin_client, person)
    person.refresh_from_db()
    assert person.restricted_at == since, "18(3): the person hears it first, by the request's letter"


def delivered(kind: str) -> str:
    """Send the mail of today; days before it may be made up for."""
    deliver(Mail.objects.filter(kind=kind).order_by("reference").reverse()[0].pk)
    return str(outbox.outbox[-1].body)


def test_the_officer_hears_two_weeks_ahead_who_goes() -> None:
    """Numbers and a count, no personal data; nothing about who is held; once a day."""
    from dateutil.relativedelta import relativedelta

    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    goes = relation(noon + timedelta(days=14) - relativedelta(months=24), email="anna@voorbeeld.example")
    held = relation(noon + timedelta(days=14) - relativedelta(months=24), held=True)
    later = relation(noon + timedelta(days=16) - relativedelta(months=24))
    announce_today()
    announce_today()
    body = delivered(WARNING_MAIL)
    assert f"- Betrokkene {goes.pk}" in body.splitlines()
    assert f"/admin/privacy-subjects/edit/{goes.pk}/" in body, "nobody finds a number in a list of thousands"
    assert "anna" not in body
    assert f"- Betrokkene {held.pk}" not in body.splitlines()
    assert f"- Betrokkene {later.pk}" not in body.splitlines()
    assert Mail.objects.filter(kind=WARNING_MAIL).count() == 1


def test_a_mail_that_comes_late_still_says_when_they_go() -> None:
    """One that is made up for comes less than two weeks ahead: it names the day, and no number of days or weeks."""
    goes_on = timezone.localdate() + timedelta(days=12)
    noon = timezone.make_aware(datetime.combine(goes_on, time(12)))
    relation(timezone.now() - timedelta(days=800), hold_until=noon, hold_reason="geschil")
    announce_today()
    assert f"Op {date_format(goes_on, 'j F Y')} loopt" in delivered(WARNING_MAIL)
    assert outbox.outbox[-1].subject == f"Wie op {date_format(goes_on, 'j F Y')} gewist wordt"


def test_a_hold_that_ends_is_announced_before_the_expiry_acts_on_it() -> None:
    """D3: whose period is long over goes in the night in which the hold ends; the morning after it would be too late to say."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    first = relation(timezone.now(), hold_until=midnight + timedelta(days=1), hold_reason="geschil")
    ends = midnight + timedelta(days=1, hours=2)
    due = relation(timezone.now() - timedelta(days=800), hold_until=ends, hold_reason="geschil")
    relation(timezone.now(), hold_until=midnight + timedelta(days=2, hours=2), hold_reason="geschil")
    relation(timezone.now(), held=True)
    announce_today()
    body = delivered(HOLDS_MAIL)
    assert [line for line in body.splitlines() if line.startswith("- ")] == [f"- Betrokkene {due.pk}"]
    assert "één persoon" in body
    assert expire_due(as_of=ends - timedelta(seconds=1)).erased == 0
    assert expire_due(as_of=ends).erased == 1, "not one night without a word"
    assert DataSubject.objects.filter(pk=first.pk).exists()


def test_who_goes_since_a_hold_ends_is_in_the_list_of_two_weeks_ahead() -> None:
    """Warn, wait, re-check, delete: also for whom the period was over long ago; and for nobody who is held beyond."""
    day = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=14)
    ended = timezone.now() - timedelta(days=800)
    goes = relation(ended, hold_until=day, hold_reason="geschil")
    for until in (day - timedelta(days=1), day + timedelta(days=1)):
        relation(ended, hold_until=until, hold_reason="geschil")
    relation(timezone.now(), hold_until=day, hold_reason="geschil")
    relation(ended, hold_until=day, hold_reason="geschil", restricted=True)
    announce_today()
    assert [line for line in delivered(WARNING_MAIL).splitlines() if line.startswith("- ")] == [f"- Betrokkene {goes.pk}"]


def test_the_person_sees_it_in_the_inzage() -> None:
    """D3, art. 15: until when, and why."""
    until = timezone.now() + timedelta(days=9)
    person = relation(timezone.now(), hold_until=until, hold_reason="geschil over een factuur", restricted=True)
    (record,) = registry.sources["subjects.person"].collect(person)
    assert record.values["Vastgehouden tot"] == until.isoformat()
    assert record.values["Reden van vasthouden"] == "geschil over een factuur"
    assert "Verwerking beperkt sinds" in record.values


def test_nothing_to_say_is_no_mail() -> None:
    relation(timezone.now())
    announce_today()
    assert not Mail.objects.filter(kind__in=[WARNING_MAIL, HOLDS_MAIL]).exists()
