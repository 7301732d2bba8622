"""The check against spam in a real browser: unseen on a phone, without JavaScript, by keyboard; no third party (F1, F3, G2)."""

import re
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, Request, expect

from contact.models import ContactPage, Submission
from privacy.register.models import Processor
from tests.browser.looking import look
from tests.factories import publish

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo_site", "broker"),
]

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def google(settings: LazySettings, demo_site: None) -> None:
    settings.RECAPTCHA_PUBLIC_KEY, settings.RECAPTCHA_PRIVATE_KEY = "site-sleutel", "geheim"
    Processor.objects.create(
        key="google", name="Google", service="reCAPTCHA", country="Ierland", agreement="DPA", agreement_date="2026-04-02"
    )
    publish()
    ContactPage.objects.update(captcha="recaptcha")


def fill_in(page: Page) -> None:
    page.get_by_role("textbox", name="E-mailadres").fill("jan@voorbeeld.example")
    page.get_by_role("textbox", name="Uw bericht").fill("Hallo")
    page.get_by_label("Ja, Koel ICT mag mijn naam").check()


def stored() -> tuple[str, list[str]]:
    message = Submission.objects.get()
    return message.state, message.suspicions


def has_room(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_browser_solves_the_sum_while_its_owner_types(new_page: Callable[..., Page], settings: LazySettings) -> None:
    """F3: from our own origin, begun at the first touch of the form, with the sum at full size."""
    settings.ALTCHA_TRIES = (100, 300)
    page, asked = new_page(viewport=PHONE), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/contact/")
    assert not [url for url in asked if "altcha.js" in url], "not before somebody touches the form"
    page.get_by_role("textbox", name="E-mailadres").focus()
    expect(page.get_by_role("status")).to_have_text("Controle tegen spam: klaar.")
    fill_in(page)
    page.get_by_role("button", name="Bericht versturen").click()
    page.wait_for_url("**/contact/bedankt/**")
    assert stored() == ("new", [])
    assert len([url for url in asked if "altcha.js" in url]) == 1


def test_a_form_that_is_sent_at_once_waits_for_the_sum(new_page: Callable[..., Page], settings: LazySettings) -> None:
    settings.ALTCHA_TRIES = (200, 300)
    page = new_page(viewport=PHONE)
    page.goto("/contact/")
    page.evaluate(
        """() => {
            const form = document.querySelector("main form");
            form.elements.email.value = "jan@voorbeeld.example";
            form.elements.message.value = "Hallo";
            form.elements.consent_enquiry.checked = true;
            form.requestSubmit();
        }"""
    )
    page.wait_for_url("**/contact/bedankt/**")
    assert stored() == ("new", [])


def test_the_button_stays_under_the_finger_that_touches_the_form_first_there(page: Page) -> None:
    page.goto("/contact/")
    button = page.get_by_role("button", name="Bericht versturen")
    place = "button => button.getBoundingClientRect().top + scrollY"
    before = button.evaluate(place)
    button.focus()
    expect(page.get_by_role("status")).to_have_text("Controle tegen spam: klaar.")
    assert button.evaluate(place) == before


def test_a_browser_without_cryptography_sends_the_message_all_the_same(new_page: Callable[..., Page]) -> None:
    """As on a page without TLS."""
    page = new_page(viewport=PHONE)
    page.add_init_script("delete Crypto.prototype.subtle; Object.defineProperty(crypto, 'subtle', { value: undefined })")
    page.goto("/contact/")
    fill_in(page)
    expect(page.get_by_role("status")).to_contain_text("gewoon versturen")
    page.get_by_role("button", name="Bericht versturen").click()
    page.wait_for_url("**/contact/bedankt/**")
    assert stored() == ("spam", ["no_proof"])


def test_without_javascript_the_message_arrives_under_possible_spam(new_page: Callable[..., Page]) -> None:
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/contact/")
    expect(page.get_by_text("Zonder JavaScript kan dat niet.")).to_be_visible()
    fill_in(page)
    page.get_by_role("button", name="Bericht versturen").click()
    page.wait_for_url("**/contact/bedankt/**")
    expect(page.get_by_text("Lijkt uw bericht op spam")).to_be_visible()
    assert stored() == ("spam", ["no_proof"])


def test_by_keyboard_nobody_comes_past_the_trap(page: Page) -> None:
    page.goto("/contact/")
    trap = page.locator("[name=form_website]")
    assert not has_box_on_screen(trap.bounding_box())
    page.get_by_role("textbox", name="Naam").focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.name") != "form_website"
    page.get_by_role("textbox", name="E-mailadres").focus()
    page.keyboard.type("jan@voorbeeld.example")
    page.get_by_role("textbox", name="Uw bericht").focus()
    page.keyboard.type("Hallo")
    page.get_by_label("Ja, Koel ICT mag mijn naam").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contact/bedankt/**")
    assert stored() == ("new", [])


def has_box_on_screen(box: dict[str, float] | None) -> bool:
    return bool(box) and box["x"] + box["width"] > 0


@pytest.mark.parametrize("captcha", ["altcha", "recaptcha"])
def test_a_fresh_visitor_gets_one_cookie_and_meets_no_other_host(
    captcha: str, new_page: Callable[..., Page], google: None
) -> None:
    """G2, F1: csrftoken and nothing else, also while the form is filled in and sent. `offences` sees any other host."""
    ContactPage.objects.update(captcha=captcha)
    page = new_page(viewport=PHONE)
    page.goto("/contact/")
    fill_in(page)
    assert [cookie["name"] for cookie in page.context.cookies()] == ["csrftoken"]
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert has_room(page)
    page.get_by_role("button", name="Bericht versturen").click()
    page.wait_for_url("**/contact/bedankt/**")
    assert [cookie["name"] for cookie in page.context.cookies()] == ["csrftoken"]


@pytest.mark.parametrize("captcha", ["altcha", "recaptcha"])
def test_axe_finds_nothing(captcha: str, page: Page, google: None) -> None:
    """H2."""
    ContactPage.objects.update(captcha=captcha)
    page.goto("/contact/")
    page.get_by_role("textbox", name="E-mailadres").focus()
    assert not look(page, f"contact with {captcha}")


class TestRecaptcha:
    @pytest.fixture
    def at_google(self, new_page: Callable[..., Page], offences: list[str], google: None) -> tuple[Page, list[str]]:
        """A page whose requests to Google come here; the list of them."""
        page, asked = new_page(viewport=PHONE), []

        def answer(route, request: Request) -> None:
            asked.append(request.url)
            offences[:] = [offence for offence in offences if "google" not in offence]
            box = """
                const field = document.createElement("textarea");
                field.name = "g-recaptcha-response";
                field.hidden = true;
                field.value = "good";
                document.querySelector(".g-recaptcha").append(field);"""
            route.fulfill(content_type="text/javascript", body=box)

        page.route(re.compile("^https://www.google.com/"), answer)
        page.goto("/contact/")
        return page, asked

    def test_google_hears_of_a_visitor_who_presses_the_button_and_of_no_other(
        self, at_google: tuple[Page, list[str]], offences: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """F1: by keyboard; the policy of the page lets Google's script in, and our server gets its proof."""
        proofs: list[str] = []
        monkeypatch.setattr(
            "contact.captcha.GoogleField._ask",
            lambda field, proof: proofs.append(proof) or {"success": True},
        )
        page, asked = at_google
        fill_in(page)
        assert asked == []
        page.get_by_role("button", name="Controle van Google laden").focus()
        page.keyboard.press("Enter")
        page.locator("textarea[name=g-recaptcha-response]").wait_for(state="attached")
        assert asked == ["https://www.google.com/recaptcha/api.js?hl=nl"]
        page.get_by_role("button", name="Bericht versturen").click()
        page.wait_for_url("**/contact/bedankt/**")
        assert proofs == ["good"]
        assert stored() == ("new", [])
        offences[:] = [offence for offence in offences if "google" not in offence]

    def test_whoever_declines_sends_without(self, at_google: tuple[Page, list[str]]) -> None:
        """F5."""
        page, asked = at_google
        fill_in(page)
        page.get_by_role("button", name="Versturen zonder deze controle").click()
        page.wait_for_url("**/contact/bedankt/**")
        assert stored() == ("spam", ["no_proof"])
        assert asked == []

    def test_without_javascript_there_is_no_button_that_does_nothing(self, new_page: Callable[..., Page], google: None) -> None:
        page = new_page(viewport=PHONE, java_script_enabled=False)
        page.goto("/contact/")
        expect(page.get_by_role("button", name="Controle van Google laden")).to_have_count(0)
        fill_in(page)
        page.get_by_role("button", name="Versturen zonder deze controle").click()
        page.wait_for_url("**/contact/bedankt/**")
        assert stored() == ("spam", ["no_proof"])

    def test_a_script_that_does_not_come_says_so(
        self, new_page: Callable[..., Page], offences: list[str], google: None
    ) -> None:
        page = new_page(viewport=PHONE)
        page.route(re.compile("^https://www.google.com/"), lambda route: route.abort())
        page.goto("/contact/")
        page.get_by_role("button", name="Controle van Google laden").click()
        expect(page.get_by_role("status")).to_contain_text("Google is niet te bereiken")
        expect(page.get_by_role("button", name="Controle van Google laden")).to_be_enabled()
        offences.clear()
