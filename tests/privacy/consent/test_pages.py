"""The person's own page: all consents, one press to withdraw, no login, no cookie, and nobody else's (7(3), B7, I12)."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from privacy.consent.links import consents_url, find_link, revoke, token_for
from privacy.consent.models import ConsentEvent, ConsentLink, ErasureDue, Method, UnconfirmedConsent
from privacy.consent.services import may
from privacy.mail.models import Mail
from privacy.retention.classes import end_classes
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import registry
from privacy.subjects.services import erase
from tests.factories import ConsentEventFactory, DataSubjectFactory, SubmissionFactory, ask_for_newsletter, publish, set_period

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


@pytest.fixture
def anna() -> DataSubject:
    """Agreed to the enquiry and to be a reference; wrote one message."""
    person = DataSubjectFactory.create(email="anna@voorbeeld.example")
    for key in ("enquiry", "reference"):
        ConsentEventFactory.create(subject=person, purpose=key)
    SubmissionFactory.create(subject=person)
    return person


def address(person: DataSubject) -> str:
    """Return the path of the person's page."""
    return f"/toestemming/{token_for(person)}/"


def press(client: Client, person: DataSubject, action: str, purpose: str, **more: Any) -> Any:
    return client.post(address(person), {"action": action, "purpose": purpose, **more}, follow=True)


class TestLink:
    def test_is_256_bits_of_which_the_database_knows_a_hash(self, anna: DataSubject) -> None:
        token = token_for(anna)
        assert len(token) == 43
        link = ConsentLink.objects.get()
        assert link.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
        assert token not in json.dumps(list(ConsentLink.objects.values()), default=str)

    def test_is_the_same_in_every_mail_and_another_for_everybody(self, anna: DataSubject) -> None:
        assert token_for(anna) == token_for(anna)
        assert token_for(anna) != token_for(DataSubjectFactory.create())
        assert ConsentLink.objects.count() == 2

    def test_works_for_years(self, client: Client, anna: DataSubject) -> None:
        path = address(anna)
        ConsentLink.objects.update(created_at=datetime(2019, 1, 1, tzinfo=UTC))
        assert client.get(path).status_code == 200

    def test_outlives_a_change_of_the_key(self, client: Client, anna: DataSubject, settings: Any) -> None:
        path = address(anna)
        settings.ERASURE_KEY = "another-key-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF"
        assert client.get(path).status_code == 200
        assert address(anna) != path
        assert client.get(address(anna)).status_code == 200

    def test_revoked_says_so_and_the_next_mail_has_a_new_one(self, client: Client, anna: DataSubject) -> None:
        path = address(anna)
        link = find_link(token_for(anna))
        assert link is not None
        revoke(link, at=timezone.now())
        response = client.get(path)
        assert response.status_code == 410
        assert "werkt niet meer" in response.content.decode()
        assert client.post(path, {"action": "withdraw", "purpose": "enquiry"}).status_code == 410
        assert may(subject=anna, purpose="enquiry")
        assert client.get(address(anna)).status_code == 200

    @pytest.mark.parametrize(
        "change", [lambda t: t[:-1], lambda t: t + "A", lambda t: t.swapcase(), lambda t: "x", lambda t: "é€"]
    )
    def test_an_altered_token_is_nobodys(self, client: Client, anna: DataSubject, change: Any) -> None:
        path = f"/toestemming/{change(token_for(anna))}/"
        for response in (client.get(path), client.post(path, {"action": "withdraw", "purpose": "enquiry"})):
            assert response.status_code == 404
            assert "Wat u kunt doen" in response.content.decode()
            assert "privacy@koel-ict.example" in response.content.decode()
        assert may(subject=anna, purpose="enquiry")

    def test_goes_with_the_person(self, client: Client, anna: DataSubject) -> None:
        path = address(anna)
        erase([anna], reason="verzoek", at=timezone.now())
        assert client.get(path).status_code == 404
        assert not ConsentLink.objects.exists()


class TestPage:
    def test_shows_each_consent_since_when_and_under_which_statement(self, client: Client, anna: DataSubject) -> None:
        html = client.get(address(anna)).content.decode()
        assert "Uw vraag beantwoorden" in html
        assert "Ons werk laten zien" in html
        assert "/privacy/versies/1/" in html
        assert html.count("Toestemming intrekken<") == 2

    def test_is_private(self, client: Client, anna: DataSubject) -> None:
        """G2, I12, I15: no cookie, no cache, no referrer, no search engine; also for a link that is none."""
        for path in (address(anna), "/toestemming/onbekend/"):
            response = client.get(path)
            assert "no-store" in response["Cache-Control"]
            assert response["Referrer-Policy"] == "no-referrer"
            assert "noindex" in response["X-Robots-Tag"]
            assert not response.cookies
        assert not press(client, anna, "withdraw", "enquiry").cookies

    def test_a_scanner_that_opens_every_link_changes_nothing(self, client: Client, anna: DataSubject) -> None:
        """Invariant 4: GET and HEAD only show."""
        ask_for_newsletter(anna)
        path = address(anna)
        before = everything()
        for link in (
            path,
            f"{path}afmelden/enquiry/",
            f"{path}bevestigen/newsletter/",
            f"{path}?done=enquiry&action=withdraw",
        ):
            assert client.get(link).status_code == 200
            assert client.head(link).status_code == 200
        assert everything() == before

    def test_costs_the_same_with_many_acts(self, client: Client, anna: DataSubject, django_assert_max_num_queries: Any) -> None:
        for _ in range(20):
            ConsentEventFactory.create(subject=anna, purpose="reference")
        path = address(anna)
        client.get(path)
        with django_assert_max_num_queries(16):
            client.get(path)

    def test_somebody_elses_consents_are_not_there(self, client: Client, anna: DataSubject) -> None:
        bob = DataSubjectFactory.create()
        ConsentEventFactory.create(subject=bob, purpose="reference", wording="Alleen van Bob.")
        assert "Alleen van Bob" not in client.get(address(anna)).content.decode()
        press(client, anna, "withdraw", "reference")
        assert may(subject=bob, purpose="reference")


class TestWithdraw:
    def test_stops_at_once_and_says_what_goes_and_what_stays(self, client: Client, anna: DataSubject) -> None:
        """B8: recorded, and the person is told."""
        html = press(client, anna, "withdraw", "enquiry").content.decode()
        assert not may(subject=anna, purpose="enquiry")
        assert may(subject=anna, purpose="reference")
        event = ConsentEvent.objects.get(action="withdrawn")
        assert (event.method, event.place) == (Method.LINK, "/toestemming/…/")
        assert "Berichten die u via het contactformulier stuurde" in html
        assert "Laten zien dat wij ons aan de wet houden" in html
        assert ErasureDue.objects.count() == 1

    def test_twice_is_once(self, client: Client, anna: DataSubject) -> None:
        for _ in range(2):
            assert press(client, anna, "withdraw", "enquiry").status_code == 200
        assert ConsentEvent.objects.filter(action="withdrawn").count() == 1
        assert ErasureDue.objects.count() == 1

    def test_works_while_no_statement_is_in_force(self, client: Client, anna: DataSubject) -> None:
        page = PrivacyStatementPage.source()
        assert page is not None
        page.unpublish()
        assert client.get(address(anna)).status_code == 200
        press(client, anna, "withdraw", "reference")
        assert ConsentEvent.objects.filter(action="withdrawn", purpose="reference").exists()

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"action": "withdraw"},
            {"action": "x", "purpose": "enquiry"},
            {"action": "withdraw", "purpose": "\x00'<"},
            {"action": "withdraw", "purpose": "enquiry\r\nSet-Cookie: a=b"},
        ],
    )
    def test_nonsense_changes_nothing(self, client: Client, anna: DataSubject, data: dict[str, str]) -> None:
        path = address(anna)
        before = everything()
        assert client.post(path, data).status_code in {200, 302}
        assert everything() == before


class TestGiveAgain:
    def test_in_the_words_now_in_force(self, client: Client, anna: DataSubject) -> None:
        press(client, anna, "withdraw", "reference")
        press(client, anna, "give", "reference", version=1)
        assert may(subject=anna, purpose="reference")
        event = ConsentEvent.objects.filter(purpose="reference").order_by("-number")[0]
        version = StatementVersion.objects.get()
        purpose = version.look.purpose("reference")
        assert purpose is not None
        assert (event.wording, event.method) == (purpose["consent_wording"], Method.LINK)

    def test_not_when_the_statement_changed_while_the_page_was_open(self, client: Client, anna: DataSubject) -> None:
        """Invariant 7: nobody agrees to words that were not on the screen."""
        press(client, anna, "withdraw", "reference")
        set_period(36)
        publish()
        html = press(client, anna, "give", "reference", version=1).content.decode()
        assert "net vernieuwd" in html
        assert not may(subject=anna, purpose="reference")

    def test_what_needs_renewal_says_so_and_can_be_given_or_withdrawn(self, client: Client, anna: DataSubject) -> None:
        """A21."""
        set_period(36)
        publish()
        html = client.get(address(anna)).content.decode()
        assert html.count("Opnieuw toestemming geven<") == 2
        assert "/privacy/versies/2/verschil/?with=1" in html
        press(client, anna, "give", "reference", version=2)
        assert may(subject=anna, purpose="reference")

    @pytest.mark.parametrize("purpose", ["assignment", "bestaat-niet", "newsletter"])
    def test_only_what_is_asked(self, client: Client, anna: DataSubject, purpose: str) -> None:
        press(client, anna, "give", purpose, version=1)
        assert may(subject=anna, purpose=purpose) is (purpose == "newsletter")


class TestConfirm:
    """B11: who ticks a box for somebody else's address gets them one mail, and no mailing."""

    def test_a_ticked_box_counts_only_after_the_press_of_a_button(self, client: Client, anna: DataSubject) -> None:
        waiting = ask_for_newsletter(anna)
        assert not may(subject=anna, purpose="newsletter")
        assert Mail.objects.get(kind="consent.confirm").reference == waiting.pk
        path = f"{address(anna)}bevestigen/newsletter/"
        assert "Ja, mail mij." in client.get(path).content.decode()
        assert not may(subject=anna, purpose="newsletter")
        assert client.post(path, follow=True).status_code == 200
        assert may(subject=anna, purpose="newsletter")
        event = ConsentEvent.objects.get(purpose="newsletter")
        assert (event.at, event.wording, event.method) == (waiting.at, waiting.wording, Method.FORM)
        assert event.confirmed_at is not None
        assert not UnconfirmedConsent.objects.exists()
        assert Mail.objects.filter(kind="consent.receipt", reference=event.pk).exists()

    def test_twice_is_once(self, client: Client, anna: DataSubject) -> None:
        ask_for_newsletter(anna)
        for _ in range(2):
            client.post(f"{address(anna)}bevestigen/newsletter/")
        assert ConsentEvent.objects.filter(purpose="newsletter").count() == 1
        assert "niets meer te bevestigen" in client.get(f"{address(anna)}bevestigen/newsletter/").content.decode()

    def test_can_be_refused_on_the_page(self, client: Client, anna: DataSubject) -> None:
        ask_for_newsletter(anna)
        press(client, anna, "withdraw", "newsletter")
        assert not UnconfirmedConsent.objects.exists()
        assert not ConsentEvent.objects.filter(purpose="newsletter").exists()

    @pytest.mark.parametrize(("days", "remembered"), [(6.99, True), (7.01, False)])
    def test_unconfirmed_is_gone_after_seven_days(
        self, client: Client, anna: DataSubject, days: float, remembered: bool
    ) -> None:
        ask_for_newsletter(anna, at=timezone.now() - timedelta(days=days))
        end_classes()
        assert UnconfirmedConsent.objects.exists() is remembered

    def test_too_late_is_too_late_also_before_the_sweep(self, client: Client, anna: DataSubject) -> None:
        ask_for_newsletter(anna, at=timezone.now() - timedelta(days=8))
        client.post(f"{address(anna)}bevestigen/newsletter/")
        assert not may(subject=anna, purpose="newsletter")

    def test_ticked_again_it_is_asked_again(self, anna: DataSubject) -> None:
        first = ask_for_newsletter(anna)
        second = ask_for_newsletter(anna)
        assert first.pk != second.pk
        assert Mail.objects.filter(kind="consent.confirm").count() == 2
        assert UnconfirmedConsent.objects.count() == 1


class TestOneClick:
    """RFC 8058: one POST from a mail program's server, without cookie, referrer or redirect."""

    def test_withdraws_any_number_of_times(self, anna: DataSubject) -> None:
        strict = Client(enforce_csrf_checks=True)
        path = f"{address(anna)}afmelden/reference/"
        for _ in range(2):
            response = strict.post(path, {"List-Unsubscribe": "One-Click"})
            assert response.status_code == 200
        event = ConsentEvent.objects.get(action="withdrawn")
        assert (event.purpose, event.method) == ("reference", Method.UNSUBSCRIBE)
        assert may(subject=anna, purpose="enquiry")

    def test_withdraws_what_it_names_and_nothing_else(self, anna: DataSubject) -> None:
        Client().post(f"{address(anna)}afmelden/bestaat-niet/", {"List-Unsubscribe": "One-Click"})
        assert not ConsentEvent.objects.filter(action="withdrawn").exists()


def test_the_address_in_a_mail_is_whole(anna: DataSubject) -> None:
    assert consents_url(anna) == f"http://localhost/toestemming/{token_for(anna)}/"


def everything() -> dict[str, Any]:
    """Return all rows of the tables of consent."""
    models = (ConsentEvent, UnconfirmedConsent, ConsentLink, ErasureDue, Mail)
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


def test_every_table_is_in_the_registry() -> None:
    assert {"consent.events", "consent.unconfirmed", "consent.links", "consent.erasure_due"} <= set(registry.sources)


@pytest.mark.parametrize(
    ("language", "purpose", "said"), [("nl", "Uw vraag beantwoorden", "Nederlands"), ("en", "Answering your question", "Dutch")]
)
def test_what_is_handed_over_is_in_words(anna: DataSubject, language: str, purpose: str, said: str) -> None:
    """Art. 12(1): no key of ours, in the reader's language; but for a purpose that no statement knows."""
    ConsentEventFactory.create(subject=anna, purpose="vervallen")
    with translation.override(language):
        enquiry, _reference, gone = (
            list(record.values.values()) for record in registry.sources["consent.events"].collect(anna)
        )
    assert purpose in enquiry
    assert said in enquiry
    assert "vervallen" in gone


def test_events_of_a_purpose_that_is_gone_cost_the_same_however_many_there_are(anna: DataSubject) -> None:
    """It is looked up in the version of then, once."""

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert list(registry.sources["consent.events"].collect(anna))
        return len(seen)

    ConsentEventFactory(subject=anna, purpose="gone")
    few = cost()
    for _ in range(5):
        ConsentEventFactory(subject=anna, purpose="gone")
    assert cost() == few
