"""Every public page: answers, sets no cookie (G2), links to "Privacy" (A16), and needs nothing inline (CSP)."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import Page, PageViewRestriction

from home.blocks import LinkBlock
from home.models import ContentPage, HomePage
from home.navigation import main_menu
from privacy.register.models import Controller

pytestmark = pytest.mark.django_db

DUTCH = ["/", "/werk/", "/werk/deze-website/", "/over-ons/", "/algemene-voorwaarden/", "/privacy/", "/privacy/versies/"]
ENGLISH = ["/en/", "/en/our-work/", "/en/our-work/this-website/", "/en/about/", "/en/terms-and-conditions/", "/en/privacy/"]
READERS_PAGES = [*DUTCH, *ENGLISH, "/en/privacy/versions/"]
ALL_PAGES = [*READERS_PAGES, "/contact/", "/en/contact/"]
EVERY_ADDRESS = dict.fromkeys(ALL_PAGES, 200) | {"/bestaat-niet/": 404, "/en/not-there/": 404}


class Links(HTMLParser):
    """Collects `(address, words, aria-current)` of every link in a document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str | None]] = []
        self._open: dict[str, str | None] | None = None
        self._words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open, self._words = dict(attrs), ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open is not None:
            self.found.append((self._open.get("href") or "", " ".join(self._words.split()), self._open.get("aria-current")))
            self._open = None


def links(html: str, *, inside: str = "html") -> list[tuple[str, str, str | None]]:
    """Return the links inside the first element with that tag name."""
    part = re.search(rf"<{inside}\b.*?</{inside}>", html, re.DOTALL)
    assert part, f"no <{inside}> on the page"
    return Links(part[0]).found


def document(client: Client, path: str, *, status: int = 200) -> str:
    """Return the HTML at `path`."""
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


@pytest.mark.usefixtures("demo_site")
def test_reader_gets_the_page_and_no_cookie(client: Client) -> None:
    """G2: reading sets nothing."""
    for path in READERS_PAGES:
        response = client.get(path)
        assert response.status_code == 200, path
        assert not response.cookies, path
        assert "Cookie" not in response.get("Vary", ""), path


@pytest.mark.usefixtures("demo_site")
def test_footer_links_on_every_page(client: Client) -> None:
    """A16: a link named "Privacy" on every page, the page for mistyped addresses included."""
    for path, status in EVERY_ADDRESS.items():
        found = {(url, words) for url, words, _ in links(document(client, path, status=status), inside="footer")}
        expected = {
            "nl": {
                ("/privacy/", "Privacy"),
                ("/mijn-gegevens/", "Mijn gegevens"),
                ("/algemene-voorwaarden/", "Algemene voorwaarden"),
                ("/contact/", "Contact"),
            },
            "en": {
                ("/en/privacy/", "Privacy"),
                ("/en/my-data/", "My data"),
                ("/en/terms-and-conditions/", "Terms and conditions"),
                ("/en/contact/", "Contact"),
            },
        }
        assert found >= expected["en" if path.startswith("/en/") else "nl"], path


@pytest.mark.usefixtures("demo_site")
def test_footer_says_who_we_are_as_the_statement_in_force_does(client: Client) -> None:
    """A1, E2: name and trade-register number come from the published version; an edit in the register waits for the next."""

    def footer(path: str) -> str:
        part = re.search(r"<footer\b.*?</footer>", client.get(path).content.decode(), re.DOTALL)
        assert part, path
        return " ".join(part[0].split())

    Controller.objects.update(kvk_number="12345678")
    for path in EVERY_ADDRESS:
        assert "57680701" in footer(path), path
        assert ("Eenmanszaak, KvK-nummer&nbsp;57680701" in footer(path)) is not path.startswith("/en/"), path
    Page.objects.get(slug="privacy", locale__language_code="nl").unpublish()
    assert "KvK" not in footer("/")


@pytest.mark.usefixtures("demo_site")
def test_nothing_inline_and_nothing_from_elsewhere(client: Client) -> None:
    """The strict Content-Security-Policy and G2 hold by construction: no inline code, no address of another host."""
    for path, status in EVERY_ADDRESS.items():
        html = document(client, path, status=status)
        assert not re.search(r"<style|<script(?![^>]*(?: src=|\"application/ld\+json\"))|\sstyle=|\son[a-z]+=", html), path
        assert not re.search(
            r"<(?:link(?! rel=.(?:canonical|alternate))|img|script|iframe|source)[^>]+(?:href|src)=[\"']?(?:https?:)?//", html
        ), path


@pytest.mark.usefixtures("demo_site")
def test_the_bones_of_accessibility(client: Client) -> None:
    """WCAG 2.4.1, 2.4.2, 3.1.1 and 1.3.1: skip link with a target, title, language, one h1."""
    for path, status in EVERY_ADDRESS.items():
        html = document(client, path, status=status)
        assert f'<html lang="{"en" if path.startswith("/en/") else "nl"}">' in html, path
        assert 'href="#inhoud"' in html, path
        assert '<main id="inhoud"' in html, path
        title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
        assert title, path
        assert re.fullmatch(r"\S.* \| Koel ICT", " ".join(title[1].split())), path
        assert len(re.findall(r"<h1[\s>]", html)) == 1, path


@pytest.mark.usefixtures("demo_site")
def test_no_link_of_the_site_is_dead(client: Client) -> None:
    """A18: every page that can be reached from the home page by links answers."""
    waiting, seen = ["/"], {"/"}
    while waiting:
        path = waiting.pop()
        response = client.get(path)
        assert response.status_code == 200, path
        if not response["Content-Type"].startswith("text/html"):
            continue
        for url, _words, _current in links(response.content.decode()):
            target = url.split("#")[0]
            if target.startswith("/") and target not in seen:
                seen.add(target)
                waiting.append(target)
    assert set(ALL_PAGES) <= seen


@pytest.mark.usefixtures("demo_site")
def test_links_within_a_page_have_their_target(client: Client) -> None:
    for path in ALL_PAGES:
        html = document(client, path)
        for url, _words, _current in links(html):
            if url.startswith("#"):
                assert f'id="{url[1:]}"' in html, (path, url)


@pytest.mark.usefixtures("demo_site")
class TestMenu:
    def test_marks_where_the_reader_is(self, client: Client) -> None:
        """`aria-current`: "page" on the page itself, "true" below it, nothing elsewhere."""

        def current(path: str) -> dict[str, str | None]:
            return {url: mark for url, _words, mark in links(document(client, path), inside="header")}

        assert current("/over-ons/")["/over-ons/"] == "page"
        assert current("/")["/over-ons/"] is None
        about = ContentPage.objects.get(slug="over-ons")
        about.add_child(instance=ContentPage(title="Dieper", slug="dieper"))
        assert current("/over-ons/dieper/")["/over-ons/"] == "true"

    def test_shows_pages_that_are_live_public_and_meant_for_it(self, client: Client) -> None:
        home = HomePage.objects.get(locale__language_code="nl")
        pages = {}
        for slug in ("zichtbaar", "niet-in-menu", "concept", "besloten"):
            pages[slug] = home.add_child(
                instance=ContentPage(title=slug, slug=slug, show_in_menus=slug != "niet-in-menu", live=slug != "concept")
            )
        PageViewRestriction.objects.create(page=pages["besloten"], restriction_type=PageViewRestriction.LOGIN)
        shown = {url for url, _words, _current in links(document(client, "/"), inside="header")}
        assert shown & {f"/{slug}/" for slug in pages} == {"/zichtbaar/"}

    def test_costs_the_same_with_many_pages(self, rf: RequestFactory) -> None:
        """Site, restrictions, pages: three queries for three links as for twenty."""

        def queries() -> tuple[int, int]:
            list(main_menu(rf.get("/")))  # fills what Wagtail keeps in the cache
            with CaptureQueriesContext(connection) as captured:
                shown = list(main_menu(rf.get("/")))
            return len(shown), len(captured)

        few, cost = queries()
        home = HomePage.objects.get(locale__language_code="nl")
        for number in range(18):
            home.add_child(instance=ContentPage(title=f"Pagina {number}", slug=f"pagina-{number}", show_in_menus=True))
        assert queries() == (few + 18, cost)
        assert cost <= 3


@pytest.mark.usefixtures("demo_site")
def test_a_button_to_a_page_that_is_gone_is_left_out(client: Client) -> None:
    """The home page never shows a dead link: unpublishing a page takes its buttons along."""

    def buttons() -> list[str]:
        return [words for url, words, _ in links(document(client, "/"), inside="main") if url == "/contact/"]

    assert buttons() == ["Stel uw vraag", "Naar het contactformulier"]
    Page.objects.get(slug="contact", locale__language_code="nl").unpublish()
    assert buttons() == []


def test_the_frame_names_files_that_exist() -> None:
    """The addresses of style and icon never raise (`safe_static`), so a wrong name would go unnoticed."""
    for name in _static_names():
        assert finders.find(name), name


def _static_names() -> Iterator[str]:
    source: Any = get_template("skeleton.html").template
    names = re.findall(r"safe_static '([^']+)'", source.source)
    assert len(names) == 5
    yield from names


def test_link_block_wants_words_and_page_together() -> None:
    block = LinkBlock()
    page = Page.get_first_root_node()
    block.clean(block.normalize({"text": "", "page": None}))
    block.clean(block.normalize({"text": "Lees verder", "page": page}))
    for half in ({"text": "Lees verder", "page": None}, {"text": "", "page": page}):
        with pytest.raises(StructBlockValidationError) as refused:
            block.clean(block.normalize(half))
        assert set(refused.value.block_errors) == {name for name, value in half.items() if not value}
