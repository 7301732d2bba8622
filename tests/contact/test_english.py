"""An English visitor reads English, agrees to English words, and is answered in English (12(1), A17; invariant 7)."""

import hashlib
import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.test.utils import WagtailTestUtils

from contact.models import ContactPage, Submission
from privacy.consent.mails import confirm_mail, receipt_mail
from privacy.consent.models import ConsentEvent, UnconfirmedConsent
from privacy.mail.models import Mail
from privacy.register.models import Purpose
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from tests.factories import publish, send
from tests.markup import controls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

ADDRESS = "/en/contact/"


@pytest.fixture
def form(demo_site: None) -> ContactPage:
    """The form in English."""
    page: ContactPage = ContactPage.objects.get(locale__language_code="en")
    return page


def write(client: Client, **answers: Any) -> Any:
    """Fill in the English form."""
    return send(client, path=ADDRESS, **answers)


def english_words() -> Any:
    version = StatementVersion.objects.in_force()
    assert version is not None
    words = version.in_language("en")
    assert words.language == "en"
    return words


@pytest.mark.usefixtures("form")
class TestForm:
    def test_says_why_it_asks_in_english_words_of_the_version_in_force(self, client: Client) -> None:
        text = html.unescape(client.get(ADDRESS).content.decode())
        words = english_words()
        assert words.look.purpose("enquiry")["consent_wording"] in text
        assert words.look.purpose("newsletter")["consent_wording"] in text
        assert "Answering your question. Without a message we do not know what you want to ask." in text
        for dutch in ("Uw vraag beantwoorden", "De naam van uw bedrijf", "Ja, Koel ICT mag"):
            assert dutch not in text

    def test_follows_the_english_statement_and_not_the_register(self, client: Client) -> None:
        """A8."""
        Purpose.objects.filter(key="enquiry").update(name_en="Writing back")
        assert "Writing back" not in client.get(ADDRESS).content.decode()
        publish()
        assert "Writing back" in client.get(ADDRESS).content.decode()
        assert "Writing back" not in client.get("/contact/").content.decode()

    def test_tells_of_purposes_on_another_basis_in_english(self, client: Client) -> None:
        Purpose.objects.filter(key="newsletter").update(legal_basis="f", interest="x", interest_en="x")
        publish()
        text = html.unescape(client.get(ADDRESS).content.decode())
        assert english_words().look.purpose("newsletter")["legal_basis_label"] in text

    def test_after_an_error_the_words_are_the_same(self, client: Client) -> None:
        response = write(client, consent_enquiry=None)
        assert response.status_code == 200
        assert english_words().look.purpose("enquiry")["consent_wording"] in html.unescape(response.content.decode())

    def test_given_back_after_an_expired_token_too(self, form: ContactPage) -> None:
        strict = Client(enforce_csrf_checks=True)
        response = strict.post(ADDRESS, {"submission_id": "x", "message": "Hello"})
        assert response.status_code == 200
        assert english_words().look.purpose("enquiry")["consent_wording"] in html.unescape(response.content.decode())

    def test_the_thank_you_page_is_english_and_leads_to_the_english_site(self, client: Client) -> None:
        response = write(client)
        assert response.status_code == 302
        assert response["Location"].startswith(ADDRESS)
        page = client.get(response["Location"])
        assert page.status_code == 200
        text = page.content.decode()
        assert '<html lang="en"' in text
        assert 'class="button button--secondary" href="/en/"' in text
        assert re.search(r'<time datetime="\d{4}-\d\d-\d\d"><strong>\d+ [A-Z][a-z]+ \d{4}</strong>', text)


@pytest.mark.usefixtures("form")
class TestProof:
    """Invariant 7: what is shown is what is stored."""

    def test_keeps_the_english_words_their_hash_and_their_language(self, client: Client) -> None:
        shown = html.unescape(client.get(ADDRESS).content.decode())
        write(client, consent_newsletter="on")
        event, waiting = ConsentEvent.objects.get(), UnconfirmedConsent.objects.get()
        for row in (event, waiting):
            assert row.language == "en"
            assert row.wording in shown
            assert row.wording == english_words().look.purpose(row.purpose)["consent_wording"]
        assert event.wording_sha256 == hashlib.sha256(event.wording.encode()).hexdigest()
        assert event.place == ADDRESS
        assert dict(Submission.objects.get().labels)["message"] == "Your message"

    def test_words_that_exist_in_dutch_alone_are_stored_as_dutch_and_marked_so(self, client: Client) -> None:
        """H2: WCAG 3.1.2; and a receipt in the language that was read."""
        translated = PrivacyStatementPage.objects.get(locale__language_code="en")
        translated.unpublish()
        publish()
        text = html.unescape(client.get(ADDRESS).content.decode())
        assert '<span lang="nl">Ja, Koel ICT mag' in text
        assert '<span lang="nl">Uw vraag beantwoorden' in text
        write(client)
        event = ConsentEvent.objects.get()
        assert (event.language, event.wording in text) == ("nl", True)

    def test_the_dutch_form_stays_dutch(self, client: Client) -> None:
        assert " lang=" not in client.get("/contact/").content.decode().partition("<form")[2]
        send(client)
        assert ConsentEvent.objects.get().language == "nl"


@pytest.mark.usefixtures("form")
class TestMail:
    """12(1): an answer in the language of the question."""

    def test_receipt_and_link_are_english(self, client: Client) -> None:
        write(client)
        message = receipt_mail(Mail.objects.get(kind="consent.receipt"))
        assert message is not None
        assert english_words().look.purpose("enquiry")["name"] in message.body
        (link,) = re.findall(r"http://localhost(/en/\S+)", message.body)[:1]
        own_page = client.get(link)
        assert own_page.status_code == 200
        assert "Answering your question" in own_page.content.decode()
        with translation.override("en"):
            assert message.subject == translation.gettext("Bevestiging van uw toestemming") != "Bevestiging van uw toestemming"

    def test_the_question_to_confirm_is_english(self, client: Client) -> None:
        write(client, consent_newsletter="on")
        message = confirm_mail(Mail.objects.get(kind="consent.confirm"))
        assert message is not None
        assert english_words().look.purpose("newsletter")["consent_wording"] in message.body
        assert "http://localhost/en/" in message.body
        assert "Klopt dat?" not in message.body


def test_the_english_statement_leads_to_the_english_check_of_receipts(client: Client) -> None:
    text = client.get("/en/privacy/").content.decode()
    (link,) = re.findall(r'<a href="([^"]+)">Check a receipt</a>', text)
    with translation.override("en"):
        assert link == reverse("privacy_consent:check")
    answer = client.get(link)
    assert answer.status_code == 200
    assert '<html lang="en"' in answer.content.decode()
    assert "/toestemming/" not in text.partition("<article")[2]


@pytest.mark.parametrize(
    ("path", "other"), [("/contact/bedankt/", "/en/contact/thank-you/"), ("/en/contact/thank-you/", "/contact/bedankt/")]
)
def test_thanks_lead_to_thanks_in_the_other_language(client: Client, path: str, other: str) -> None:
    """An empty form there would say that nothing was sent."""
    (link,) = WagtailTestUtils.get_soup(client.get(path).content).select(".languages a")
    assert link["href"] == other
    assert client.get(other).status_code == 200


@pytest.mark.usefixtures("form")
def test_english_costs_its_words_and_the_english_home_page(client: Client, django_assert_max_num_queries: Any) -> None:
    for address in ("/contact/", ADDRESS):
        client.get(address)
    with django_assert_max_num_queries(40) as dutch:
        client.get("/contact/")
    with django_assert_max_num_queries(len(dutch.captured_queries) + 2):
        assert controls(client.get(ADDRESS))["message"]
