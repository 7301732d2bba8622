"""Contact outside the site: taken down by kind and time alone, moves the clock like a message, and goes with the person."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import ModelLogEntry

from contact.possible_spam import expire
from privacy.subjects.models import ContactMoment, DataSubject
from privacy.subjects.moments import meet
from privacy.subjects.registry import registry
from privacy.subjects.services import erase
from tests.factories import DataSubjectFactory, SubmissionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

SPOKE = datetime(2026, 11, 10, 12, tzinfo=UTC)


@pytest.fixture
def person() -> DataSubject:
    """Somebody who wrote a year before."""
    found: DataSubject = DataSubjectFactory.create(last_contact_at=SPOKE - timedelta(days=365))
    return found


def clock(person: DataSubject) -> datetime:
    person.refresh_from_db()
    return person.last_contact_at


class TestMeet:
    def test_moves_the_clock_and_never_back(self, person: DataSubject) -> None:
        """A8: a call counts from when it was, not from when somebody took it down."""
        before = clock(person)
        assert meet(person, kind="visit", at=before - timedelta(days=1))
        assert clock(person) == before
        assert meet(person, kind="phone", at=SPOKE)
        assert clock(person) == SPOKE

    def test_the_same_call_is_taken_down_once(self, person: DataSubject) -> None:
        assert [meet(person, kind="phone", at=SPOKE) for _ in range(2)] == [True, False]
        assert meet(person, kind="mail", at=SPOKE)
        assert ContactMoment.objects.count() == 2

    def test_brings_nobody_back(self, person: DataSubject) -> None:
        """17: who was erased meanwhile stays erased."""
        gone = DataSubject.objects.get(pk=person.pk)
        erase([person], reason="test", at=timezone.now())
        with pytest.raises(DataSubject.DoesNotExist):
            meet(gone, kind="phone", at=SPOKE)
        assert not DataSubject.objects.exists()

    def test_is_handed_over_and_goes_with_the_person(self, person: DataSubject) -> None:
        """C, D1: a source of its own, with a label, a purpose and a period."""
        meet(person, kind="phone", at=SPOKE)
        (record,) = registry.sources["subjects.contact_moments"].collect(person)
        assert (record.at, record.values) == (SPOKE, {"Soort contact": "telefoongesprek"})
        result = erase([person], reason="test", at=timezone.now())
        assert result.by_source["subjects.contact_moments"] == 1
        assert not ContactMoment.objects.exists()

    def test_makes_somebody_known_whose_message_looked_like_spam(self) -> None:
        """They rang: what goes with possible spam is the message, not the person."""
        spam = SubmissionFactory.create(
            subject=DataSubjectFactory.create(last_contact_at=SPOKE), submit_time=SPOKE, possible_spam=True
        )
        meet(spam.subject, kind="phone", at=SPOKE - timedelta(hours=1))
        assert (expire(as_of=SPOKE + timedelta(days=60)).messages, DataSubject.objects.count()) == (1, 1)


class TestTheForm:
    def url(self, person: DataSubject) -> str:
        return reverse("privacy-subjects:moment", args=[person.pk])

    def test_takes_it_down_and_shows_it_on_both_pages(self, admin_client: Client, person: DataSubject) -> None:
        message = SubmissionFactory.create(subject=person)
        page, back = (
            reverse(f"{name}:inspect", args=[pk])
            for name, pk in (("privacy-subjects", person.pk), ("contact-messages", message.pk))
        )
        for place in (page, back):
            assert self.url(person) in admin_client.get(place).content.decode()
        form = admin_client.get(self.url(person))
        assert form.context["form"].initial["kind"] == "phone"
        response = admin_client.post(f"{self.url(person)}?next={back}", {"kind": "phone", "at": "2026-11-10 13:00"})
        assert response["Location"] == back
        assert clock(person) == SPOKE
        for place in (page, back):
            assert (
                f"telefoongesprek, {date_format(timezone.localtime(SPOKE), 'DATETIME_FORMAT')}"
                in admin_client.get(place).content.decode()
            )
        assert ModelLogEntry.objects.get(action="privacy_subjects.met").label == str(person)

    @pytest.mark.parametrize("data", [{"kind": "phone"}, {"kind": "dream", "at": "2026-11-10 13:00"}, {"at": "gisteren"}])
    def test_refuses_what_is_no_contact(self, admin_client: Client, person: DataSubject, data: dict[str, str]) -> None:
        assert admin_client.post(self.url(person), data).status_code == 200
        assert not ContactMoment.objects.exists()

    def test_refuses_what_has_not_been_yet(self, admin_client: Client, person: DataSubject) -> None:
        """5(1)(e): nobody is kept longer by a date that is still to come."""
        later = timezone.localtime() + timedelta(minutes=2)
        response = admin_client.post(self.url(person), {"kind": "phone", "at": f"{later:%Y-%m-%d %H:%M}"})
        assert "Dit moment moet nog komen" in response.content.decode()
        assert not ContactMoment.objects.exists()

    def test_leads_nowhere_else(self, admin_client: Client, person: DataSubject) -> None:
        url = f"{self.url(person)}?next=https://elders.example/"
        response = admin_client.post(url, {"kind": "phone", "at": "2026-11-10 13:00"})
        assert response["Location"] == reverse("privacy-subjects:inspect", args=[person.pk])

    def test_says_when_it_was_there_already(self, admin_client: Client, person: DataSubject) -> None:
        data = {"kind": "phone", "at": "2026-11-10 13:00"}
        admin_client.post(self.url(person), data)
        assert "was al vastgelegd" in admin_client.post(self.url(person), data, follow=True).content.decode()
        assert ModelLogEntry.objects.filter(action="privacy_subjects.met").count() == 1
