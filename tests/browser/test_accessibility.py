"""H2: what a machine can check of WCAG 2.2 AA, on every public page and screen of ours, light and dark, narrow and zoomed."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from privacy.statement.models import PrivacyStatementPage
from tests.browser.looking import look
from tests.config.test_roles import ADDRESSES, BY_PAGE, FORM, SPECIAL, TABLE, VIEWS, _setting, rows, url_of  # noqa: F401
from tests.factories import publish, set_period
from tests.public_pages import PATHS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo_site"),
]


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


def test_axe_finds_nothing(page: Page) -> None:
    found = {state: look(page, state) for state in states(page)}
    assert not {state: wrong for state, wrong in found.items() if wrong}


def screens() -> Iterator[tuple[str, str]]:
    """Yield name and address of each screen of the admin that is ours: one of every kind of view."""
    yield "first page", reverse("wagtailadmin_home")
    seen = set()
    for name, _ in ADDRESSES:
        space, _, view = name.rpartition(":")
        if view in NOT_SCREENS or "GET" not in SPECIAL.get(name, VIEWS.get(view, {})):
            continue
        if space in {f"privacy-{model}" for model in REGISTER_LISTS}:  # one for all seven, but for the longest form
            space = "processor" if space == "privacy-processor" and view == "edit" else "register"
        allowed = TABLE[name.rpartition(":")[0] or name][0].split()
        if (space, view) not in seen and (
            view not in {"add", "edit", "delete", "usage", "history"} or FORM.get(view) in allowed
        ):
            seen.add((space, view))
            yield name, url_of(name)
    yield "who we are", _setting("controller")
    page = PrivacyStatementPage.source()
    assert page is not None
    yield "publish", reverse(BY_PAGE, args=[page.pk])


#: Answers that are files or pieces of a screen, and Wagtail's own screens behind ours.
NOT_SCREENS = {"index_results", "history_results", "history", "usage", "run_json", "person_json", "download", "agreement"} | {
    "contact_attachment",
    "privacy_rights_download",
}
REGISTER_LISTS = ("purpose", "datacategory", "retentionrule", "processor", "system", "securitymeasure", "cookie")


@pytest.mark.usefixtures("rows")
def test_axe_finds_nothing_on_our_screens(page: Page, admin_user: Any) -> None:
    """In what is ours: the frame around it is Wagtail's."""
    page.goto("/admin/")
    wrong = {"login": look(page, "admin login")}
    page.locator("input[name=username]").fill(admin_user.username)
    page.locator("input[name=password]").fill("password")
    page.get_by_role("button", name="Inloggen").click()
    page.locator("#wagtail-sidebar .sidebar-menu-item, #wagtail-sidebar nav").first.wait_for(state="attached")
    for name, url in screens():
        response = page.goto(url)
        assert response
        assert response.status == 200, name
        # A certificate is a page to print, without the frame.
        wrong[name] = look(page, f"admin {name}", context="#main" if page.locator("#main").count() else None)
    assert not {name: found for name, found in wrong.items() if found}


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
