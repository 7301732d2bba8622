"""Publishing as an editor does it: the gate, the screen that asks what changes, the version, its history and its difference."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from playwright.sync_api import Page, expect

from privacy.register.models import Controller
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from tests.browser.looking import look
from tests.factories import set_period

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo_site"),
]


@pytest.fixture
def edit_url() -> str:
    return f"/admin/pages/{PrivacyStatementPage.objects.get(locale__language_code='nl').pk}/edit/"


@pytest.fixture
def screen_url() -> str:
    return f"/admin/privacy-statement/{PrivacyStatementPage.objects.get(locale__language_code='nl').pk}/publiceren/"


def test_from_the_gate_to_the_history(staff: Callable[..., Page], edit_url: str) -> None:
    """A1, A19, A20: refused, mended, asked, published for a later day, announced, compared."""
    set_period(12)
    Controller.objects.update(kvk_number="")
    page = staff()
    page.goto(edit_url)
    press_publish(page)
    expect(page.get_by_text("Vul het KvK-nummer in").first).to_be_visible()

    Controller.objects.update(kvk_number="57680701")
    press_publish(page)
    page.wait_for_url("**/publiceren/")
    expect(page.get_by_text("Dit is een wezenlijke wijziging")).to_be_visible()
    row = page.get_by_role("table", name="Veranderde feiten").get_by_role("row").filter(has_text="Alles over relaties")
    expect(row.get_by_role("deletion")).to_have_text("24 maanden (2 jaar)")
    expect(row.get_by_role("insertion")).to_have_text("12 maanden (1 jaar)")

    day = timezone.localdate() + timedelta(days=7)
    page.get_by_label("Geldt vanaf").fill(day.isoformat())
    page.get_by_label("Wat is er veranderd, en waarom?").fill("Wij bewaren korter.")
    page.get_by_role("button", name="Publiceren").click()
    said = date_format(day, "j F Y")
    expect(page.get_by_text(f"is gepubliceerd en geldt vanaf {said}")).to_be_visible()

    page.goto("/privacy/")
    expect(page.get_by_text("Versie 1, laatst herzien op")).to_be_visible()
    page.get_by_role("link", name="lees versie 2 nu").click()
    expect(page.get_by_text("12 maanden (1 jaar)").first).to_be_visible()
    page.get_by_role("link", name="Alle versies").click()
    expect(page.get_by_text(f"geldt vanaf {said}, wezenlijke wijziging")).to_be_visible()
    expect(page.get_by_text("Wij bewaren korter.")).to_be_visible()
    page.get_by_role("link", name="Wat er verandert in versie 2").click()
    row = page.get_by_role("table").first.get_by_role("row").filter(has_text="Alles over relaties")
    expect(row.get_by_role("deletion")).to_have_text("24 maanden (2 jaar)")


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_screen_asks_until_it_is_answered(staff: Callable[..., Page], screen_url: str, script: bool) -> None:
    """A20: the mark and the line are asked for, beside the fields; what was typed stays."""
    page = staff(java_script_enabled=script)
    page.goto(screen_url)
    page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    expect(page.get_by_role("group", name="Wat voor wijziging is dit?")).to_have_accessible_description(
        "Kies of deze wijziging redactioneel of wezenlijk is."
    )
    note = page.get_by_label("Wat is er veranderd, en waarom?")
    expect(note).to_have_accessible_description(re.compile("Vertel in één regel wat er veranderd is"))
    note.fill("Nagekeken.")
    page.get_by_role("button", name="Publiceren").click()
    expect(note).to_have_value("Nagekeken.")
    assert StatementVersion.objects.count() == 1

    page.get_by_label("Redactioneel").check()
    page.get_by_role("button", name="Publiceren").click()
    page.wait_for_url(re.compile(r"/admin/pages/\d+/$"))
    version = StatementVersion.objects.get(number=2)
    assert (version.change_note, version.is_material) == ("Nagekeken.", False)


def test_the_screen_works_by_keyboard_alone(staff: Callable[..., Page], screen_url: str) -> None:
    """H2: WCAG 2.1.1: choose with Space, type, send with Enter."""
    page = staff()
    page.goto(screen_url)
    page.get_by_label("Redactioneel").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Wat is er veranderd, en waarom?")).to_be_focused()
    page.keyboard.type("Nagekeken.")
    page.keyboard.press("Enter")
    page.get_by_text("Versie 2 van de privacyverklaring is gepubliceerd").wait_for()


@pytest.mark.parametrize("facts", [True, False], ids=["facts changed", "text alone"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(staff: Callable[..., Page], screen_url: str, facts: bool) -> None:
    """H2, WCAG 1.4.10: the screen, and the screen with errors; Wagtail's own frame around it is Wagtail's."""
    if facts:
        set_period(12)
    draft = PrivacyStatementPage.objects.get(locale__language_code="nl")
    draft.body[0].value["heading"] = "Kortweg"
    draft.save_revision()
    page = staff(viewport={"width": 360, "height": 640})
    page.goto(screen_url)
    wider = """() => [...document.querySelectorAll("#main .nice-padding *:not(svg *)")]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".w-sr-only, svg, .privacy-diff"))
        .map(e => e.outerHTML.slice(0, 120))"""
    found = []
    for state in ("as it comes", "with errors"):
        found += page.evaluate(wider)
        found += look(page, f"admin publish {state}, facts {facts}", context="#main .nice-padding")
        page.get_by_role("button", name="Publiceren").click()
        page.get_by_role("alert").wait_for()
    assert not found


def press_publish(page: Page) -> None:
    """Press Wagtail's own "Publiceren", behind the arrow beside "Bewaar concept"."""
    page.get_by_role("button", name="Meer acties").last.click()
    page.get_by_role("button", name="Publiceren").click()
