"""The check against robots: what each proof is worth, and that Google is asked nothing before a visitor says so (F1-F5)."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client

from contact.captcha import AltchaField
from contact.drift import uncovered_form
from contact.models import ContactPage, Submission
from privacy.register.models import Processor
from privacy.statement.models import StatementVersion
from tests.contact.conftest import Editor
from tests.factories import contact_page, form_number, publish, send, solved
from tests.siteverify import SiteVerify, site_verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

PRIVATE, PUBLIC = "geheime-sleutel", "site-sleutel"


def is_stored(response: HttpResponse, *suspicions: str) -> bool:
    """Whether the visitor was thanked and the one message there is has these signs."""
    assert (response.status_code, response.headers.get("Location")) == (302, "/contact/bedankt/")
    message = Submission.objects.get()
    assert message.state == ("spam" if suspicions else "new")
    return message.suspicions == list(suspicions)


def is_refused_beside_the_widget(response: HttpResponse) -> bool:
    page = response.content.decode()
    assert response.status_code == 200
    assert not Submission.objects.exists()
    return page.count("De controle tegen spam klopt niet") == 2 and '<a href="#controle">' in page


def changed(proof: str, **solution: Any) -> str:
    payload = json.loads(base64.b64decode(proof))
    payload["solution"] |= solution
    return base64.b64encode(json.dumps(payload).encode()).decode()


class TestAltcha:
    def test_is_what_a_form_has_by_default(self, client: Client) -> None:
        assert contact_page().captcha == ContactPage().captcha == "altcha"
        page = client.get("/contact/").content.decode()
        assert "js/proof.js" in page
        assert "google" not in page

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda proof: changed(proof, derivedKey="00" * 32),
            lambda proof: "geen base64",
            lambda proof: base64.b64encode(b"{}").decode(),
            lambda proof: base64.b64encode(b'{"challenge":{"parameters":[],"signature":1},"solution":[]}').decode(),
            lambda proof: base64.b64encode(b'"' + b"[" * 4000).decode(),
            lambda proof: "A" * 1_000_000,
            lambda proof: "\x00\U0001f600",
            lambda proof: solved(
                '{"parameters":' + json.dumps(json.loads(base64.b64decode(proof))["challenge"]["parameters"]) + "}"
            ),
        ],
        ids=["other answer", "no base64", "empty", "other types", "nested", "1 MB", "unicode", "unsigned"],
    )
    def test_a_wrong_proof_is_refused_beside_the_widget(self, client: Client, spoil: Callable[[str], str]) -> None:
        response = send(client, form_proof=spoil(solved(AltchaField().challenge)))
        assert is_refused_beside_the_widget(response)
        assert 'name="form_proof" autocomplete="off" id="id_form_proof"' in response.content.decode(), "empty, for a new one"

    def test_an_old_one_is_too(self, client: Client, settings: LazySettings) -> None:
        settings.ALTCHA_SECONDS = -1
        proof = solved(AltchaField().challenge)
        settings.ALTCHA_SECONDS = 60
        assert is_refused_beside_the_widget(send(client, form_proof=proof))

    def test_the_same_form_twice_is_one_message_and_another_form_needs_another_proof(self, client: Client) -> None:
        proof, number = solved(AltchaField().challenge), form_number(client.get("/contact/"))
        for _ in range(2):
            assert is_stored(send(client, form_proof=proof, submission_id=number))
        # Spelled differently, it is the same proof.
        for again in (proof, changed(proof, time=5)):
            assert send(client, form_proof=again).status_code == 200
        assert Submission.objects.count() == 1

    def test_a_form_that_comes_back_for_another_reason_keeps_its_proof(self, client: Client) -> None:
        proof = solved(AltchaField().challenge)
        response = send(client, form_proof=proof, message="")
        assert response.status_code == 200
        assert proof in response.content.decode()
        assert is_stored(send(client, form_proof=proof))


def test_a_form_may_have_no_check(client: Client) -> None:
    ContactPage.objects.update(captcha="none")
    assert "controle tegen spam" not in client.get("/contact/").content.decode().lower()
    assert is_stored(send(client, form_proof=None))


def name_google() -> StatementVersion:
    """Put Google into the register and publish."""
    Processor.objects.create(
        key="google",
        name="Google",
        service="reCAPTCHA",
        country="Ierland",
        agreement="Cloud Data Processing Addendum",
        agreement_date="2026-04-02",
    )
    return publish()


@pytest.fixture
def keys(settings: LazySettings) -> None:
    """An account with Google."""
    settings.RECAPTCHA_PUBLIC_KEY, settings.RECAPTCHA_PRIVATE_KEY = PUBLIC, PRIVATE


@pytest.fixture
def google(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, keys: None, demo_site: None
) -> Iterator[SiteVerify]:
    """A form with reCAPTCHA, named in the statement; a server of our own stands for Google's."""
    name_google()
    ContactPage.objects.update(captcha="recaptcha")
    with site_verify(tmp_path, secret=PRIVATE) as site:
        settings.RECAPTCHA_DOMAIN = site.address
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield site


def with_google(client: Client, token: str | None, **answers: Any) -> HttpResponse:
    return send(client, **{"form_proof": None, "g-recaptcha-response": token, **answers})


class TestRecaptcha:
    def test_success(self, client: Client, google: SiteVerify) -> None:
        """F1: Google hears the proof and our key; nothing of the visitor, and no network address."""
        response = with_google(Client(REMOTE_ADDR="203.0.113.7"), "good-1")
        assert is_stored(response)
        assert google.asked == [{"secret": [PRIVATE], "response": ["good-1"]}]

    def test_a_wrong_proof(self, client: Client, google: SiteVerify) -> None:
        assert is_refused_beside_the_widget(with_google(client, "bad"))

    def test_no_proof_asks_google_nothing(self, client: Client, google: SiteVerify) -> None:
        """F5: the visitor declined, or has no JavaScript."""
        assert is_stored(with_google(client, None), "no_proof")
        assert google.asked == []

    def test_a_duplicate(self, client: Client, google: SiteVerify) -> None:
        """Of the same form it is the same message; of another form it is wrong."""
        number = form_number(client.get("/contact/"))
        for _ in range(2):
            assert is_stored(with_google(client, "good-1", submission_id=number))
        assert with_google(client, "good-1").status_code == 200
        assert Submission.objects.count() == 1

    def test_a_time_out_is_three_seconds_and_a_thank_you(self, client: Client, google: SiteVerify) -> None:
        google.behaviour = "hang"
        since = time.monotonic()
        response = with_google(client, "good-1")
        assert 2.5 < time.monotonic() - since < 8
        assert is_stored(response, "to_be_checked")

    @pytest.mark.parametrize("behaviour", ["html", "empty", "list", "error"])
    def test_an_answer_that_is_none(self, client: Client, google: SiteVerify, behaviour: str) -> None:
        google.behaviour = behaviour
        assert is_stored(with_google(client, "good-1"), "to_be_checked")

    def test_connection_refused(self, client: Client, google: SiteVerify, settings: LazySettings) -> None:
        settings.RECAPTCHA_DOMAIN = "127.0.0.1:1"
        assert is_stored(with_google(client, "good-1"), "to_be_checked")

    def test_a_key_that_google_does_not_know(
        self, client: Client, google: SiteVerify, caplog: pytest.LogCaptureFixture
    ) -> None:
        google.secret = "een-andere"
        assert is_stored(with_google(client, "good-1"), "to_be_checked")
        assert "invalid-input-secret" in caplog.text

    def test_google_is_asked_last(self, client: Client, google: SiteVerify) -> None:
        """A form that is refused for something else uses nobody's proof up."""
        assert with_google(client, "good-1", message="").status_code == 200
        assert google.asked == []

    def test_only_a_page_that_uses_it_may_ask_google(self, client: Client, google: SiteVerify) -> None:
        policies = {
            path: client.get(path).headers["Content-Security-Policy"] for path in ("/", "/contact/", "/contact/bedankt/")
        }
        assert [path for path, policy in policies.items() if "google" in policy] == ["/contact/"]
        assert "unsafe" not in policies["/contact/"]
        ContactPage.objects.update(captcha="altcha")
        assert "google" not in client.get("/contact/").headers["Content-Security-Policy"]

    def test_beside_it_stand_the_other_ways(self, client: Client, google: SiteVerify) -> None:
        page = client.get("/contact/").content.decode()
        widget = page[page.index('id="controle"') : page.index("</fieldset>", page.index('id="controle"'))]
        for way in ("Versturen zonder deze controle", "mailto:privacy@koel-ict.example", "tel:0850000000"):
            assert way in widget
        assert "www.google.com" not in page


class TestTheGate:
    def test_refuses_recaptcha_without_google_in_the_statement(self, editor: Editor, keys: None) -> None:
        """F2, A15: with a link to where it is mended; and nothing goes live."""
        response = editor.publish(contact_page(), captcha="recaptcha")
        assert response.status_code == 200
        assert "noemt Google niet als ontvanger" in response.content.decode()
        assert contact_page().captcha == "altcha"
        name_google()
        assert editor.publish(contact_page(), captcha="recaptcha").status_code == 302
        assert contact_page().captcha == "recaptcha"

    def test_refuses_it_without_keys(self, editor: Editor) -> None:
        name_google()
        response = editor.publish(contact_page(), captcha="recaptcha")
        assert "heeft geen sleutels voor reCAPTCHA" in response.content.decode()

    @pytest.mark.parametrize(("has_keys", "is_named", "codes"), [(True, False, ["F2.recipient"]), (False, True, ["F2.keys"])])
    def test_a_form_that_has_it_all_the_same_uses_our_own_and_says_so(
        self, client: Client, settings: LazySettings, has_keys: bool, is_named: bool, codes: list[str]
    ) -> None:
        """Drift: the statement changed after the form did, or the keys went. No visitor is sent to Google meanwhile."""
        if has_keys:
            settings.RECAPTCHA_PUBLIC_KEY, settings.RECAPTCHA_PRIVATE_KEY = PUBLIC, PRIVATE
        if is_named:
            name_google()
        ContactPage.objects.update(captcha="recaptcha")
        page = client.get("/contact/")
        assert "js/proof.js" in page.content.decode()
        assert "google" not in page.headers["Content-Security-Policy"]
        version = StatementVersion.objects.in_force()
        assert version
        assert [deviation.code for deviation in uncovered_form(version)] == codes
        assert is_stored(send(client))
