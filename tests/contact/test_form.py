"""The form as the contract describes it: what it asks, what it stores, what it promises."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contact.models import Submission
from privacy.consent.models import ConsentEvent, UnconfirmedConsent
from privacy.register.models import Purpose
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from tests.factories import form_number, publish, send, set_period
from tests.markup import controls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

BOXES = ["consent_enquiry", "consent_newsletter"]


class TestTheForm:
    def test_asks_what_the_contract_says(self, client: Client) -> None:
        """B13: only the address and the message are required."""
        shown = controls(client.get("/contact/"))
        required = {name: "required" in control.attrs for name, control in shown.items() if name != "csrfmiddlewaretoken"}
        assert required == {
            "name": False,
            "email": True,
            "company": False,
            "phone": False,
            "message": True,
            "consent_enquiry": True,
            "consent_newsletter": False,
            "submission_id": False,
            "statement_version": False,
            "asked": False,
            "form_website": False,
            "form_opened": False,
            "form_proof": False,
        }
        assert all(control.label for name, control in shown.items() if control.attrs.get("type") != "hidden"), "H2, 3.3.2"

    def test_warns_against_what_must_not_be_sent(self, client: Client) -> None:
        """B13."""
        assert "burgerservicenummer" in client.get("/contact/").content.decode()

    def test_no_box_is_ticked_beforehand(self, client: Client) -> None:
        """B2."""
        shown = controls(client.get("/contact/"))
        assert [shown[name].attrs["type"] for name in BOXES] == ["checkbox", "checkbox"]
        assert not any("checked" in shown[name].attrs for name in BOXES)

    def test_tells_browsers_how_to_fill_it_in(self, client: Client) -> None:
        """H2: WCAG 1.3.5."""
        shown = controls(client.get("/contact/"))
        tokens = {name: shown[name].attrs.get("autocomplete") for name in ("name", "email", "company", "phone")}
        assert tokens == {"name": "name", "email": "email", "company": "organization", "phone": "tel"}

    def test_has_a_number_of_its_own_each_time(self, client: Client) -> None:
        first, second = (uuid.UUID(form_number(client.get("/contact/"))) for _ in range(2))
        assert first != second

    def test_sets_one_cookie_that_ends_with_the_browser(self, client: Client) -> None:
        """G2, G3."""
        cookies = client.get("/contact/").cookies
        assert set(cookies) == {"csrftoken"}
        assert cookies["csrftoken"]["max-age"] == cookies["csrftoken"]["expires"] == ""
        assert cookies["csrftoken"]["samesite"] == "Lax"

    @pytest.mark.parametrize("answers", [{}, {"consent_enquiry": None}], ids=["sent", "refused"])
    def test_leaves_nothing_in_caches(self, client: Client, answers: dict[str, Any]) -> None:
        """I15: the empty form, the refused one and the thank-you page."""
        for response in (client.get("/contact/"), send(client, **answers), client.get("/contact/bedankt/")):
            if response.status_code == 200:
                assert "no-store" in response["Cache-Control"]


class TestWithoutConsent:
    def test_is_refused_beside_the_box_with_nothing_stored_and_nothing_lost(self, client: Client) -> None:
        """B2: what was not ticked was not agreed to."""
        typed = {"name": "Jan", "email": "jan@voorbeeld.example", "phone": "06 1", "message": "Regel 1\r\nRegel <2>"}
        response = send(client, consent_enquiry=None, consent_newsletter="on", **typed)
        assert response.status_code == 200
        shown = controls(response)
        assert "vinkje" in shown["consent_enquiry"].messages[0]
        assert shown["consent_enquiry"].attrs["aria-invalid"] == "true"
        assert {name: shown[name].typed.replace("\r", "") for name in typed} == {**typed, "message": "Regel 1\nRegel <2>"}
        assert "checked" in shown["consent_newsletter"].attrs
        assert "checked" not in shown["consent_enquiry"].attrs
        assert not Submission.objects.exists()
        assert not DataSubject.objects.exists()
        assert not ConsentEvent.objects.exists()

    def test_the_same_form_can_be_sent_after_all(self, client: Client) -> None:
        refused = send(client, consent_enquiry=None)
        assert send(client, submission_id=form_number(refused)).status_code == 302
        assert Submission.objects.count() == 1

    def test_the_messages_are_summed_up_with_links_to_their_fields(self, client: Client) -> None:
        """H2: WCAG 3.3.1."""
        html = send(client, consent_enquiry=None, email="").content.decode()
        assert "<title>\n  Fout: " in html or "<title>Fout: " in html
        assert 'href="#id_email"' in html
        assert 'href="#id_consent_enquiry"' in html

    @pytest.mark.parametrize("sent", ["", "off", "no", "nee", "0", "false", "null", "perhaps"])
    def test_only_a_clear_yes_is_a_tick(self, client: Client, sent: str) -> None:
        """B2: what is no affirmative act is no consent, whatever program sends it."""
        response = send(client, consent_enquiry=sent)
        assert response.status_code == 200
        assert 'href="#id_consent_enquiry"' in response.content.decode()
        assert not ConsentEvent.objects.exists()

    @pytest.mark.parametrize("sent", ["on", "true", "1", "yes"])
    def test_a_yes_in_a_programs_words_is_one(self, client: Client, sent: str) -> None:
        assert send(client, consent_enquiry=sent).status_code == 302
        assert ConsentEvent.objects.get().purpose == "enquiry"

    def test_sending_with_the_other_boxes_empty_succeeds(self, client: Client) -> None:
        """B3."""
        assert send(client, consent_newsletter=None).status_code == 302
        assert ConsentEvent.objects.get().purpose == "enquiry"


class TestWithConsent:
    def test_stores_person_message_and_one_event_per_box(self, client: Client) -> None:
        """B1, B5: each consent with the words that stood beside its box, and the version that was in force."""
        words = {name: control.label for name, control in controls(client.get("/contact/")).items()}
        response = send(client, name="Jan", email="Jan@Voorbeeld.example", consent_newsletter="on")
        assert (response.status_code, response["Location"]) == (302, "/contact/bedankt/")

        version = StatementVersion.objects.get()
        submission = Submission.objects.get()
        assert submission.form_data["message"] == "Hoe duur is een website?"
        assert (submission.subject.email, submission.version) == ("jan@voorbeeld.example", version)
        events = {event.purpose: event for event in submission.subject.consent_events.all()}
        assert set(events) == {"enquiry"}
        waiting = UnconfirmedConsent.objects.get()
        assert (waiting.purpose, waiting.wording) == ("newsletter", words["consent_newsletter"])
        for purpose, event in events.items():
            assert event.wording == words[f"consent_{purpose}"]
            assert event.action == ConsentEvent.Action.GIVEN
            assert (event.version, event.language, event.at) == (version, "nl", submission.submit_time)

    def test_the_box_says_who_what_and_how_to_withdraw(self, client: Client) -> None:
        """B4, with the period of the version in force filled in; the statement is one click away (A16)."""
        response = client.get("/contact/")
        words = controls(response)["consent_enquiry"].label
        assert all(part in words for part in ("Koel ICT", "24 maanden", "intrekken", "@"))
        assert '<a href="/privacy/">' in response.content.decode()

    def test_nothing_of_browser_or_address_is_kept(self, client: Client) -> None:
        """B6: the columns of the proof are those, and no others."""
        client.defaults |= {"REMOTE_ADDR": "203.0.113.9", "HTTP_USER_AGENT": "Kijker/1"}
        send(client)
        stored = f"{Submission.objects.values()[0]}{ConsentEvent.objects.values()[0]}{DataSubject.objects.values()[0]}"
        assert "203.0.113.9" not in stored
        assert "Kijker" not in stored

    def test_a_purpose_on_another_basis_is_told_not_asked(self, client: Client) -> None:
        """B1: the basis is the register's; it counts from the publication on, and nothing else changes."""
        Purpose.objects.filter(key="enquiry").update(legal_basis="b")
        assert "consent_enquiry" in controls(client.get("/contact/")), "a draft changes nothing"
        publish()
        response = client.get("/contact/")
        assert "consent_enquiry" not in controls(response)
        assert "art. 6 lid 1 onder b AVG" in response.content.decode()
        assert send(client, consent_enquiry=None).status_code == 302
        assert not ConsentEvent.objects.exists()


class TestAFormFromBeforeAPublication:
    """Invariant 7: nobody is held to words that were not on the screen."""

    def test_is_shown_anew_with_the_new_words_and_empty_boxes(self, client: Client) -> None:
        shown = controls(client.get("/contact/"))
        set_period(12)
        publish()
        response = send(
            client,
            statement_version=shown["statement_version"].typed,
            submission_id=shown["submission_id"].typed,
            consent_newsletter="on",
        )
        assert response.status_code == 200
        assert "Onze privacyverklaring is net vernieuwd." in response.content.decode()
        assert not Submission.objects.exists()
        again = controls(response)
        assert "12 maanden" in again["consent_enquiry"].label
        assert not any("checked" in again[name].attrs for name in BOXES)
        assert again["message"].typed == "Hoe duur is een website?"

        typed = {name: again[name].typed for name in ("statement_version", "submission_id")}
        assert send(client, **typed).status_code == 302
        assert "12 maanden" in ConsentEvent.objects.get().wording

    @pytest.mark.parametrize("garbled", ["onzin", "\x00", "99999999999999999999", "-1"])
    def test_with_a_garbled_version_too(self, client: Client, garbled: str) -> None:
        response = send(client, statement_version=garbled)
        assert response.status_code == 200
        assert controls(response)["statement_version"].typed == "1"
        assert not Submission.objects.exists()


class TestThanks:
    def test_names_the_day_that_the_statement_in_force_makes_it(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        """A8: half past eleven in the evening UTC is the next day here, and one month further."""
        evening = datetime(2027, 2, 28, 23, 30, tzinfo=UTC)
        set_period(12)  # a draft until it is published
        monkeypatch.setattr(timezone, "now", lambda: evening)
        assert "1 maart 2029" in client.get("/contact/bedankt/").content.decode()
        publish()
        assert "1 maart 2028" in client.get("/contact/bedankt/").content.decode()

    def test_knows_nothing_of_the_visitor(self, client: Client) -> None:
        send(client)
        response = client.get("/contact/bedankt/")
        assert "jan@" not in response.content.decode()
        assert not response.cookies
