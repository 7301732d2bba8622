"""The menu, the other languages of a page, and the links that stand on every page.

The footer's links are fixed addresses (`contract.md`), not pages looked up in the tree: they have to stand on error pages too,
also when the database is gone (law A16: a link named "Privacy" on every page).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info, override
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where it goes, what it says, and how it relates to the page being read.

    `current` is the value of `aria-current`: "page" on the page itself, "true" on a page below it, "" elsewhere.
    """

    url: str | Promise
    label: str | Promise
    current: str = ""


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
        links = [(reverse("statement"), _("Privacy"))]
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


def home_pages(request: HttpRequest) -> dict[str, Page]:
    """Return by language the live home pages of the site, that of the source language always; one query for a request."""
    known: dict[str, Page] | None = getattr(request, "_home_pages", None)
    if known is None:
        known = {}
        if site := Site.find_for_request(request):
            root = site.root_page
            same = Page.objects.filter(translation_key=root.translation_key).select_related("locale")
            known = {page.locale.language_code: page for page in same if page.live or page.pk == root.pk}
        request._home_pages = known  # type: ignore[attr-defined]
    return known


def main_menu(request: HttpRequest) -> Iterator[Link]:
    """Yield the pages directly under the home page that an editor marked "Tonen in menu's", in the order of the tree.

    Of the home page in the reader's language, or in the source language where there is none. Costs the same few queries however
    many pages the site has; pages behind a login or password are left out.
    """
    site, homes = Site.find_for_request(request), home_pages(request)
    home = homes.get(get_language() or "") or homes.get(settings.LANGUAGE_CODE)
    if site is None or home is None:
        return
    pages = Page.objects.child_of(home).live().public().in_menu().order_by("path")
    for page in pages:
        url = page.get_url(request, current_site=site)
        if url:
            yield Link(url, page.title, current_marker(url=url, path=request.path))


@dataclass(frozen=True, slots=True)
class Language:
    """A language in which a page can be read: its code, its own name for itself, and the page's address in it."""

    code: str
    name: str
    url: str


def other_languages(request: HttpRequest, *, page: Page | None, known: Sequence[dict[str, Any]] | None) -> Iterator[Language]:
    """Yield where else this page can be read: the same page in each other language, or the home page of that language.

    Args:
        request: of the page being read.
        page: a page of the tree, if it is one.
        known: what the view knows already: code and address (`url`) of each other language.
    """
    if known is not None:
        found = {language["code"]: language["url"] for language in known}
    elif page and page.pk:
        found = _in_the_tree(request, page)
    else:
        # A view's own page, such as what a link in a mail opens; an address that leads nowhere does so in every language.
        found = {code: translate_url(request.get_full_path(), code) for code, _name in settings.LANGUAGES}
    for code, url in found.items():
        if code != get_language() and url != request.get_full_path():
            yield Language(code, str(get_language_info(code)["name_local"]).capitalize(), url)


def _in_the_tree(request: HttpRequest, page: Page) -> dict[str, str]:
    homes = home_pages(request)
    found = dict(homes)
    # The translations of a home page are known already.
    if not any(page.pk == home.pk for home in homes.values()):
        found |= {same.locale.language_code: same for same in page.get_translations().live().public().select_related("locale")}
    return {code: url for code, one in found.items() if (url := one.get_url(request))}
