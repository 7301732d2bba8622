"""H2: what a machine can check of WCAG 2.2 AA, on every public page and screen of ours, light and dark, narrow and zoomed."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product

import pytest
from config import roles
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from playwright.sync_api import Page
from wagtail.models import Page as WagtailPage

from privacy.statement.models import PrivacyStatementPage
from tests.admin_addresses import ADDRESSES, BY_PAGE, FORM, SPECIAL, TABLE, VIEWS, fill, setting, url_of
from tests.browser.looking import look
from tests.factories import publish, set_period
from tests.my_data import papers
from tests.public_pages import PATHS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo_site"),
]

#: What needs no site behind it: the same bytes whatever went wrong.
BARE = ["400.html", "403_csrf.html", "500.html", "503.html"]


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
    for path in ("/contact/", "/en/contact/", "/mijn-gegevens/", "/en/my-data/"):
        page.goto(path)
        page.locator("[name=email]").fill("geen adres")
        page.locator("main form [type=submit]").first.click()
        page.get_by_role("alert").wait_for()
        yield f"{path} with errors"
    for language in ("nl", "en"):
        for name, content in papers(language).items():
            yield show(page, f"archive-{language}-{name}", content)
    for path in ("/over-ons/", "/en/about/"):
        WagtailPage.objects.get(slug=path.split("/")[-2]).unpublish()
        page.goto(path)
        yield f"{path} gone"
    PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
    page.goto("/contact/")
    yield "/contact/ closed"
    for template, language in product(BARE, ("nl", "en")):
        with translation.override(language):
            body = render_to_string(template)
        yield show(page, f"{language}-{template}", body)


def show(page: Page, name: str, body: str | bytes) -> str:
    """Open HTML that no view answers with, or that comes with a policy under which axe cannot run; return its name."""
    page.route(f"**/{name}", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page.goto(f"/{name}")
    return name


#: Elements that stick out at the side.
STICKS_OUT = """() => [...document.querySelectorAll("body, body *:not(svg *)")]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".visually-hidden, svg"))
    .map(e => `${innerWidth}: ${e.outerHTML.slice(0, 120)}`)"""


@pytest.mark.usefixtures("jan")
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page: Page) -> None:
    """WCAG 1.4.10: down to 320 px nobody scrolls sideways, and nothing is cut off at the side."""
    found = {}
    for state in states(page):
        found[state] = look(page, state)
        for width in (320, 360):
            page.set_viewport_size({"width": width, "height": 640})
            found[state] += page.evaluate(STICKS_OUT)
    assert not {state: wrong for state, wrong in found.items() if wrong}


#: Addresses of ours that nobody looks at here, and why.
NOT_SCREENS = {
    **dict.fromkeys(["index_results", "history_results"], "a piece of a screen"),
    **dict.fromkeys(["run_json", "class_run_json", "person_json", "download", "agreement"], "a file"),
    **dict.fromkeys(["contact_attachment", "privacy_rights_download"], "a file"),
    "privacy_rights_correct": "in the walk of an officer (test_my_data_accessibility)",
    "privacy_rights_preview": "the letter of an archive in a frame where no script may run; `states` shows it without",
    **dict.fromkeys(["history", "usage"], "Wagtail's own screen, with nothing of ours in it"),
}
REGISTER_LISTS = {f"privacy-{model}" for model in roles._REGISTER}


def screens() -> Iterator[tuple[str, str]]:
    """Yield name and address of each screen of the admin that is ours."""
    yield "first page", reverse("wagtailadmin_home")
    seen = set()
    for name, _ in ADDRESSES:
        if why_not(name) or name == BY_PAGE:
            continue
        space, _, view = name.rpartition(":")
        # One for all seven, but their forms.
        kind = "register" if space in REGISTER_LISTS and view != "edit" else space
        if (kind, view) not in seen:
            seen.add((kind, view))
            yield name, url_of(name)
    yield "who we are", setting("controller")
    yield "rights", setting("rightstexts")
    page = PrivacyStatementPage.source()
    assert page is not None
    yield "publish", reverse(BY_PAGE, args=[page.pk])


def why_not(name: str) -> str:
    """Return why an address is no screen to look at; empty when it is one."""
    space, _, view = name.rpartition(":")
    if view in NOT_SCREENS:
        return NOT_SCREENS[view]
    if name != BY_PAGE and "GET" not in SPECIAL.get(name, VIEWS[view]):
        return "answers POST alone"
    allowed = TABLE[space or name][0].split() if name != BY_PAGE else ""
    return "nobody may open it" if view in FORM and FORM[view] not in allowed else ""


def test_axe_finds_nothing_on_our_screens(page: Page, staff: Callable[..., Page]) -> None:
    """In what is ours: the frame around it is Wagtail's. The resolver lists them, so that a new one is looked at too."""
    fill()
    page.goto("/admin/")
    wrong = {"login": look(page, "admin login")}
    page = staff()
    for name, url in screens():
        response = page.goto(url)
        assert response
        assert response.status == 200, name
        # A certificate is a page to print, without the frame.
        wrong[name] = look(page, f"admin {name}", context="#main" if page.locator("#main").count() else None)
    assert not {name: found for name, found in wrong.items() if found}


def test_no_address_of_ours_escapes() -> None:
    """Each is a screen that is looked at, or is said not to be one; one register stands for its sisters but for the forms."""
    looked_at = {name for name, _ in ADDRESSES if not why_not(name)}
    assert len(looked_at) > 50
    assert {name.rpartition(":")[2] for name, _ in ADDRESSES} >= NOT_SCREENS.keys(), "no reason is left behind"
