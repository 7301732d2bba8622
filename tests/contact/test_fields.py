"""What an editor can ask, what a visitor is told about it, and what becomes of the answers when the question goes."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact.models import FormField, Submission
from privacy.register.models import DataCategory, Purpose
from privacy.rights.delivery import build_export
from privacy.subjects.services import erase
from tests.factories import contact_page, publish, send
from tests.markup import controls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

many = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ask(kind: str, **changes: Any) -> FormField:
    """Add a field of this kind to the form, for the same data and purpose as the message."""
    like = contact_page().form_fields.get(clean_name="message")
    given = {"clean_name": "extra", "label": "Nog iets", "required": False, "sort_order": 9, "field_type": kind}
    return FormField.objects.create(
        **{"page": like.page, "category": like.category, "purpose": like.purpose, **given, **changes}
    )


class TestWhy:
    """Art. 13(1)(c), 13(2)(e): beside each question, in the words of the version in force."""

    def test_stands_under_each_question(self, client: Client) -> None:
        html = client.get("/contact/").content.decode()
        assert html.count('<p class="field__why">') == 5
        assert "Uw vraag beantwoorden. Zonder telefoonnummer mailen wij u." in html
        assert "De naam van uw bedrijf." not in html, "what falls under it is what the question says already"

    def test_follows_the_statement_and_not_the_register(self, client: Client) -> None:
        """A8."""
        Purpose.objects.filter(key="enquiry").update(name="U terugschrijven")
        DataCategory.objects.filter(key="phone").update(consequence="Anders schrijven wij.")
        assert "U terugschrijven" not in client.get("/contact/").content.decode()
        publish()
        assert "U terugschrijven. Anders schrijven wij." in client.get("/contact/").content.decode()

    def test_is_text_and_no_markup(self, client: Client) -> None:
        DataCategory.objects.filter(key="phone").update(consequence="<script>alert(1)</script>")
        publish()
        assert "<script>alert" not in client.get("/contact/").content.decode()


class TestKinds:
    @pytest.mark.parametrize(
        ("kind", "attributes"),
        [
            ("telephone", {"type": "tel", "autocomplete": "tel"}),
            ("url", {"type": "url", "autocomplete": "url"}),
            ("number", {"type": "text", "inputmode": "decimal"}),
            ("date", {"type": "date"}),
            ("datetime", {"type": "datetime-local"}),
            ("file", {"type": "file"}),
            ("hidden", {"type": "hidden"}),
        ],
    )
    def test_have_the_input_that_phones_know(self, client: Client, kind: str, attributes: dict[str, str]) -> None:
        """H2: WCAG 1.3.5."""
        ask(kind)
        shown = controls(client.get("/contact/"))["extra"].attrs
        assert {name: shown[name] for name in attributes} == attributes

    @pytest.mark.parametrize(
        ("category", "token"), [("name", "name"), ("company", "organization"), ("message", None), ("contact_details", None)]
    )
    def test_of_one_line_are_filled_in_by_the_kind_of_data(self, client: Client, category: str, token: str | None) -> None:
        ask("singleline", category=DataCategory.objects.get(key=category))
        assert controls(client.get("/contact/"))["extra"].attrs.get("autocomplete") == token

    @pytest.mark.parametrize(
        ("kind", "typed", "kept"),
        [
            ("number", "1,5", "1.5"),
            ("number", "-3", "-3"),
            ("date", "31-12-2026", "2026-12-31"),
            ("date", "2026-12-31", "2026-12-31"),
            ("url", "voorbeeld.example", "https://voorbeeld.example"),
            ("telephone", "+31 (0)6-1234 5678", "+31 (0)6-1234 5678"),
            ("dropdown", "", ""),
            ("dropdown", "groen", "groen"),
            ("radio", "rood", "rood"),
            ("checkbox", "on", True),
            ("checkboxes", ["rood", "groen"], ["rood", "groen"]),
            ("multiselect", ["groen"], ["groen"]),
            ("hidden", "x", "x"),
        ],
    )
    def test_keep_what_was_answered(self, client: Client, kind: str, typed: Any, kept: Any) -> None:
        ask(kind, choices="rood\ngroen")
        assert send(client, extra=typed).status_code == 302
        assert Submission.objects.get().form_data["extra"] == kept

    @pytest.mark.parametrize(
        ("kind", "typed"),
        [
            ("number", "veel"),
            ("number", "NaN"),
            ("number", "1e99999"),
            ("number", "9" * 100_000),
            ("date", "31-2-2026"),
            ("datetime", "morgen"),
            ("url", "javascript:alert(1)"),
            ("url", "https://voorbeeld.example/" + "x" * 2000),
            ("telephone", "0" * 251),
            ("dropdown", "blauw"),
            ("radio", "blauw"),
            ("checkboxes", ["blauw"]),
            ("singleline", "a\x0bb"),
            ("singleline", "a\u2028b"),
        ],
    )
    def test_refuse_the_rest_beside_the_field_and_keep_it(self, client: Client, kind: str, typed: Any) -> None:
        ask(kind, choices="rood\ngroen")
        response = send(client, extra=typed)
        assert response.status_code == 200
        html = response.content.decode()
        assert 'id="id_extra_error"' in html
        assert "Uw bericht is nog niet verstuurd" in html
        if kind in {"number", "url", "telephone"}:
            assert controls(response)["extra"].typed == typed
        assert not Submission.objects.exists()

    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            ("singleline", "Vul “Weet u dat al?” in."),
            ("radio", "Maak een keuze bij “Weet u dat al?”."),
            ("checkbox", "Kruis “Weet u dat al?” aan."),
            ("file", "Kies een bestand bij “Weet u dat al?”."),
        ],
    )
    def test_that_are_required_are_asked_for_in_a_sentence(self, client: Client, kind: str, said: str) -> None:
        """A label may be a question, with a mark and a capital of its own."""
        ask(kind, required=True, label="Weet u dat al?", choices="ja\nnee")
        assert said in send(client).content.decode()

    def test_say_by_how_much_an_answer_is_too_long(self, client: Client) -> None:
        """In characters as they arrive: a browser counts the end of a line as one, and sends two."""
        long = "\r\n".join(["regel"] * 1_500)
        shown = controls(send(client, message=long))["message"]
        assert shown.messages == ["Fout: Dit is te lang: het zijn 10498 tekens, en er is plaats voor 10000."]
        assert len(shown.typed.splitlines()) == 1_500, "nothing is lost"

    @many
    @given(st.sampled_from(["number", "date", "datetime", "url", "telephone", "dropdown", "checkboxes", "radio"]), st.text())
    def test_of_any_sort_take_no_text_for_an_error(self, client: Client, kind: str, typed: str) -> None:
        FormField.objects.filter(clean_name="extra").delete()
        ask(kind, choices="rood\ngroen")
        assert send(client, extra=typed).status_code in {200, 302}

    def test_read_as_their_sender_wrote_them(self, client: Client) -> None:
        ask("checkboxes", choices="rood\ngroen")
        send(client, extra=["rood", "groen"])
        assert dict(Submission.objects.get().answers())["Nog iets"] == "rood, groen"


class TestAnAnswerForAnOptionalPurpose:
    """Art. 6(1)(a): what serves only a purpose that was not agreed to has no basis, and is not taken in silence."""

    @pytest.fixture(autouse=True)
    def _field(self, demo_site: None) -> None:
        details = DataCategory.objects.get(key="contact_details")
        ask("singleline", category=details, purpose=Purpose.objects.get(key="newsletter"))

    def test_is_refused_beside_its_field_while_the_box_is_empty(self, client: Client) -> None:
        response = send(client, extra="ook@voorbeeld.example")
        assert "Dit vragen wij alleen voor “U laten weten wat wij doen”" in controls(response)["extra"].messages[0]
        assert not Submission.objects.exists()

    def test_is_taken_with_the_box(self, client: Client) -> None:
        assert send(client, extra="ook@voorbeeld.example", consent_newsletter="on").status_code == 302

    def test_may_be_left_out(self, client: Client) -> None:
        """B3."""
        assert send(client, extra="").status_code == 302


class TestAFieldThatIsGone:
    """I1: answers keep their questions as they were asked, whatever becomes of the form."""

    @pytest.fixture
    def submission(self, client: Client) -> Submission:
        send(client, name="Jan Jansen", company="Jansen BV")
        FormField.objects.filter(clean_name="company").delete()
        FormField.objects.filter(clean_name="name").update(label="Hoe heet u?")
        assert contact_page().form_fields.count() == 4
        return Submission.objects.get()

    def test_is_still_on_the_owners_screen(self, admin_client: Client, submission: Submission) -> None:
        html = admin_client.get(reverse("contact-messages:inspect", args=[submission.pk])).content.decode()
        assert "<dt>Bedrijf</dt>" in html
        assert "Jansen BV" in html
        assert "Hoe heet u?" not in html

    def test_is_still_in_the_inzage(self, submission: Submission) -> None:
        out = BytesIO()
        assert build_export(email=submission.subject.email, out=out).by_source["contact.submissions"] == 1
        values = dict(submission.answers())
        assert values["Bedrijf"] == "Jansen BV"
        assert values["Naam"] == "Jan Jansen"

    def test_goes_with_the_person(self, submission: Submission) -> None:
        result = erase([submission.subject], reason="verzoek", at=timezone.now())
        assert result.by_source["contact.submissions"] == 1
        assert not Submission.objects.exists()
