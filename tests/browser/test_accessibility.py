"""H2: what a machine can check of WCAG 2.2 AA, on every public page, in light and dark, and on the narrowest phone."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from privacy.statement.models import PrivacyStatementPage
from tests.factories import publish, set_period

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo_site"),
]

PATHS = [
    "/",
    "/over-ons/",
    "/algemene-voorwaarden/",
    "/privacy/",
    "/privacy/versies/",
    "/privacy/versies/1/",
    "/privacy/versies/2/verschil/",
    "/contact/",
    "/contact/bedankt/",
    "/bestaat-niet/",
    "/werk/",
    "/werk/bestellijst-bakkerij/",
    "/en/",
    "/en/work/",
    "/en/work/this-website/",
    "/en/contact/",
    "/en/terms-and-conditions/",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def states(page: Page) -> Iterator[str]:
    """Bring the page into each state a visitor can meet, and name it."""
    set_period(12)
    publish("Tweede versie, met een wat langere regel over wat er veranderd is en waarom.")
    for path in PATHS:
        page.goto(path)
        yield path
    announced = PrivacyStatementPage.objects.get(locale__language_code="nl")
    announced.effective_on = timezone.localdate() + timedelta(days=7)
    announced.save_revision().publish()
    for path in ("/privacy/", "/privacy/versies/"):
        page.goto(path)
        yield f"{path} with a version to come"
    page.goto("/contact/")
    page.get_by_role("textbox", name="E-mailadres").fill("geen adres")
    page.get_by_role("button", name="Bericht versturen").click()
    page.get_by_role("alert").wait_for()
    yield "/contact/ with errors"
    PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
    page.goto("/contact/")
    yield "/contact/ closed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(new_page: Callable[..., Page], scheme: str) -> None:
    page = new_page(color_scheme=scheme)
    found = {}
    for state in states(page):
        results = Axe().run(page, options=RULES)
        assert results.response["passes"], "axe has looked"
        found[state] = [
            f"{violation['id']}: {node['html'][:200]}"
            for violation in results.response["violations"]
            for node in violation["nodes"]
        ]
    assert not {state: violations for state, violations in found.items() if violations}


@pytest.mark.parametrize("width", [320, 360])
def test_nothing_is_wider_than_the_screen(new_page: Callable[..., Page], width: int) -> None:
    """WCAG 1.4.10: down to 320 px nobody scrolls sideways, and nothing is cut off at the side."""
    page = new_page(viewport={"width": width, "height": 640})
    too_wide = {
        state: wider
        for state in states(page)
        if (
            wider := page.evaluate(
                """() => [...document.querySelectorAll("body, body *:not(svg *)")]
                .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".visually-hidden, svg"))
                .map(e => e.outerHTML.slice(0, 120))"""
            )
        )
    }
    assert not too_wide
