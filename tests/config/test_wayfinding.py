"""What machines ask every site for, and what a page says about itself to them."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree, html
from PIL import Image
from pytest_django import Settings
from wagtail.models import Locale, Page, PageViewRestriction, Site

from home.models import ContentPage, HomePage
from privacy.register.models import Controller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

SITE = "http://localhost"
NAMESPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def sitemap(client: Client) -> Any:
    response = client.get("/sitemap.xml")
    assert response["Content-Type"].startswith("application/xml")
    return etree.fromstring(response.content)


def addresses(client: Client) -> set[str]:
    return set(sitemap(client).xpath("//s:loc/text()", namespaces=NAMESPACES))


def head(client: Client, path: str) -> Any:
    return html.fromstring(client.get(path).content).head


def english_home() -> Page:
    home: Page = HomePage.objects.get(locale=Locale.objects.get(language_code="en"))
    home.save_revision().publish()
    return home


class TestSitemap:
    def test_every_address_answers_and_nothing_else_stands_in_it(self, client: Client) -> None:
        home = HomePage.objects.get(locale__language_code="nl")
        hidden = home.add_child(instance=ContentPage(title="Besloten", slug="besloten"))
        PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
        home.add_child(instance=ContentPage(title="Concept", slug="concept", live=False))
        found = addresses(client)
        assert {f"{SITE}{path}" for path in ("/", "/over-ons/", "/privacy/", "/contact/", "/en/privacy/")} <= found
        assert not {f"{SITE}/besloten/", f"{SITE}/concept/"} & found
        for address in found:
            assert client.get(address.removeprefix(SITE)).status_code == 200, address

    def test_the_same_page_in_other_languages(self, client: Client) -> None:
        privacy = sitemap(client).xpath(f"//s:url[s:loc='{SITE}/privacy/']/x:link", namespaces=NAMESPACES)
        assert {link.get("hreflang"): link.get("href") for link in privacy} == {
            "nl": f"{SITE}/privacy/",
            "en": f"{SITE}/en/privacy/",
        }
        Page.objects.get(slug="about").unpublish()
        assert not sitemap(client).xpath(f"//s:url[s:loc='{SITE}/over-ons/']/x:link", namespaces=NAMESPACES)

    def test_the_address_is_the_one_of_the_settings(self, client: Client) -> None:
        """The demo was loaded on another port, or before the site had its domain."""
        site = Site.objects.get()
        site.hostname, site.port = "voorheen.example", 8093
        site.save()
        text = client.get("/sitemap.xml").content.decode() + client.get("/over-ons/").content.decode()
        assert f'hreflang="en" href="{SITE}/en/about/"' in text
        assert "voorheen.example" not in text

    def test_costs_the_same_with_many_pages(self, client: Client) -> None:
        def cost() -> int:
            with CaptureQueriesContext(connection) as queries:
                client.get("/sitemap.xml")
            return len(queries)

        cost()
        few = cost()
        home = HomePage.objects.get(locale__language_code="nl")
        for number in range(12):
            home.add_child(instance=ContentPage(title=f"Pagina {number}", slug=f"pagina-{number}"))
        cost()
        assert cost() == few


def test_robots_may_read_all_that_is_public(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines == ["User-agent: *", "Disallow: /admin/", "", f"Sitemap: {SITE}/sitemap.xml"]


def test_who_finds_a_hole_knows_where_to_report_it(client: Client) -> None:
    """RFC 9116: contact and a day within a year; the contact is what the published statement says, not a draft of it."""
    Controller.objects.update(email="nog-niet@koelict.example")
    response = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:privacy@koel-ict.example"
    assert fields["Canonical"] == f"{SITE}/.well-known/security.txt"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=90) < expires - timezone.now() < timedelta(days=365)


def test_security_contact_without_a_statement(client: Client, settings: Settings) -> None:
    settings.PRIVACY_EMAIL = "officer@koelict.example"
    Page.objects.get(slug="privacy", locale__language_code="nl").unpublish()
    assert "mailto:officer@koelict.example" in client.get("/.well-known/security.txt").content.decode()


class TestHead:
    def test_a_page_says_which_address_is_its_own(self, client: Client) -> None:
        for path, own in {
            "/over-ons/?utm_source=x": "/over-ons/",
            "/privacy/": "/privacy/",
            "/privacy/versies/?p=1&x=2": "/privacy/versies/?p=1",
            "/": "/",
        }.items():
            assert head(client, path).xpath("link[@rel='canonical']/@href") == [SITE + own]

    @pytest.mark.parametrize("path", ["/bestaat-niet/", "/mijn-gegevens/", "/toestemming/controle/"])
    def test_what_is_no_page_to_share_says_nothing(self, client: Client, path: str) -> None:
        assert not head(client, path).xpath("link[@rel='canonical' or @rel='alternate'] | meta[@property]")

    def test_the_same_page_in_other_languages(self, client: Client) -> None:
        def languages(path: str) -> dict[str, str]:
            links = head(client, path).xpath("link[@rel='alternate']")
            return {link.get("hreflang"): link.get("href") for link in links}

        assert languages("/over-ons/")["en"] == f"{SITE}/en/about/"
        Page.objects.get(slug="about").unpublish()
        assert languages("/over-ons/") == {}
        for path in ("/privacy/", "/en/privacy/"):
            assert languages(path) == {
                "nl": f"{SITE}/privacy/",
                "en": f"{SITE}/en/privacy/",
                "x-default": f"{SITE}/privacy/",
            }
        english_home()
        for path in ("/", "/en/"):
            assert languages(path) == {"nl": f"{SITE}/", "en": f"{SITE}/en/", "x-default": f"{SITE}/"}

    def test_a_shared_link_has_a_picture(self, client: Client) -> None:
        shown = {meta.get("property"): meta.get("content") for meta in head(client, "/over-ons/").xpath("meta[@property]")}
        assert shown["og:title"] == "Over ons"
        assert shown["og:url"] == f"{SITE}/over-ons/"
        file = finders.find(shown["og:image"].removeprefix(f"{SITE}/static/"))
        assert isinstance(file, str)
        with Image.open(file) as picture:
            assert picture.size == (int(shown["og:image:width"]), int(shown["og:image:height"])) == (1200, 630)

    def test_the_icons_are_what_they_say(self, client: Client) -> None:
        for link in head(client, "/").xpath("link[@rel='icon' or @rel='apple-touch-icon']"):
            file = finders.find(link.get("href").removeprefix("/static/"))
            assert isinstance(file, str)
            if not file.endswith(".svg"):
                with Image.open(file) as picture:
                    assert picture.size == {"icon": (32, 32), "apple-touch-icon": (180, 180)}[link.get("rel")]

    def test_search_engines_are_told_who_we_are(self, client: Client) -> None:
        """A1: as the published statement says it."""
        Controller.objects.update(kvk_number="12345678")
        text = head(client, "/").xpath("script[@type='application/ld+json']/text()")[0]
        described = json.loads(text)
        assert described["@type"] == "Organization"
        assert described["name"] == "Koel ICT"
        assert described["identifier"]["value"] == "57680701"
        assert not re.search("[<>]", text)
        assert not head(client, "/over-ons/").xpath("script")


def test_a_deep_page_shows_the_way_up(client: Client) -> None:
    about = ContentPage.objects.get(slug="over-ons")
    about.add_child(instance=ContentPage(title="Dieper", slug="dieper"))
    page = html.fromstring(client.get("/over-ons/dieper/").content)
    assert page.xpath("//nav[@class='breadcrumb']//a/@href") == ["/over-ons/"]
    assert not html.fromstring(client.get("/over-ons/").content).xpath("//nav[@class='breadcrumb']")


def test_the_icon_at_the_root_leads_to_ours(client: Client) -> None:
    """Who asks without reading a page (a feed reader, an old browser) leaves no 404 in the log."""
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert finders.find(response["Location"].removeprefix("/static/"))
    assert response["Cache-Control"] == "public, max-age=86400"
    assert not response.cookies
