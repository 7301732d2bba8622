"""Mailings go to who asked for them, with a way out that works, and never to who objected (B9-B12, Tw 11.7, 21(2)-(3))."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from privacy.consent.mailing import mailing
from privacy.consent.models import ConsentEvent, Method, Suppression, UnconfirmedConsent
from privacy.consent.services import confirm, may, object_to_mailings, withdraw
from privacy.mail import builders
from privacy.mail.models import Mail
from privacy.mail.services import deliver, send
from privacy.subjects.contact import Contact
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase, touch
from tests.factories import ConsentEventFactory, DataSubjectFactory, ask_for_newsletter
from tests.factories import send as send_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

EMAIL = "anna@voorbeeld.example"


@pytest.fixture
def anna() -> DataSubject:
    """Subscribed, an hour ago."""
    person = DataSubjectFactory.create(email=EMAIL)
    subscribe(person, at=timezone.now() - timedelta(hours=1))
    return person


def subscribe(person: DataSubject, *, at: datetime) -> None:
    """Tick the box of the newsletter, and confirm it."""
    ask_for_newsletter(person, at=at)
    confirm(subject=person, purpose="newsletter", at=at)


def write(person: DataSubject) -> Any:
    return mailing(subject=person, purpose="newsletter", title="Nieuws", text="Wij hebben iets moois gemaakt.")


class TestMailing:
    def test_names_its_sender_and_the_way_out(self, anna: DataSubject) -> None:
        """B7, B10: who and where in words, and a button for mail programs."""
        message = write(anna)
        sent = message_from_bytes(message.message().as_bytes(), policy=policy.default)
        assert sent["To"] == EMAIL
        assert sent["From"].startswith("Koel ICT <")
        assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        body = sent.get_content()
        assert "Kade 12" in body
        assert "/toestemming/" in body

    def test_its_button_works_without_anything_else(self, anna: DataSubject) -> None:
        """RFC 8058: the header's address, one POST."""
        url = write(anna).extra_headers["List-Unsubscribe"].strip("<>")
        assert url.startswith("http://localhost/")
        response = Client(enforce_csrf_checks=True).post(
            url.removeprefix("http://localhost"), {"List-Unsubscribe": "One-Click"}
        )
        assert response.status_code == 200
        assert write(anna) is None

    def test_the_link_in_it_is_the_persons_page(self, anna: DataSubject, client: Client) -> None:
        link = next(line for line in write(anna).body.splitlines() if line.startswith("http"))
        assert client.get(link.removeprefix("http://localhost")).status_code == 200

    @pytest.mark.parametrize("purpose", ["enquiry", "reference", "assignment", "bestaat-niet"])
    def test_is_written_for_no_other_purpose_than_agreed(self, anna: DataSubject, purpose: str) -> None:
        """B9: a contact form is no sale and an enquiry no subscription."""
        assert mailing(subject=anna, purpose=purpose, title="x", text="x") is None

    def test_is_not_written_before_the_address_is_confirmed(self) -> None:
        """B11."""
        person = DataSubjectFactory.create()
        ask_for_newsletter(person)
        assert write(person) is None

    def test_nobody_slips_a_header_in(self, anna: DataSubject) -> None:
        message = mailing(subject=anna, purpose="newsletter", title="Nieuws\r\nBcc: x@voorbeeld.example", text="x")
        assert message is not None
        with pytest.raises(ValueError, match="newlines"):
            message.message()


class TestThroughTheMailRoom:
    """What a newsletter will be one day: a kind of mail that goes out with its button, or does not go out."""

    @pytest.fixture
    def owed(self, anna: DataSubject, monkeypatch: pytest.MonkeyPatch) -> Mail:
        monkeypatch.setattr(builders, "_kinds", dict(builders.kinds()))
        builders.register("test.news", label="Nieuws")(lambda mail: write(mail.subject) if mail.subject else None)
        send(kind="test.news", reference=1, subject=anna)
        return Mail.objects.get(kind="test.news")

    def test_goes_out_with_the_headers_of_one_click(self, owed: Mail, mailoutbox: list[EmailMessage]) -> None:
        """RFC 8058: both headers, one https address, as they leave for the mail server; RFC 2369 before it."""
        deliver(owed.pk)
        (message,) = mailoutbox
        sent = message_from_bytes(message.message().as_bytes(), policy=policy.default)
        assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        header = sent["List-Unsubscribe"].strip()
        assert header.startswith("<http")
        assert header.endswith("/afmelden/newsletter/>")
        assert sent["Message-ID"] == owed.message_id_header

    def test_who_withdrew_a_moment_ago_gets_nothing(
        self, owed: Mail, anna: DataSubject, mailoutbox: list[EmailMessage]
    ) -> None:
        """B8: asked when it is written, not when it was owed."""
        withdraw(subject=anna, purpose="newsletter", place="phone", at=timezone.now(), method=Method.PHONE)
        deliver(owed.pk)
        owed.refresh_from_db()
        assert (owed.state, mailoutbox) == (Mail.State.CANCELLED, [])

    def test_mails_that_need_no_consent_have_no_such_button(self, client: Client, mailoutbox: list[EmailMessage]) -> None:
        """A receipt cannot be unsubscribed from; its link withdraws."""
        send_form(client)
        deliver(Mail.objects.get(kind="consent.receipt").pk)
        (message,) = mailoutbox
        assert "List-Unsubscribe" not in message.message()


class TestObjection:
    def objects(self, email: str = EMAIL, at: datetime | None = None) -> list[ConsentEvent]:
        return object_to_mailings(email=email, place="mail", at=at or timezone.now(), method=Method.MAIL)

    def test_is_absolute(self, anna: DataSubject) -> None:
        """21(3): it ends the mailing, and is recorded as the withdrawal that it is."""
        (event,) = self.objects()
        assert (event.purpose, event.action, event.method) == ("newsletter", "withdrawn", "mail")
        assert not may(subject=anna, purpose="newsletter")
        assert write(anna) is None

    def test_leaves_other_consents_alone(self, anna: DataSubject) -> None:
        ConsentEventFactory.create(subject=anna, purpose="reference")
        self.objects()
        assert may(subject=anna, purpose="reference")

    def test_takes_back_a_box_that_waits(self) -> None:
        person = DataSubjectFactory.create(email=EMAIL)
        ask_for_newsletter(person)
        self.objects()
        assert not UnconfirmedConsent.objects.exists()

    def test_needs_no_known_person_and_keeps_no_address(self) -> None:
        assert self.objects("Iemand.Anders@Voorbeeld.example") == []
        row = Suppression.objects.get()
        assert len(row.address_hash) == 64
        assert not DataSubject.objects.exists()

    def test_outlives_the_person(self, anna: DataSubject) -> None:
        """B12: on some list again after the erasure, and still left alone."""
        self.objects("ANNA@voorbeeld.example ")
        erase([anna], reason="verzoek", at=timezone.now())
        again = touch(email=EMAIL, at=timezone.now(), contact=Contact.MESSAGE)
        ConsentEventFactory.create(subject=again, purpose="newsletter", at=timezone.now() - timedelta(days=1))
        assert not may(subject=again, purpose="newsletter")
        assert write(again) is None

    def test_who_subscribes_afterwards_by_themselves_gets_it_again(self, anna: DataSubject) -> None:
        """Confirmed through a mail to the address: its holder changed their mind."""
        self.objects(at=timezone.now() - timedelta(minutes=1))
        ask_for_newsletter(anna)
        assert not may(subject=anna, purpose="newsletter")
        confirm(subject=anna, purpose="newsletter", at=timezone.now())
        assert may(subject=anna, purpose="newsletter")

    def test_one_from_before_the_consent_leaves_it_alone(self, anna: DataSubject) -> None:
        """A letter may be written down late; the newest word counts."""
        at = datetime(2020, 1, 1, tzinfo=UTC)
        object_to_mailings(email=EMAIL, place="mail", at=at, method=Method.MAIL, later_stands=True)
        assert may(subject=anna, purpose="newsletter")

    def test_a_second_objection_counts_again(self, anna: DataSubject) -> None:
        self.objects(at=datetime(2020, 1, 1, tzinfo=UTC))
        assert not may(subject=anna, purpose="newsletter"), "the consent was withdrawn with it"
        subscribe(anna, at=timezone.now() - timedelta(minutes=1))
        assert may(subject=anna, purpose="newsletter")
        self.objects()
        assert not may(subject=anna, purpose="newsletter")
        assert Suppression.objects.count() == 1
