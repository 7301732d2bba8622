"""Whatever is sent to a form with a field of every kind: stored as it was, or refused clearly, and never an error page.

`test_refusals` does this to the fields of the demo's form; here are all other kinds, the fields nobody sees, file names and
bodies that no browser makes.
"""

import uuid
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contact.models import FormField, Submission
from tests.documents import PDF, photo
from tests.factories import contact_page, send
from tests.markup import controls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_kind")]

many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

#: Kinds of field that keep a text to the letter; of the others the form makes a value (a date, a number, an address).
TEXTS = {"singleline", "telephone", "hidden"}
CHOSEN = {"dropdown", "radio", "checkboxes", "multiselect"}
KINDS = sorted(TEXTS | CHOSEN | {"multiline", "email", "url", "number", "date", "datetime", "checkbox", "file"})
UNSEEN = ["submission_id", "statement_version", "form_opened", "form_website", "form_proof", "asked", "csrfmiddlewaretoken"]

#: Texts as people and machines send them: any Unicode, and what breaks parsers, headers, databases and spreadsheets.
NASTY = [
    "\x00",
    "a\r\nBcc: piet@voorbeeld.example",
    "a\nb",
    "\u202egnp.exe\u2066",
    "שלום \u200fمرحبا",
    "👩‍👩‍👧‍👦" * 60,
    "\ufffe\uffff\U0010ffff",
    "a\u0300" * 300,
    "9" * 5_000,
    "1e400",
    "-0",
    "٣",
    "½",
    "0001-01-01",
    "9999-12-31T23:59",
    "10000-01-01",
    "2026-02-30",
    "2026-03-29T02:30",
    "http://[::1",
    "https://voorbeeld.example:99999/",
    "https://\u2488.example",
    "xn--" + "a" * 80,
    "=cmd|' /C calc'!A0",
    "%00%0d%0a",
    "{{ 7 }}{% 7 %}",
    "'; DROP TABLE contact_submission; --",
    "[]",
    "{}",
    "null",
    "[[1]]",
    "1" * 400,
]
texts = st.text(max_size=60) | st.sampled_from(NASTY)


@pytest.fixture
def every_kind(demo_site: None) -> None:
    """The demo's form with a field of every kind beside its own, none of them required."""
    like = contact_page().form_fields.get(clean_name="message")
    FormField.objects.bulk_create(
        FormField(
            page=like.page,
            clean_name=f"a_{kind}",
            label=f"Vraag {kind}",
            field_type=kind,
            required=False,
            choices="rood\ngroen",
            category=like.category,
            purpose=like.purpose,
            sort_order=20,
        )
        for kind in KINDS
    )


def is_clear(response: HttpResponse) -> bool:
    """Say whether a refusal says what is wrong beside a field, or that the form did not come through whole."""
    shown = controls(response)
    said = any(control.messages for control in shown.values())
    return response.status_code == 200 and (said or 'role="alert"' in response.content.decode())


def one_more(client: Client, **answers: Any) -> HttpResponse:
    """Send the form as somebody else each time: one person who sends the same thing twice has sent it once."""
    return send(client, **{"email": f"{uuid.uuid4().hex}@voorbeeld.example", **answers})


@many
@given(st.dictionaries(st.sampled_from([kind for kind in KINDS if kind != "file"]), texts | st.lists(texts, max_size=3)))
@example({"number": "9" * 5_000})
@example({"datetime": "2026-03-29T02:30"})
@example({kind: "\x00" for kind in KINDS if kind != "file"})
@example({kind: "a\r\nb" for kind in KINDS if kind != "file"})
def test_any_answer_to_any_kind_of_question(client: Client, answers: dict[str, Any]) -> None:
    response = one_more(client, **{f"a_{kind}": typed for kind, typed in answers.items()})
    if response.status_code != 302:
        assert is_clear(response)
        return
    stored = Submission.objects.latest("pk").form_data
    for kind, typed in answers.items():
        # Of a name that comes twice the last one counts, as in every form of Django's.
        last = (typed[-1] if typed else "") if isinstance(typed, list) else typed
        if kind in TEXTS | {"multiline"}:
            assert stored[f"a_{kind}"] == last.strip()
        elif kind in {"dropdown", "radio"}:
            assert stored[f"a_{kind}"] == last
            assert last in {"", "rood", "groen"}
        elif kind in CHOSEN:
            assert set(stored[f"a_{kind}"]) <= {"rood", "groen"}


@many
@given(st.dictionaries(st.sampled_from(UNSEEN) | st.text(min_size=1, max_size=20), texts, min_size=1))
@example({"statement_version": "9" * 400})
@example({"statement_version": "٣"})
@example({"form_opened": "9" * 400})
@example({"asked": "[[[[", "submission_id": "{}"})
def test_any_value_in_what_nobody_sees_and_any_name_that_is_no_field(client: Client, extra: dict[str, str]) -> None:
    response = one_more(client, **extra)
    assert response.status_code == 302 or is_clear(response)


@many
@given(st.sampled_from([kind for kind in KINDS if kind != "file"]), st.binary(max_size=60))
@example("singleline", b"\xed\xa0\x80\xed\xb0\x80")
@example("email", b"\xff@\xff.example")
@example("date", b"\xc0\x80")
def test_any_bytes_in_any_kind_of_field(client: Client, kind: str, raw: bytes) -> None:
    """Surrogates, cut and overlong UTF-8: what no browser sends."""
    fields = {"email": f"{uuid.uuid4().hex}@voorbeeld.example", "message": "Hoi", "consent_enquiry": "on"}
    body = urlencode({**fields, "submission_id": str(uuid.uuid4()), f"a_{kind}": raw}, quote_via=quote)
    response = client.post("/contact/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 302 or is_clear(response)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "file"])
@pytest.mark.parametrize("char", ["9", "\u05d0", "\n", "\x00"])
def test_a_megabyte_in_any_kind_of_field(client: Client, kind: str, char: str) -> None:
    response = one_more(client, **{f"a_{kind}": char * (1_000_000 // len(char.encode()))})
    assert response.status_code == 302 if kind == "checkbox" else response.status_code == 302 or is_clear(response)
    if response.status_code == 302 and kind != "checkbox":
        assert char == "\n", "white space is no answer; anything else is too long"


class TestFileNames:
    @staticmethod
    def post(client: Client, name: bytes, content: bytes) -> HttpResponse:
        """Send a file by a body written by hand: a name may hold the bytes that end it, and a body its own boundary."""
        fields = {"email": f"{uuid.uuid4().hex}@voorbeeld.example", "message": "Hoi", "consent_enquiry": "on"}
        parts = [
            b'--grens\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (key.encode(), value.encode())
            for key, value in {**fields, "submission_id": str(uuid.uuid4())}.items()
        ]
        head = b'--grens\r\nContent-Disposition: form-data; name="a_file"; filename="%b"\r\n' % name
        body = b"".join([*parts, head, b"Content-Type: application/pdf\r\n\r\n", content, b"\r\n--grens--\r\n"])
        return client.post("/contact/", body, content_type="multipart/form-data; boundary=grens")

    @many
    @given(st.text(max_size=120) | st.sampled_from(NASTY), st.sampled_from([PDF, photo("PNG"), b"MZ", b""]))
    @example('a"\r\nContent-Type: text/html\r\n\r\n<script>.pdf', PDF)
    @example("../../etc/passwd\x00.pdf", PDF)
    @example("\u202efdp.exe", PDF)
    @example("CON", photo("PNG"))
    def test_any_name(self, client: Client, name: str, content: bytes) -> None:
        response = self.post(client, name.encode(), content)
        assert response.status_code in {302, 400} or is_clear(response)
        if response.status_code == 302:
            for attachment in Submission.objects.latest("pk").attachments.all():
                assert not set(attachment.filename) & set('/\\\r\n\x00"\u202e')
                assert attachment.filename.endswith((".pdf", ".png"))

    @many
    @given(st.binary(max_size=80), st.binary(max_size=80))
    @example(b'a.pdf"\r\nX: y', PDF)
    @example(b"\xff\xfe.pdf", PDF)
    @example(b"", PDF)
    @example(b"a.txt", b"\r\n--grens\r\n")
    def test_any_bytes_as_name_and_content(self, client: Client, name: bytes, content: bytes) -> None:
        response = self.post(client, name, content)
        assert response.status_code in {302, 400} or is_clear(response)

    @pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=" + "x" * 300, "; boundary=é"])
    def test_a_body_without_end_is_a_clear_refusal(self, client: Client, boundary: str) -> None:
        response = client.post("/contact/", b"--x\r\nContent-Disp", content_type=f"multipart/form-data{boundary}")
        assert response.status_code == 400 or is_clear(response)


def test_a_thousand_fields_too_many_are_refused_clearly(client: Client) -> None:
    response = one_more(client, **{f"x{number}": "x" for number in range(2_000)})
    assert response.status_code == 400
    assert "Uw bericht is niet verstuurd" in response.content.decode()
    assert not Submission.objects.exists()
