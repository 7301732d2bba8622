"""A fresh visitor reads every public page: no cookie, no storage, nobody else asked, and little to load (law.md G1-G3)."""

import gzip
import re
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from lxml import html
from playwright.sync_api import Page, Response
from pytest_django import Settings
from wagtail.models import Locale

from home.models import HomePage
from tests.public_pages import links

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

#: Pages with a form, which set the cookie that protects it: below these paths.
FORMS = ("/contact/", "/mijn-gegevens/", "/en/contact/", "/en/my-data/")

STORED = "[localStorage.length, sessionStorage.length, document.cookie]"


@pytest.fixture
def english_home(demo_site: None) -> None:
    """The English site is open."""
    HomePage.objects.get(locale=Locale.objects.get(language_code="en")).save_revision().publish()


def is_form(path: str) -> bool:
    return path.startswith(FORMS)


@pytest.mark.browser
@pytest.mark.usefixtures("english_home")
def test_who_reads_everything_gets_nothing_to_keep(new_page: Callable[..., Page]) -> None:
    """G1, G2: crawled from both home pages. The fixture fails on a request to any other host, G2's third part."""
    page = new_page()
    waiting, seen = ["/", "/en/"], {"/", "/en/"}
    while waiting:
        path = waiting.pop()
        if is_form(path):
            continue
        response: Response | None = page.goto(path)
        assert response
        assert response.status == 200, path
        assert not page.context.cookies(), path
        if not response.headers["content-type"].startswith("text/html"):
            continue
        assert page.evaluate(STORED) == [0, 0, ""], path
        new = links(page.content(), path) - seen
        seen |= new
        waiting.extend(new)
    assert {"/over-ons/", "/algemene-voorwaarden/", "/privacy/", "/privacy/versies/1/", "/en/privacy/", "/contact/"} <= seen
    assert len([path for path in seen if not is_form(path)]) >= 10


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/contact/", "/mijn-gegevens/"])
def test_a_form_sets_its_own_cookie_for_as_long_as_the_browser_is_open(new_page: Callable[..., Page], path: str) -> None:
    """G2, G3."""
    page = new_page()
    page.goto(path)
    (cookie,) = page.context.cookies()
    assert cookie["name"] == "csrftoken"
    assert cookie["expires"] == -1
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert page.evaluate(STORED) == [0, 0, ""]


@pytest.mark.browser
def test_the_statement_is_text_first_and_asks_for_four_things_at_most(new_page: Callable[..., Page]) -> None:
    """The largest thing painted is text: the page says what it has to say without waiting for a picture."""
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/privacy/")
    page.wait_for_load_state("networkidle")
    assert len(asked) <= 4, asked
    largest = page.evaluate(
        """new Promise(done => new PerformanceObserver(list => {
            const last = list.getEntries().at(-1);
            done([last.element.tagName, last.url]);
        }).observe({type: "largest-contentful-paint", buffered: true}))"""
    )
    assert largest[0] in {"P", "H1", "H2", "LI"}
    assert largest[1] == ""


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/privacy/", "/en/privacy/"])
@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_the_weight_of_the_statement(client: Client, settings: Settings, path: str, encoding: str) -> None:
    """At most 25 kB over the wire for everything in at most 4 requests; pages are compressed with gzip, files as asked."""
    settings.PAGE_CACHE = True
    response: Any = client.get(path, headers={"accept-encoding": f"gzip, {encoding}"})
    assert response["Content-Encoding"] == "gzip"
    head = html.fromstring(gzip.decompress(response.content)).head
    # Of several icons a browser takes one; count the largest.
    files = head.xpath("link[@rel='stylesheet']/@href")
    icons = head.xpath("link[contains(@rel, 'icon')]/@href")
    pack = {"br": brotli.compress, "gzip": gzip.compress}[encoding]

    def weight(url: str) -> int:
        file = finders.find(re.sub("^/static/", "", url))
        assert isinstance(file, str), url
        with open(file, "rb") as opened:  # noqa: PTH123
            return len(pack(opened.read()))

    sizes = [len(response.content) + len(str(response.headers)), *map(weight, files), max(map(weight, icons))]
    assert len(sizes) <= 4
    assert sum(sizes) <= 25_000, sizes
