"""The database is gone in the middle of a POST: nothing typed is lost, nothing is said that is not so, nothing counts twice."""

from collections.abc import Iterator
from typing import Any

import pytest
from config.embedded import Servers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from wagtail.test.utils import WagtailTestUtils

import contact.services
from contact import unavailable
from contact.models import Submission
from privacy.consent.models import ConsentEvent
from privacy.subjects.models import DataSubject
from tests.documents import PDF
from tests.factories import ask_for_a_file, form_number
from tests.markup import controls

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site", "broker")]

TYPED = {
    "name": "Jan <b>Jansen</b>",
    "email": "jan@voorbeeld.example",
    "message": "Regel een\r\nregel twee 😀 \u05d0",
    "company": "",
}
NOT_STORED, NOT_SURE = "Uw bericht is niet opgeslagen", "Wij weten niet zeker of uw bericht is opgeslagen"


class Visitor:
    """Somebody with a form open, who sends it, and sends what comes back by its own button."""

    def __init__(self) -> None:
        self.client = Client()
        opened = controls(self.client.get("/contact/"))
        self.hidden = {name: opened[name].typed for name in ("submission_id", "statement_version", "asked")}

    def sends(self, **more: Any) -> HttpResponse:
        return self.client.post("/contact/", self.hidden | TYPED | {"consent_enquiry": "on"} | more)

    def sends_again(self, response: HttpResponse, **more: Any) -> HttpResponse:
        page = WagtailTestUtils.get_soup(response.content)
        fields = {name: control.typed for name, control in controls(response).items()}
        return self.client.post(page.main.form["action"], {name: text for name, text in fields.items() if text} | more)


@pytest.fixture
def visitor(demo_site: None) -> Visitor:
    with connection.cursor() as cursor:
        # The tests' server is quick and forgetful: what is on its disk by now survives being killed.
        cursor.execute("CHECKPOINT")
    return Visitor()


@pytest.fixture(autouse=True)
def _reconnect(servers: Servers) -> Iterator[None]:
    """Leave no broken connection to the next test."""
    yield
    servers.ask("start", "postgres")
    connection.close()


def kept(response: HttpResponse) -> None:
    """Check that the page keeps what was typed, beside its questions, and nothing else was done."""
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert "no-store" in response["Cache-Control"]
    shown = controls(response)
    for name, text in TYPED.items():
        assert shown[name].typed.replace("\r", "") == text.replace("\r", "")
    assert [shown[name].label for name in TYPED] == ["Naam", "E-mailadres", "Uw bericht", "Bedrijf"]
    assert shown["consent_enquiry"].attrs["type"] == "hidden"


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_gone_before_anything(visitor: Visitor, servers: Servers, how: str) -> None:
    """Connection refused, at the first query: not even the page can be looked up."""
    servers.ask(how, "postgres")
    connection.close()
    response = visitor.sends()
    kept(response)
    assert NOT_STORED in response.content.decode()

    servers.ask("start", "postgres")
    connection.close()
    assert visitor.sends_again(response).status_code == 302
    assert Submission.objects.get().form_data["message"] == TYPED["message"]
    assert ConsentEvent.objects.get().purpose == "enquiry"


def test_dies_between_two_statements(visitor: Visitor, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the message, before the consent: half is nothing."""
    give = contact.services.give

    def dies(**arguments: Any) -> Any:
        servers.ask("kill", "postgres")
        return give(**arguments)

    monkeypatch.setattr(contact.services, "give", dies)
    response = visitor.sends()
    kept(response)
    assert NOT_STORED in response.content.decode()

    monkeypatch.undo()
    servers.ask("start", "postgres")
    connection.close()
    assert not Submission.objects.exists()
    assert not DataSubject.objects.exists()
    assert visitor.sends_again(response).status_code == 302
    assert Submission.objects.count() == ConsentEvent.objects.count() == 1


def test_dies_before_the_commit_is_carried_out(visitor: Visitor, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can know then; the page says so, and sending again is safe."""
    send_several = contact.services.send_several

    def last(mails: Any) -> None:
        send_several(mails)
        servers.ask("kill", "postgres")

    monkeypatch.setattr(contact.services, "send_several", last)
    response = visitor.sends()
    kept(response)
    assert NOT_SURE in response.content.decode()
    assert NOT_STORED not in response.content.decode()

    monkeypatch.undo()
    servers.ask("start", "postgres")
    connection.close()
    assert visitor.sends_again(response).status_code == 302
    assert Submission.objects.count() == ConsentEvent.objects.count() == 1


def test_dies_after_the_commit_before_its_answer(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stored, and the answer got lost: the same form again finds it."""
    commit = connection.commit

    def lost() -> None:
        commit()
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "commit", lost)
        response = visitor.sends()
    kept(response)
    assert NOT_SURE in response.content.decode()
    assert visitor.sends_again(response).status_code == 302
    assert Submission.objects.count() == ConsentEvent.objects.count() == 1


def test_an_expired_token_on_top_of_it(visitor: Visitor, servers: Servers) -> None:
    servers.ask("stop", "postgres")
    connection.close()
    visitor.client = Client(enforce_csrf_checks=True)
    response = visitor.sends()
    kept(response)
    assert "csrftoken" in response.cookies, "so that the button works"


def test_a_file_is_asked_for_again(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    ask_for_a_file()
    visitor = Visitor()
    with monkeypatch.context() as patch:
        patch.setattr(contact.services, "touch", refuses)
        response = visitor.sends(drawing=SimpleUploadedFile("a.pdf", PDF))
    kept(response)
    field = controls(response)["drawing"]
    assert (field.attrs["type"], field.label) == ("file", "Tekening")
    assert "Kies ook uw bestanden opnieuw" in response.content.decode()
    assert visitor.sends_again(response, drawing=SimpleUploadedFile("a.pdf", PDF)).status_code == 302
    assert Submission.objects.get().attachments.count() == 1


def refuses(**arguments: Any) -> None:
    raise InterfaceError("connection already closed")


@pytest.mark.parametrize("asked", [None, "onzin", '{"a": 1}', "[1, 2]", '[["name"]]', "null", "\x00"])
def test_a_form_without_its_questions_shows_the_names_of_its_fields(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, asked: str | None
) -> None:
    monkeypatch.setattr(contact.services, "touch", refuses)
    if asked is None:
        del visitor.hidden["asked"]
    response = visitor.sends(**({} if asked is None else {"asked": asked}))
    assert response.status_code == 503
    shown = controls(response)
    assert shown["message"].typed.replace("\r", "") == TYPED["message"].replace("\r", "")
    assert shown["submission_id"].attrs["type"] == "hidden"
    assert "<b>Jansen" not in response.content.decode()


def test_reading_a_page_is_none_of_its_business(servers: Servers) -> None:
    """A GET has nothing typed to keep; it asks to come back, as every page does (`config.errors`)."""
    servers.ask("stop", "postgres")
    connection.close()
    response = Client().get("/contact/")
    assert response.status_code == 503
    assert "<form" not in response.content.decode()


def test_the_page_itself_asks_the_database_nothing(visitor: Visitor, rf: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = unavailable.page(rf.post("/contact/", visitor.hidden | TYPED), OperationalError())
    assert form_number(response) == visitor.hidden["submission_id"]
