"""What people let us know by phone, letter or mail counts as their own click does (7(3), 12(2), 21(2)-(3), B7, B8, B12, C1)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from contact.models import Submission
from privacy.consent.by_hand import OBJECTION_MAIL, WITHDRAWN_MAIL
from privacy.consent.chain import broken_links
from privacy.consent.mails import objection_mail, withdrawn_mail
from privacy.consent.models import ConsentEvent, ErasureDue, Suppression
from privacy.consent.person_views import TAKEN_DOWN
from privacy.consent.services import may
from privacy.consent.tasks import erase_withdrawn
from privacy.mail.models import Mail
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase
from tests.factories import ConsentEventFactory, DataSubjectFactory, relation, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

EMAIL = "anna@voorbeeld.example"
TAKE_DOWN = "/admin/privacy-consent/take-down/"


@pytest.fixture
def anna() -> DataSubject:
    """Somebody with a message and two consents of a month ago."""
    person = relation(timezone.now() - timedelta(days=30), email=EMAIL)
    ConsentEventFactory.create(subject=person, purpose="newsletter")
    return person


@pytest.fixture
def officer() -> Client:
    return staff("view_consentevent", "record_consentevent")


def screen(person: DataSubject) -> str:
    return reverse("privacy-consent:person", args=[person.pk])


def said(moment: datetime | None = None, **answers: Any) -> dict[str, Any]:
    """Return what the officer fills in: by phone, yesterday unless told."""
    moment = timezone.localtime(moment or timezone.now() - timedelta(days=1))
    return {"method": "phone", "received_at": f"{moment:%Y-%m-%d %H:%M}"} | answers


def errors(response: HttpResponse) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["form"].errors)


class TestWithdrawal:
    def test_stops_the_purpose_is_an_event_of_the_true_moment_and_queues_the_deletion(
        self, anna: DataSubject, officer: Client
    ) -> None:
        """7(3), 17(1)(b), B8."""
        answer = officer.post(screen(anna), said(purposes=["enquiry"]), follow=True)
        assert "1 toestemming is ingetrokken." in answer.content.decode()
        assert not may(subject=anna, purpose="enquiry")
        assert may(subject=anna, purpose="newsletter")
        event = ConsentEvent.objects.get(action="withdrawn")
        assert (event.method, event.place) == ("phone", "door ons vastgelegd")
        assert timedelta(hours=23) < timezone.now() - event.at < timedelta(hours=25)
        assert not list(broken_links())
        erase_withdrawn(ErasureDue.objects.get().pk)
        assert not Submission.objects.exists()

    def test_is_confirmed_by_one_mail(self, anna: DataSubject, officer: Client) -> None:
        officer.post(screen(anna), said(purposes=["enquiry", "newsletter"]))
        mail = Mail.objects.get(kind=WITHDRAWN_MAIL)
        message = withdrawn_mail(mail)
        assert message is not None
        assert message.to == [EMAIL]
        assert "* Uw vraag beantwoorden" in message.body
        assert "* U laten weten wat wij doen" in message.body
        assert "bezwaar" not in message.body
        assert "/toestemming/" in message.body
        assert Mail.objects.count() == 1

    def test_is_confirmed_in_the_language_of_the_consent(self, officer: Client) -> None:
        """12(1)."""
        event = ConsentEventFactory.create(language="en", at=timezone.now() - timedelta(days=30))
        officer.post(screen(event.subject), said(purposes=["enquiry"]))
        message = withdrawn_mail(Mail.objects.get(kind=WITHDRAWN_MAIL))
        assert message is not None
        assert "* Answering your question" in message.body
        assert "/en/" in message.body

    def test_of_what_was_agreed_to_later_is_refused(self, anna: DataSubject, officer: Client) -> None:
        """The newest word counts, and a letter may take a week."""
        answer = officer.post(screen(anna), said(timezone.now() - timedelta(days=60), purposes=["enquiry"]))
        assert "is pas daarna gegeven" in errors(answer)["purposes"][0]
        assert may(subject=anna, purpose="enquiry")

    def test_of_what_was_never_given_is_not_offered(self, anna: DataSubject, officer: Client) -> None:
        assert 'value="reference"' not in officer.get(screen(anna)).content.decode()
        assert "purposes" in errors(officer.post(screen(anna), said(purposes=["reference"])))

    @pytest.mark.parametrize(
        "answers", [{}, {"purposes": ["enquiry"], "method": "form"}, {"purposes": ["enquiry"], "method": ""}]
    )
    def test_needs_to_be_said_whole(self, anna: DataSubject, officer: Client, answers: dict[str, Any]) -> None:
        assert errors(officer.post(screen(anna), said(**answers)))
        assert not ConsentEvent.objects.filter(action="withdrawn").exists()

    def test_cannot_have_come_in_tomorrow(self, anna: DataSubject, officer: Client) -> None:
        answer = officer.post(screen(anna), said(timezone.now() + timedelta(days=1), purposes=["enquiry"]))
        assert "toekomst" in errors(answer)["received_at"][0]


class TestNothingIsTypedTwice:
    """What was said of how and when stands in the form that comes next."""

    def fields(self, answer: HttpResponse) -> dict[str, Any]:
        assert answer.status_code == 200
        return {name: answer.context["form"][name].value() for name in ("method", "received_at", "objects")}

    def test_when_the_address_turns_out_to_be_known(self, anna: DataSubject, officer: Client) -> None:
        typed = said(method="paper")
        answer = officer.post(TAKE_DOWN, typed | {"email": EMAIL}, follow=True)
        assert "Kies hieronder wat de betrokkene intrekt" in answer.content.decode()
        assert self.fields(answer) == typed | {"objects": None}
        assert EMAIL not in str(answer.redirect_chain)

    def test_when_a_colleague_withdrew_it_first(self, anna: DataSubject, officer: Client) -> None:
        typed = said(method="paper", objects="on")
        for _ in range(2):
            answer = officer.post(screen(anna), typed | {"purposes": ["enquiry"]})
        assert errors(answer) == {"purposes": ["Dit is er niet (meer), bijvoorbeeld omdat een ander het net introk."]}
        assert self.fields(answer) == typed | {"objects": True}

    def test_when_the_person_was_erased_meanwhile(self, anna: DataSubject, officer: Client) -> None:
        """An objection holds for an address, so it can be taken down all the same."""
        address, typed = screen(anna), said(method="paper", objects="on")
        erase([anna], reason="request", at=timezone.now())
        answer = officer.post(address, typed, follow=True)
        assert "Deze persoon is intussen gewist" in answer.content.decode()
        assert answer.redirect_chain[-1][0].startswith(TAKE_DOWN)
        assert self.fields(answer) == typed | {"objects": "on"}


class TestObjection:
    def test_puts_the_address_on_the_list_and_withdraws_mailings(self, anna: DataSubject, officer: Client) -> None:
        """21(3), B12."""
        officer.post(screen(anna), said(objects="on"))
        assert not may(subject=anna, purpose="newsletter")
        assert may(subject=anna, purpose="enquiry")
        assert Suppression.objects.count() == 1
        message = withdrawn_mail(Mail.objects.get(kind=WITHDRAWN_MAIL))
        assert message is not None
        assert "bezwaar tegen reclame" in message.body
        assert "Maakte bezwaar tegen reclame op" in officer.get(screen(anna)).content.decode()

    def test_of_who_gave_no_consent_is_confirmed_too(self, officer: Client) -> None:
        person = DataSubjectFactory.create(email=EMAIL)
        officer.post(screen(person), said(objects="on"))
        message = objection_mail(Mail.objects.get(kind=OBJECTION_MAIL))
        assert message is not None
        assert (message.to, message.subject) == ([EMAIL], "Bevestiging van uw bezwaar")
        assert "toestemming in" not in message.body

    def test_of_a_stranger_keeps_no_address(self, officer: Client) -> None:
        answer = officer.post(TAKE_DOWN, said(email="Vreemd@Voorbeeld.example", objects="on"))
        assert answer.status_code == 302
        assert Suppression.objects.count() == 1
        assert not DataSubject.objects.exists()
        assert not Mail.objects.exists()

    def test_an_older_one_does_not_move_a_newer_one_back(self, anna: DataSubject, officer: Client) -> None:
        officer.post(screen(anna), said(objects="on"))
        at = Suppression.objects.get().at
        officer.post(screen(anna), said(timezone.now() - timedelta(days=9), objects="on"))
        assert Suppression.objects.get().at == at


class TestWayThere:
    def test_a_known_address_leads_to_the_person_and_nothing_is_written_yet(self, anna: DataSubject, officer: Client) -> None:
        answer = officer.post(TAKE_DOWN, said(email="Anna@voorbeeld.example"))
        assert answer["Location"].split("?")[0] == screen(anna)
        assert not ModelLogEntry.objects.filter(action=TAKEN_DOWN).exists()

    def test_an_unknown_one_says_so(self, officer: Client) -> None:
        assert "kennen wij niet" in errors(officer.post(TAKE_DOWN, said(email="x@voorbeeld.example")))["email"][0]

    def test_from_the_list_and_from_the_person(self, anna: DataSubject) -> None:
        client = staff("view_consentevent", "record_consentevent", "view_datasubject")
        listed = client.get("/admin/privacy-consent/").content.decode()
        assert screen(anna) in listed
        assert TAKE_DOWN in listed
        assert screen(anna) in client.get(reverse("privacy-subjects:inspect", args=[anna.pk])).content.decode()

    def test_the_screen_costs_the_same_for_many_events(
        self, anna: DataSubject, officer: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any
    ) -> None:
        officer.get(screen(anna))
        with django_assert_max_num_queries(40) as few:
            officer.get(screen(anna))
        for _ in range(10):
            ConsentEventFactory.create(subject=anna, purpose="enquiry")
        with django_assert_num_queries(len(few.captured_queries)):
            officer.get(screen(anna))


class TestPermission:
    """32: access by task."""

    def test_who_may_only_look_sees_no_form_and_writes_nothing(self, anna: DataSubject) -> None:
        client = staff("view_consentevent", "change_consentevent")
        html = client.get(screen(anna)).content.decode()
        assert "Stand nu" in html
        assert 'name="received_at"' not in html
        assert TAKE_DOWN not in client.get("/admin/privacy-consent/").content.decode()
        for url in (screen(anna), TAKE_DOWN):
            assert client.post(url, said(purposes=["enquiry"], objects="on", email=EMAIL))["Location"] == "/admin/"
        assert client.get(TAKE_DOWN)["Location"] == "/admin/"
        assert may(subject=anna, purpose="enquiry")

    def test_nobody_else_sees_anything(self, anna: DataSubject, client: Client) -> None:
        for stranger in (client, staff("view_datasubject")):
            assert stranger.get(screen(anna)).status_code == 302
        html = staff("view_datasubject", "view_submission").get(reverse("privacy-subjects:inspect", args=[anna.pk]))
        assert screen(anna) not in html.content.decode()

    def test_who_wrote_it_down_is_in_the_log_without_a_name_of_the_person(self, anna: DataSubject, officer: Client) -> None:
        """I2, 5(2)."""
        officer.post(screen(anna), said(purposes=["enquiry"], objects="on"))
        entry = ModelLogEntry.objects.get(action=TAKEN_DOWN)
        assert entry.user is not None
        assert entry.user.username.startswith("medewerker")
        assert entry.data == {"purposes": ["enquiry", "newsletter"], "objection": True}
        assert entry.label == str(anna)
