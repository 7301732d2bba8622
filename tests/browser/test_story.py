"""The story of the site in a real browser: a visitor reads and writes, an editor publishes, and every version stays."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.formats import date_format
from playwright.sync_api import Page, expect

from contact.models import Submission
from privacy.register.periods import expires_at
from privacy.statement.models import PrivacyStatementPage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # The broker: what these visitors send is queued, and forgotten after the test.
    pytest.mark.usefixtures("demo_site", "broker"),
]


def in_words(day: date) -> str:
    return date_format(day, "j F Y")


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def visitor(request: pytest.FixtureRequest, new_page: Callable[..., Page]) -> Page:
    return new_page(java_script_enabled=request.param == "with JavaScript")


def test_a_visitor_reads_the_statement_and_sends_a_message(visitor: Page) -> None:
    visitor.goto("/")
    visitor.get_by_role("contentinfo").get_by_role("link", name="Privacy").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Privacyverklaring")
    expect(visitor.get_by_text(f"Versie 1, laatst herzien op {in_words(timezone.localdate())}")).to_be_visible()

    visitor.get_by_role("contentinfo").get_by_role("link", name="Contact").click()
    visitor.get_by_role("textbox", name="Naam").fill("Jan")
    visitor.get_by_role("textbox", name="E-mailadres").fill("jan@voorbeeld.example")
    visitor.get_by_role("textbox", name="Uw bericht").fill("Regel een\n<b>regel</b> twee")
    visitor.get_by_label("Ja, Koel ICT mag mij af").check()
    visitor.get_by_role("button", name="Bericht versturen").click()

    consent = visitor.get_by_label("Ja, Koel ICT mag mijn naam")
    expect(consent).to_have_accessible_description(
        "Fout: Zonder dit vinkje kunnen wij uw bericht niet aannemen. Liever niet? Mail of bel ons dan."
    )
    expect(visitor.get_by_role("alert")).to_be_focused()
    expect(visitor.get_by_role("textbox", name="Naam")).to_have_value("Jan")
    expect(visitor.get_by_role("textbox", name="E-mailadres")).to_have_value("jan@voorbeeld.example")
    expect(visitor.get_by_role("textbox", name="Uw bericht")).to_have_value("Regel een\n<b>regel</b> twee")
    expect(visitor.get_by_label("Ja, Koel ICT mag mij af")).to_be_checked()
    expect(consent).not_to_be_checked()
    assert not Submission.objects.exists()

    consent.check()
    visitor.get_by_role("button", name="Bericht versturen").click()
    visitor.wait_for_url("**/contact/bedankt/**")
    keep_until = timezone.localtime(expires_at(Submission.objects.get().submit_time, 24))
    expect(visitor.get_by_text(f"Wij bewaren uw bericht tot {in_words(keep_until)}.")).to_be_visible()


def test_going_back_after_sending_and_sending_again_stores_nothing_twice(visitor: Page) -> None:
    visitor.goto("/contact/")
    visitor.get_by_role("textbox", name="E-mailadres").fill("jan@voorbeeld.example")
    visitor.get_by_role("textbox", name="Uw bericht").fill("Hoi")
    visitor.get_by_label("Ja, Koel ICT mag mijn naam").check()
    visitor.get_by_role("button", name="Bericht versturen").dblclick()
    visitor.wait_for_url("**/contact/bedankt/**")
    visitor.reload()
    assert Submission.objects.count() == 1


def test_the_form_can_be_sent_by_keyboard_alone(page: Page) -> None:
    """H2: WCAG 2.1.1 and 2.4.3: Tab follows the page, Space ticks, Enter sends."""
    page.goto("/contact/")
    page.get_by_role("textbox", name="Naam").focus()
    for typed in ("Jan", "jan@voorbeeld.example", "", ""):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.type("Hoe duur is een website?")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Ja, Koel ICT mag mijn naam")).to_be_focused()
    page.keyboard.press("Tab")  # not ticked
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the link in the summary leads to the box
    expect(page.get_by_label("Ja, Koel ICT mag mijn naam")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contact/bedankt/**")
    assert Submission.objects.get().form_data["name"] == "Jan"


def test_the_skip_link_leads_past_the_menu(page: Page) -> None:
    """H2: WCAG 2.4.1."""
    page.goto("/contact/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Direct naar de inhoud")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Naam")).to_be_focused()


class TestTheEditor:
    @pytest.fixture
    def editing(self, page: Page, admin_user: User) -> Page:
        """The statement in Wagtail's editor, after logging in by hand."""
        page.goto(f"/admin/pages/{PrivacyStatementPage.objects.get(locale__language_code='nl').pk}/edit/")
        page.locator("input[name=username]").fill(admin_user.username)
        page.locator("input[name=password]").fill("password")
        page.locator("button[type=submit]").click()
        page.get_by_role("button", name="Meer acties").last.wait_for()
        return page

    def test_publishes_version_2_and_version_1_stays_byte_for_byte(
        self, editing: Page, new_page: Callable[..., Page], client: Any
    ) -> None:
        before = client.get("/privacy/versies/1/").content

        block = editing.locator("[data-contentpath=body] [data-contentpath=text]").first
        block.locator("[contenteditable=true]").click()
        editing.keyboard.press("Control+End")
        editing.keyboard.type(" Dit is nieuw.")
        expect(block.locator("input[name$=text]")).to_have_value(re.compile("Dit is nieuw"))
        press_publish(editing)
        expect(editing.get_by_text("Aan de feiten verandert niets.")).to_be_visible()
        expect(editing.get_by_role("insertion").first).to_have_text(re.compile("Dit is nieuw"))
        editing.get_by_label("Redactioneel").check()
        expect(editing.get_by_label("Geldt vanaf")).to_be_hidden()
        editing.get_by_role("textbox", name="Wat is er veranderd, en waarom?").fill("De inleiding is langer.")
        editing.get_by_role("button", name="Publiceren").click()
        editing.get_by_text("Versie 2 van de privacyverklaring is gepubliceerd").wait_for()

        reader = new_page()
        reader.goto("/privacy/")
        expect(reader.get_by_text(f"Versie 2, laatst herzien op {in_words(timezone.localdate())}")).to_be_visible()
        expect(reader.get_by_text("Dit is nieuw.")).to_be_visible()
        reader.get_by_role("link", name="Alle versies").click()
        expect(reader.get_by_text("De inleiding is langer.")).to_be_visible()
        reader.get_by_role("link", name="Versie 1", exact=True).click()
        expect(reader.get_by_text("Dit is nieuw.")).to_have_count(0)
        assert client.get("/privacy/versies/1/").content == before


def press_publish(editing: Page) -> None:
    """Press Wagtail's own "Publiceren", behind the arrow beside "Bewaar concept"."""
    editing.get_by_role("button", name="Meer acties").last.click()
    editing.get_by_role("button", name="Publiceren").click()
    editing.wait_for_url("**/publiceren/")
