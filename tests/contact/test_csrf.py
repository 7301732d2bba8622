"""B14: no message without its token; and a token that expired costs nobody their text."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from contact.models import Submission
from privacy.statement.models import PrivacyStatementPage
from tests.factories import form_number
from tests.markup import controls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

TYPED = {
    "name": "Jan <b>Jansen</b>",
    "email": "jan@voorbeeld.example",
    "message": "Regel een\r\n\u05d0\u05d1 twee 😀",
    "consent_enquiry": "on",
    "consent_newsletter": "on",
}


@pytest.fixture
def visitor() -> Client:
    return Client(enforce_csrf_checks=True)


def token(response: HttpResponse) -> str:
    return controls(response)["csrfmiddlewaretoken"].typed


def sent(visitor: Client, **more: Any) -> HttpResponse:
    return visitor.post("/contact/", TYPED | more)


class TestAnExpiredForm:
    @pytest.fixture(params=["no cookie", "garbled cookie", "another token", "no token"])
    def returned(self, request: pytest.FixtureRequest, visitor: Client) -> HttpResponse:
        opened = visitor.get("/contact/")
        fields = {"submission_id": form_number(opened), "csrfmiddlewaretoken": token(opened)}
        match request.param:
            case "no cookie":
                visitor.cookies.clear()
            case "garbled cookie":
                visitor.cookies["csrftoken"] = "onzin"
            case "another token":
                fields["csrfmiddlewaretoken"] = token(Client().get("/contact/"))
            case "no token":
                del fields["csrfmiddlewaretoken"]
        response = sent(visitor, **fields)
        assert form_number(response) != fields["submission_id"], "a fresh number"
        return response

    def test_comes_back_filled_in_with_a_message_and_empty_boxes(self, returned: HttpResponse) -> None:
        assert returned.status_code == 200
        shown = controls(returned)
        assert {name: shown[name].typed.replace("\r", "") for name in ("name", "email", "message")} == {
            name: TYPED[name].replace("\r", "") for name in ("name", "email", "message")
        }
        assert not any("checked" in shown[name].attrs for name in ("consent_enquiry", "consent_newsletter"))
        html = returned.content.decode()
        assert "Het formulier stond lang open" in html
        assert "Er is niets bewaard." in html
        assert not any(control.messages for control in shown.values()), "nothing was judged"
        assert "no-store" in returned["Cache-Control"]
        assert not Submission.objects.exists()

    def test_can_be_sent_then(self, visitor: Client, returned: HttpResponse) -> None:
        fresh = {name: controls(returned)[name].typed for name in ("submission_id", "csrfmiddlewaretoken")}
        assert sent(visitor, **fresh).status_code == 302
        assert Submission.objects.get().form_data["name"] == TYPED["name"]


@pytest.mark.parametrize("elsewhere", [{"HTTP_ORIGIN": "https://elders.example"}, {"HTTP_ORIGIN": "null"}])
def test_another_site_fills_in_nothing(visitor: Client, elsewhere: dict[str, str]) -> None:
    opened = visitor.get("/contact/")
    fields = TYPED | {"submission_id": form_number(opened), "csrfmiddlewaretoken": token(opened)}
    response = visitor.post("/contact/", fields, **elsewhere)  # type: ignore[arg-type]
    assert response.status_code == 403
    assert TYPED["email"] not in response.content.decode()
    assert not Submission.objects.exists()


@pytest.mark.parametrize("address", ["/", "/privacy/", "/bestaat-niet/", "/admin/login/"])
def test_other_pages_keep_their_own_answer(visitor: Client, address: str) -> None:
    response = visitor.post(address, TYPED)
    assert response.status_code == 403
    assert re.search(r"<h1>Het formulier is verlopen</h1>", response.content.decode())


def test_a_form_that_is_closed_meanwhile_says_so(visitor: Client) -> None:
    opened = visitor.get("/contact/")
    PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
    response = sent(visitor, submission_id=form_number(opened))
    assert response.status_code == 503
    assert "formulier is nu gesloten" in response.content.decode()
