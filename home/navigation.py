"""The menu, the other languages of a page, and the links that stand on every page.

The footer's links are fixed addresses, not pages looked up in the tree: they have to stand on error pages too, also when the
database is gone (law.md A16: a link named "Privacy" on every page).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models.functions import Substr
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info, override
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site
from wagtail.query import PageQuerySet


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where it goes, what it says, and how it relates to the page being read.

    `current` is the value of `aria-current`: "page" on the page itself, "true" on a page below it, "" elsewhere.
    """

    url: str | Promise
    label: str | Promise
    current: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """A language in which a page can be read: its code, its own name for itself, and the page's address in it."""

    code: str
    name: str
    url: str


#: Where the general terms and the contact form live, in each language.
TERMS = {"nl": "algemene-voorwaarden/", "en": "terms-and-conditions/"}
CONTACT = "contact/"


def footer_links(*, language: str, path: str, has_home: bool = True) -> list[Link]:
    """Return the links that stand on every page, in that language; without asking the database.

    Args:
        language: language code.
        path: of the page being read.
        has_home: whether the site has pages in that language; if not, the links to pages lead to those in the source language.
    """
    with override(language):
        links = [(reverse("statement"), _("Privacy")), (reverse("privacy_rights:ask"), _("Mijn gegevens"))]
    pages = language if has_home else settings.LANGUAGE_CODE
    with override(pages):
        links += [
            (reverse("wagtail_serve", args=[TERMS[pages]]), _("Algemene voorwaarden")),
            (reverse("wagtail_serve", args=[CONTACT]), _("Contact")),
        ]
    return [Link(url, label, current_marker(url=url, path=path)) for url, label in links]


def current_marker(*, url: str, path: str) -> str:
    """Return the value of `aria-current` for a link to `url` on the page at `path`."""
    if url == path:
        return "page"
    return "true" if url != reverse("wagtail_serve", args=[""]) and path.startswith(url) else ""


def home_page(request: HttpRequest, language: str) -> Page | None:
    """Return the live home page in that language; in the source language it costs nothing, in others one query a request."""
    site = Site.find_for_request(request)
    if site is None or language == settings.LANGUAGE_CODE:
        return site.root_page if site else None
    known: dict[str, Page | None] = request.__dict__.setdefault("_home_pages", {})
    if language not in known:
        known[language] = _live_home(site, language).first()
    return known[language]


def _live_home(site: Site, language: str) -> PageQuerySet:
    return Page.objects.live().filter(translation_key=site.root_page.translation_key, locale__language_code=language)


def main_menu(request: HttpRequest) -> Iterator[Link]:
    """Yield the pages directly under the home page that an editor marked "Tonen in menu's", in the order of the tree.

    Of the home page in the reader's language, or in the source language where there is none. Costs the same few queries however
    many pages the site has; pages behind a login or password are left out.
    """
    site, language = Site.find_for_request(request), get_language()
    if site is None:
        return
    pages = list(_menu(site, language))
    if not pages and home_page(request, language) is None:
        pages = list(_menu(site, settings.LANGUAGE_CODE))
    for page in pages:
        url = page.get_url(request, current_site=site)
        if url:
            yield Link(url, page.title, current_marker(url=url, path=request.path))


def _menu(site: Site, language: str) -> PageQuerySet:
    root = site.root_page
    if language == settings.LANGUAGE_CODE:
        below = Page.objects.child_of(root)
    else:
        # What stands under another home page, without asking first which one that is: this stands on every page.
        above = Substr("path", 1, len(root.path))
        below = Page.objects.filter(depth=root.depth + 1).alias(above=above)
        below = below.filter(above__in=_live_home(site, language).values("path"))
    # Half of what a page has is more work to ask for than to use.
    fields = ("path", "depth", "title", "slug", "url_path", "locale")
    menu: PageQuerySet = below.live().public().in_menu().order_by("path").only(*fields)
    return menu


#: What may stand behind the path of a page and make another page of it: a page of a list, what to compare with.
_PARTS_OF_ADDRESSES = frozenset({"p", "with"})


def own_address(request: HttpRequest) -> str:
    """Return path and query by which a page is known, without what somebody else's link has added."""
    given = {name: value for name, value in request.GET.items() if name in _PARTS_OF_ADDRESSES}
    return f"{request.path}?{urlencode(given)}" if given else request.path


def translations(request: HttpRequest, page: Page) -> dict[str, Page]:
    """Return by language the live pages that say the same as this one; one query for a request."""
    known: dict[int, dict[str, Page]] = request.__dict__.setdefault("_translations", {})
    if page.pk not in known:
        same = page.get_translations().live().public().select_related("locale")
        known[page.pk] = {one.locale.language_code: one for one in same}
    return known[page.pk]


def whole_address(page: Page) -> str:
    """Return the absolute address of a page, "" where it has none.

    At `SITE_URL`, as all that leaves the site: Wagtail's own record of the site was written when the demo or an editor made it,
    and knows nothing of another port or domain since.
    """
    parts = page.get_url_parts()
    return settings.SITE_URL + parts[2] if parts and parts[2] else ""


def languages(
    request: HttpRequest, canonical: str, page: Page | None, others: Sequence[dict[str, Any]] | None
) -> dict[str, str]:
    """Return language code -> absolute address of the same page, its own included; empty where it is in one language only.

    Args:
        request: of the page being read.
        canonical: the page's own absolute address.
        page: a page of the tree, whose translations are looked up.
        others: what a view knows already: code and address (`url`) of each other language.
    """
    own = get_language()
    if others is not None:
        found = {language["code"]: settings.SITE_URL + language["url"] for language in others}
    else:
        same = translations(request, page) if page else {}
        found = {code: url for code, one in same.items() if (url := whole_address(one))}
    if not found:
        return {}
    found[own] = canonical
    return dict(sorted(found.items())) | {"x-default": found.get(settings.LANGUAGE_CODE, canonical)}


def other_languages(request: HttpRequest, page: Page | None, others: Sequence[dict[str, Any]] | None) -> Iterator[Language]:
    """Yield where a reader of this page goes to read on in another language: the same page, or that language's home page.

    Args:
        request: of the page being read.
        page: a page of the tree, if it is one.
        others: what a view knows already: code and address (`url`) of each other language.
    """
    given = {language["code"]: language["url"] for language in others or ()}
    for code, _name in settings.LANGUAGES:
        if code == get_language():
            continue
        if others is not None:
            url = given.get(code)
        elif page:
            same = translations(request, page).get(code) or home_page(request, code)
            url = same.get_url(request) if same else None
        else:
            # A view's own page, such as what a link in a mail opens; an address that leads nowhere does so in every language.
            url = translate_url(request.get_full_path(), code)
        if url and url != request.get_full_path():
            yield Language(code, str(get_language_info(code)["name_local"]).capitalize(), url)
