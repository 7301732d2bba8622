"""Two languages: the switch keeps the page, and every page says what language it is in (WCAG 3.1.1, 3.1.2; 12(1))."""

import re

import pytest
from django.test import Client
from wagtail.models import Page

from home.models import HomePage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

SAME_PAGE = {
    "/": "/en/",
    "/werk/": "/en/our-work/",
    "/werk/bestellijst-bakkerij/": "/en/our-work/order-list-bakery/",
    "/over-ons/": "/en/about/",
    "/algemene-voorwaarden/": "/en/terms-and-conditions/",
    "/contact/": "/en/contact/",
    "/privacy/": "/en/privacy/",
    "/privacy/versies/1/": "/en/privacy/versions/1/",
    "/mijn-gegevens/": "/en/my-data/",
    "/bestaat-niet/": "/en/bestaat-niet/",
}


def switch(client: Client, path: str) -> list[tuple[str, str, str]]:
    """Return address, language and words of the links in the switch."""
    text = client.get(path).content.decode()
    part = re.search(r'<ul class="languages">.*?</ul>', text, re.DOTALL)
    found = re.findall(r'href="([^"]+)" hreflang="(\w+)" lang="(\w+)">([^<]+)<', part[0] if part else "")
    assert all(hreflang == lang for _, hreflang, lang, _ in found)
    return [(url, lang, words) for url, lang, _, words in found]


@pytest.mark.parametrize(("dutch", "english"), SAME_PAGE.items())
def test_the_switch_keeps_the_page(client: Client, dutch: str, english: str) -> None:
    assert switch(client, dutch) == [(english, "en", "English")]
    assert switch(client, english) == [(dutch, "nl", "Nederlands")]


def test_without_a_translation_it_leads_to_the_home_page(client: Client) -> None:
    Page.objects.get(slug="about").unpublish()
    assert switch(client, "/over-ons/") == [("/en/", "en", "English")]


def test_a_language_without_pages_is_not_offered(client: Client) -> None:
    Page.objects.filter(locale__language_code="en").update(live=False)
    assert switch(client, "/over-ons/") == []
    assert HomePage.objects.get(locale__language_code="en").live is False


def test_english_pages_are_english(client: Client) -> None:
    for path in SAME_PAGE.values():
        text = client.get(path).content.decode()
        assert '<html lang="en">' in text, path
        assert 'class="brand" href="/en/"' in text, path
        menu = re.search(r"<header.*?</header>", text, re.DOTALL)
        assert menu
        assert {"/en/our-work/", "/en/about/", "/en/contact/"} <= set(re.findall(r'href="([^"]+)"', menu[0])), path


def test_dates_are_written_as_the_language_does(client: Client) -> None:
    assert "1 november 2026" in client.get("/algemene-voorwaarden/").content.decode()
    assert "1 November 2026" in client.get("/en/terms-and-conditions/").content.decode()
