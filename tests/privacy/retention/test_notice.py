"""Warn, wait, re-check, delete: the person themselves hears ahead that their data go, where the published rule says so."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone, translation
from django.utils.formats import date_format

from privacy.consent.suppression import suppress
from privacy.mail.models import Mail
from privacy.mail.services import deliver
from privacy.register.models import RetentionRule
from privacy.retention.mails import HOLDS_MAIL, NOTICE_MAIL, WARNING_MAIL, announce, tell_people
from privacy.retention.services import expire_due
from privacy.retention.tasks import announce_today
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.subjects.contact import Contact
from privacy.subjects.models import DataSubject
from privacy.subjects.services import touch
from tests.factories import publish, relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

AHEAD = 14


@pytest.fixture
def on() -> StatementVersion:
    """A statement by which people hear two weeks ahead."""
    RetentionRule.objects.filter(key="relations").update(notice_days=AHEAD)
    return publish()


def ending_in(days: int, **subject: Any) -> DataSubject:
    """Make a person whose period ends at noon, so many days from today."""
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return relation(noon - relativedelta(months=24), **subject)


def owed() -> set[int]:
    return set(Mail.objects.filter(kind=NOTICE_MAIL).values_list("subject", flat=True))


def delivered(person: DataSubject) -> str | None:
    """Try to send the person's notice; return what it said, None when it was not needed any more."""
    mail = Mail.objects.filter(kind=NOTICE_MAIL, subject=person).latest("pk")
    before = len(outbox.outbox)
    deliver(mail.pk)
    mail.refresh_from_db()
    if mail.state == Mail.State.CANCELLED:
        assert len(outbox.outbox) == before
        return None
    assert mail.state == Mail.State.SENT
    assert outbox.outbox[-1].to == [person.email]
    return f"{outbox.outbox[-1].subject}\n{outbox.outbox[-1].body}"


def test_nobody_hears_unless_the_published_rule_says_so() -> None:
    """A8: off by default; the register alone turns nothing on."""
    ending_in(AHEAD)
    announce_today()
    assert not owed()
    RetentionRule.objects.filter(key="relations").update(notice_days=AHEAD)
    announce_today()
    assert not owed()
    publish()
    announce_today()
    assert len(owed()) == 1


def test_who_goes_within_those_days_hears_once(on: StatementVersion) -> None:
    """Also whose day was missed, since nothing ran; never who is held, who is later, or whose day is there."""
    expected = {ending_in(days).pk for days in (1, 5, AHEAD)}
    for days in (-3, 0, AHEAD + 1):
        ending_in(days)
    ending_in(5, held=True)
    ending_in(5, restricted=True)
    assert tell_people(timezone.localdate()) == len(expected)
    assert owed() == expected
    assert tell_people(timezone.localdate()) == 0
    assert tell_people(timezone.localdate() + timedelta(days=1)) >= 0
    assert Mail.objects.filter(kind=NOTICE_MAIL, subject__in=expected).count() == len(expected)


def test_says_the_date_and_how_to_keep_or_erase_and_nothing_else(on: StatementVersion) -> None:
    person = ending_in(AHEAD)
    tell_people(timezone.localdate())
    text = delivered(person)
    assert text is not None
    day = date_format(timezone.localdate() + timedelta(days=AHEAD), "j F Y")
    assert f"Op {day} wissen wij uw gegevens" in text
    assert "/mijn-gegevens/" in text
    assert "langer bewaren" in text
    assert "Koel ICT" in text
    assert "Hoe duur is een website" not in text


def test_is_written_in_the_language_of_the_person(on: StatementVersion) -> None:
    from privacy.consent.models import ConsentEvent

    person = ending_in(AHEAD)
    # What they agreed to stays; only the language in which it stood differs.
    assert ConsentEvent.objects.get(subject=person).language == "nl"
    tell_people(timezone.localdate())
    with translation.override("en"):
        text = delivered(person)
    assert text is not None
    assert "Goedendag" in text


def test_whoever_makes_contact_is_kept_and_hears_nothing(on: StatementVersion) -> None:
    """Re-check: between owing and sending, and between sending and the day itself."""
    early, late = ending_in(AHEAD), ending_in(AHEAD)
    tell_people(timezone.localdate())
    touch(email=early.email, at=timezone.now(), contact=Contact.MESSAGE)
    assert delivered(early) is None
    assert delivered(late)
    touch(email=late.email, at=timezone.now(), contact=Contact.MESSAGE)
    assert expire_due(as_of=timezone.now() + timedelta(days=AHEAD + 1)).erased == 0
    # Their new date is another one, of which they hear in its own time.
    again = timezone.localdate() + relativedelta(months=24) - timedelta(days=AHEAD)
    tell_people(again)
    assert Mail.objects.filter(kind=NOTICE_MAIL, subject=late).count() == 2


def test_who_does_not_is_erased_on_the_day(on: StatementVersion) -> None:
    """The mail is no contact: it moves no clock."""
    person = ending_in(AHEAD)
    tell_people(timezone.localdate())
    assert delivered(person)
    assert expire_due(as_of=timezone.now() + timedelta(days=AHEAD - 1)).erased == 0
    assert expire_due(as_of=timezone.now() + timedelta(days=AHEAD + 1)).erased == 1


@pytest.mark.parametrize("change", ["held", "objected", "off", "no statement"])
def test_is_not_sent_when_it_is_not_true_any_more(on: StatementVersion, change: str) -> None:
    """B12: nor to whoever objected to mailings."""
    person = ending_in(AHEAD)
    tell_people(timezone.localdate())
    if change == "held":
        until = timezone.now() + timedelta(days=60)
        DataSubject.objects.filter(pk=person.pk).update(hold_until=until, hold_reason="geschil")
    elif change == "objected":
        suppress(person.email, at=timezone.now())
    elif change == "off":
        RetentionRule.objects.filter(key="relations").update(notice_days=0)
        publish()
    else:
        PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
    assert delivered(person) is None


def test_the_statement_says_it_when_it_is_on(client: Client, on: StatementVersion) -> None:
    """A7, A20: printed with the period, a fact of the version, and so a material change."""
    assert "14 dagen vooraf een mail" in client.get("/privacy/").content.decode()
    assert "14 dagen vooraf een mail" not in client.get("/privacy/versies/1/").content.decode()
    assert "bericht vooraf, in dagen" in client.get("/privacy/versies/2/verschil/").content.decode()
    assert on.is_material


def test_costs_a_query_a_day_however_many_people(on: StatementVersion, django_assert_num_queries: Any) -> None:
    for days in (3, 3, 9, 9, 9):
        ending_in(days)
    with django_assert_num_queries(1 + AHEAD):
        tell_people(timezone.localdate())


class TestTheOfficersMails:
    """The warning and the end of a hold: a day on which nothing ran is made up for, and said once."""

    def test_a_missed_day_is_made_up_for(self) -> None:
        today = timezone.localdate()
        ending_in(AHEAD - 1)
        yesterday = timezone.localtime().replace(hour=12, minute=0) - timedelta(days=2)
        relation(timezone.now(), hold_until=yesterday, hold_reason="geschil")
        for _ in range(2):
            announce(today)
        kinds = sorted(Mail.objects.exclude(kind=NOTICE_MAIL).values_list("kind", flat=True))
        assert kinds == [HOLDS_MAIL, WARNING_MAIL]
        announce(today + timedelta(days=1))
        assert Mail.objects.filter(kind__in=[HOLDS_MAIL, WARNING_MAIL]).count() == 2

    def test_the_day_is_the_one_it_was_owed_for(self) -> None:
        ending_in(AHEAD - 1)
        announce(timezone.localdate())
        mail = Mail.objects.get(kind=WARNING_MAIL)
        deliver(mail.pk)
        said: date = timezone.localdate() + timedelta(days=AHEAD - 1)
        assert date_format(said, "j F Y") in outbox.outbox[-1].body
        assert datetime.strptime(str(mail.reference), "%Y%m%d").date() == timezone.localdate() - timedelta(days=1)  # noqa: DTZ007
