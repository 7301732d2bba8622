"""What goes when, and certificates of erasure, as an officer meets them: by keyboard, on a phone, in light and dark."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from privacy.retention.services import expire_due
from privacy.subjects import ledger
from tests.browser.looking import look
from tests.factories import DataSubjectFactory, relation

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo_site"),
]


@pytest.fixture
def people(settings: Any, tmp_path: Path) -> str:
    """Have people whose periods end over two years, some held, and one who was erased; return the name of their line."""
    settings.ERASURE_LEDGER_DIR = tmp_path / "ledger"
    now = timezone.now()
    relation(now - timedelta(days=900))
    expire_due()
    for number in range(60):
        held = number % 7 == 0
        DataSubjectFactory.create(last_contact_at=now - timedelta(days=(number * number * 13) % 760), held=held)
    (line,) = ledger.read()
    return line.id


def screens(page: Page, line: str) -> Iterator[str]:
    """Bring the page to each screen, and name it."""
    page.goto("/admin/privacy-plan/")
    yield "plan"
    of_class = page.locator("#regel-site-section svg.privacy-plan a").first.get_attribute("href")
    page.locator("svg.privacy-plan a").nth(3).click()
    page.wait_for_url(re.compile(r"/relations/\d{4}-\d\d/$"))
    yield "month"
    page.goto(of_class or "")
    yield "month of a class"
    page.goto("/admin/privacy-certificates/")
    yield "find"
    page.goto(f"/admin/privacy-certificates/{line}/")
    yield "certificate"


def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(staff: Callable[..., Page], people: str) -> None:
    """H2, WCAG 1.4.10: our own part of the screens; Wagtail's frame around it is Wagtail's, and a list of its may scroll."""
    page = staff(viewport={"width": 360, "height": 640})
    wider = """() => [...document.querySelectorAll("body *")]
        .filter(e => e.closest(".privacy-plan, .privacy-plan__table, .privacy-plan__days, main dl"))
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => e.outerHTML.slice(0, 120))"""
    found = {}
    for screen in screens(page, people):
        context = "body" if screen == "certificate" else "#main .nice-padding"
        found[screen] = [*page.evaluate(wider), *look(page, f"admin plan {screen}", context=context)]
    assert not {screen: wrong for screen, wrong in found.items() if wrong}


def test_from_the_chart_to_the_list_by_keyboard(staff: Callable[..., Page], people: str) -> None:
    """H2: WCAG 2.1.1 and 4.1.2: a bar is a link with a name that says everything, and the list says the same."""
    page = staff()
    page.goto("/admin/privacy-plan/")
    bar = page.locator("svg.privacy-plan a").nth(3)
    name = bar.get_attribute("aria-label")
    assert name
    found = re.fullmatch(r"(\w+ \d{4}): (\d+) weg, (\d+) vastgehouden", name)
    assert found
    month, goes, stays = found.groups()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=month))
    expect(row.get_by_role("cell")).to_have_text([goes, stays])
    bar.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/relations/\d{4}-\d\d/$"))
    expect(page.get_by_role("cell", name="gaat weg", exact=True)).to_have_count(int(goes))
    expect(page.get_by_role("cell", name="blijft:")).to_have_count(int(stays))


def test_a_certificate_is_found_by_its_reference(staff: Callable[..., Page], people: str) -> None:
    page = staff()
    page.goto("/admin/privacy-certificates/")
    page.get_by_label("Kenmerk of e-mailadres").fill(people)
    page.get_by_role("main").get_by_role("button", name="Zoeken").click()
    expect(page.get_by_role("heading", name="Bewijs van wissing")).to_be_visible()
    expect(page.get_by_text(people)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Als JSON").click()
    assert download.value.suggested_filename == f"wissing-{people}.json"
