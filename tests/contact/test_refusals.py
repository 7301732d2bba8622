"""Whatever is typed or posted: stored as it was, or refused beside its field; never an error page, never half stored."""

import uuid
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contact.bsn import has_bsn
from contact.fields import MAX_ANSWER, MAX_MESSAGE
from contact.models import Submission
from tests.factories import send
from tests.markup import controls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

# The client and the demo site of one test serve all its examples: each stores a message of its own.
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("email", ""),
        ("email", "geen adres"),
        ("email", "jan@voorbeeld"),
        ("email", "jan@voorbeeld.example, piet@voorbeeld.example"),
        ("email", "jan@voorbeeld.example\r\nBcc: piet@voorbeeld.example"),
        ("email", "j" * 250 + "@voorbeeld.example"),
        ("email", "jan\x00@voorbeeld.example"),
        ("message", ""),
        ("message", " \r\n\t "),
        ("message", "x" * (MAX_MESSAGE + 1)),
        ("message", "Hoi\x00"),
        ("name", "x" * (MAX_ANSWER + 1)),
        ("name", "\x00"),
        ("name", "Jan\r\nBcc: piet@voorbeeld.example"),
        ("name", "Jan, bsn 111222333"),
        ("phone", "06 1\n06 2"),
        ("message", "Mijn BSN is 1112.22.333."),
        ("message", "é" * 1_000_000),
        ("message", "\u05d0" * 1_000_000),
        ("phone", "0" * (MAX_ANSWER + 1)),
    ],
)
def test_a_refusal_stands_beside_its_field(client: Client, field: str, typed: str) -> None:
    """H2: WCAG 3.3.1; and what was typed is still there."""
    response = send(client, **{field: typed})
    assert response.status_code == 200
    shown = controls(response)
    assert [name for name, control in shown.items() if control.messages] == [field]
    assert shown[field].attrs["aria-invalid"] == "true"
    assert shown["submission_id"].typed
    assert not Submission.objects.exists()


def test_the_longest_that_is_allowed_is_stored(client: Client) -> None:
    assert send(client, message="é" * MAX_MESSAGE, name="😀" * MAX_ANSWER).status_code == 302
    assert len(Submission.objects.get().form_data["message"]) == MAX_MESSAGE


@pytest.mark.parametrize("number", ["onzin", "\x00", str(uuid.uuid4()) + "x", "' OR 1=1 --"])
def test_a_garbled_number_is_refused_with_a_message_and_a_new_number_comes(client: Client, number: str) -> None:
    response = send(client, submission_id=number)
    assert response.status_code == 200
    assert "Dit formulier is niet volledig verstuurd." in response.content.decode()
    assert controls(response)["message"].typed == "Hoe duur is een website?"
    assert not Submission.objects.exists()
    assert send(client, submission_id=controls(response)["submission_id"].typed).status_code == 302


def test_a_missing_number_is_refused_with_a_message(client: Client) -> None:
    response = client.post("/contact/", {"email": "jan@voorbeeld.example", "message": "Hoi", "consent_enquiry": "on"})
    assert response.status_code == 200
    assert "Dit formulier is niet volledig verstuurd." in response.content.decode()


def test_what_is_longer_than_any_form_is_refused_with_a_page_that_says_so(client: Client) -> None:
    """Django reads no more than 2.5 MB of text."""
    response = send(client, message="x" * 3_000_000)
    assert response.status_code == 400
    assert "Uw bericht is niet verstuurd" in response.content.decode()
    assert not Submission.objects.exists()


@pytest.mark.parametrize("body", [b"message=%ED%A0%80%FF&name=%C3", b"\xff\xfe=\x00", b"=&&==&"])
def test_bytes_that_are_no_text_are_no_error(client: Client, body: bytes) -> None:
    response = client.post("/contact/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200


@pytest.mark.parametrize(
    "path", ["/contact/", "/privacy/", "/mijn-gegevens/", "/toestemming/controle/", "/mijn-gegevens/overzicht/wissen/"]
)
def test_another_spelling_of_bytes_than_ours_is_refused_with_a_page_that_says_so(path: str) -> None:
    """Django reads UTF-8 alone and says so by an error, over which its own page of errors stumbles."""
    visitor = Client(enforce_csrf_checks=True, raise_request_exception=False)
    visitor.get("/contact/")  # without its cookie nothing is read at all
    response = visitor.post(path, b"name=Zo%EB", content_type="application/x-www-form-urlencoded; charset=iso-8859-1")
    assert response.status_code == 400
    assert "Dit konden wij niet lezen" in response.content.decode()
    assert response["Content-Security-Policy"]
    assert not Submission.objects.exists()


@many
@given(message=st.text(min_size=1), name=st.text())
@example(message="Eén regel\r\nen nog één", name="")
@example(message="\u202eomgekeerd\u0085", name="'; DROP TABLE contact_submission; --")
@example(message="=HYPERLINK(A1)", name="<script>alert(1)</script>")
@example(message="{{ settings.SECRET_KEY }} {% now %}", name="\ufeff")
@example(message="mijn bsn is 111.222.333", name="Jan\r\nBcc: piet@voorbeeld.example")
@example(message="\ud7ff\ufffe\U0010ffff", name="\u0130")
def test_any_text_is_stored_faithfully_or_refused_clearly(client: Client, message: str, name: str) -> None:
    """Only what a browser sends round a text (white space at its ends) may go."""
    response = send(client, message=message, name=name)
    if response.status_code == 302:
        stored = Submission.objects.latest("pk").form_data
        assert (stored["message"], stored["name"]) == (message.strip(), name.strip())
    else:
        assert response.status_code == 200
        refused = {name for name, control in controls(response).items() if control.messages}
        wrong = {field for field, typed in {"message": message, "name": name}.items() if "\x00" in typed or has_bsn(typed)}
        if not message.strip():
            wrong.add("message")
        if len(name.strip().splitlines()) > 1:
            wrong.add("name")
        assert refused == wrong


@many
@given(raw=st.binary(max_size=200), name=st.binary(max_size=50))
@example(raw=b"\xed\xa0\x80 half a surrogate", name=b"\xff\xfe")
@example(raw=b"\r\n\r\n--boundary\r\n", name=b"\x00")
def test_any_bytes_are_stored_as_text_or_refused_clearly(client: Client, raw: bytes, name: bytes) -> None:
    """No browser sends bytes that are no UTF-8; a program does, and what it meant cannot be known."""
    # Somebody else each time: one person who sends the same thing twice has sent it once.
    fields = {"email": f"{uuid.uuid4().hex}@voorbeeld.example", "consent_enquiry": "on", "submission_id": str(uuid.uuid4())}
    body = urlencode({**fields, "message": raw, "name": name}, quote_via=quote)
    response = client.post("/contact/", body, content_type="application/x-www-form-urlencoded")
    if response.status_code == 302:
        stored = Submission.objects.latest("pk").form_data
        assert stored["message"] == raw.decode(errors="replace").strip()
        assert stored["name"] == name.decode(errors="replace").strip()
    else:
        assert response.status_code == 200
        assert {field for field, control in controls(response).items() if control.messages} <= {"message", "name"}
        assert "Uw bericht is nog niet verstuurd" in response.content.decode()


@many
@given(email=st.emails() | st.from_regex(r"\A[^\s@]{1,20}@[^\s@]{1,20}\.[^\s@]{2,8}\Z"))
@example(email="jan@bücher.example")
@example(email="jan@xn--.example")
@example(email="jan@[127.0.0.1]")
@example(email='"jan de vries"@voorbeeld.example')
@example(email="jan@voorbeeld.example\u3002nl")
def test_any_address_is_stored_or_refused_beside_the_field(client: Client, email: str) -> None:
    response = send(client, email=email)
    if response.status_code == 302:
        submission = Submission.objects.latest("pk")
        assert submission.form_data["email"] == email.strip()
        assert "@" in submission.subject.email
    else:
        assert response.status_code == 200
        assert controls(response)["email"].messages


def shows_as_typed(client: Client, **typed: Any) -> bool:
    shown = controls(send(client, consent_enquiry=None, **typed))
    return all(shown[name].typed == text for name, text in typed.items())


@many
@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=MAX_ANSWER))
@example(text='"><b>vet</b>')
@example(text="&amp; &lt;")
def test_a_refused_form_gives_back_exactly_what_was_typed(client: Client, text: str) -> None:
    assert shows_as_typed(client, name=text, message=text)
