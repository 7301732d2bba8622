"""A button pressed twice, and a form sent twice at the same moment: one act, one letter, and no error page."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from privacy.rights import session
from privacy.rights.models import DataRequest, Letter
from privacy.rights.services import take
from privacy.rights.states import State
from privacy.subjects import ledger
from privacy.subjects.models import DataSubject
from tests.factories import relation
from tests.locking import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

JAN = "jan@voorbeeld.example"
PAGE = "/mijn-gegevens/overzicht/"


@pytest.fixture
def jan() -> DataSubject:
    return relation(timezone.now(), email=JAN)


def inside(person: DataSubject) -> Client:
    """Return a browser that came in by the link."""
    response = HttpResponse()
    session.start(response, person)
    client = Client()
    client.cookies.update(response.cookies)
    return client


def pressed_twice(person: DataSubject, path: str, data: dict[str, str] | None = None) -> list[Any]:
    """Send the same form twice at the same moment; return both answers."""

    def press() -> Any:
        return inside(person).post(PAGE + path, data or {})

    return at_once(person, press, press)


@pytest.mark.parametrize(
    ("path", "data", "state", "letters"),
    [
        ("beperken/", {}, State.DELIVERED, 1),
        ("bezwaar/", {"against": "marketing"}, State.DELIVERED, 1),
        ("bezwaar/", {"against": "other", "message": "Liever niet."}, State.OPEN, 0),
        ("bezwaar/", {"against": "other"}, State.OPEN, 0),
    ],
)
def test_a_button_is_one_request(jan: DataSubject, path: str, data: dict[str, str], state: State, letters: int) -> None:
    answers = pressed_twice(jan, path, data)
    assert [answer.status_code for answer in answers] == [302, 302]
    # And once more, after it was answered.
    assert inside(jan).post(PAGE + path, data).status_code == 302
    assert DataRequest.objects.get().state == state
    assert Letter.objects.exclude(kind="recipient").count() == letters


def test_a_correction_is_one_request(jan: DataSubject) -> None:
    message = jan.submissions.get()
    message.form_data["name"] = "Jan"
    message.save()
    said = {"value_0": "Jannie", "value_1": message.form_data["message"]}
    answers = pressed_twice(jan, f"verbeteren/contact.submissions/Submission%20%23{message.pk}/", said)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert DataRequest.objects.get().state == State.DELIVERED
    assert Letter.objects.exclude(kind="recipient").count() == 1


def test_an_erasure_is_one_line_of_the_ledger(jan: DataSubject, settings: Any, tmp_path: Any) -> None:
    settings.ERASURE_LEDGER_DIR = tmp_path
    answers = pressed_twice(jan, "wissen/", {"confirmation": "wissen"})
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert not DataSubject.objects.exists()
    assert len(list(ledger.read())) == 1


def test_an_objection_without_words_is_still_weighed(jan: DataSubject) -> None:
    """Art. 21: and a button against marketing does not answer it."""
    inside(jan).post(PAGE + "bezwaar/", {"against": "other"})
    inside(jan).post(PAGE + "bezwaar/", {"against": "marketing"})
    weighed, marketing = DataRequest.objects.order_by("pk")
    assert (weighed.state, weighed.message) == (State.OPEN, "Zonder toelichting.")
    assert marketing.state == State.DELIVERED


def test_a_request_taken_down_twice_is_one(admin_user: Any) -> None:
    now = timezone.now()
    said = {"email": JAN, "kind": DataRequest.Kind.ERASURE, "received_at": now, "at": now, "user": admin_user}
    first, second = (take(message="Belde.", **said) for _ in range(2))
    assert first == second
    assert take(message="Belde weer.", **said) != first
