"""The statement as it is really shown: short version on one screen, links that arrive, a clean A4 (law.md A23)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo_site"),
]


def test_the_short_version_fits_one_screen_of_a_phone(new_page: Callable[..., Page]) -> None:
    page = new_page(viewport={"width": 360, "height": 640})
    page.goto("/privacy/")
    box = page.get_by_role("region", name="In het kort").bounding_box()
    assert box is not None
    assert box["height"] <= 640


def test_a_link_in_the_contents_arrives(new_page: Callable[..., Page]) -> None:
    page = new_page(viewport={"width": 1280, "height": 800})
    page.goto("/privacy/")
    page.get_by_role("navigation", name="Inhoud").get_by_role("link", name="Uw rechten").click()
    assert page.url.endswith("/privacy/#par-uw-rechten")
    expect(page.get_by_role("heading", name="Uw rechten")).to_be_in_viewport()


def test_paper_shows_the_text_its_tables_and_nothing_to_click(new_page: Callable[..., Page]) -> None:
    """A4 without margins is 642 px wide: narrower than a screen on which a table becomes blocks."""
    page = new_page(viewport={"width": 642, "height": 900}, color_scheme="dark")
    page.goto("/privacy/")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_role("columnheader", name="Grondslag")).to_be_visible()
    for table in page.get_by_role("table").all():
        assert table.evaluate("e => getComputedStyle(e).display") == "table"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    wider = "[...document.querySelectorAll('article *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
    assert page.evaluate(wider) == 0
