"""The menu and the links that stand on every page.

The footer's links are fixed addresses (`contract.md`), not pages looked up in the tree: they have to stand on error pages too,
also when the database is gone (law A16: a link named "Privacy" on every page).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import get_language
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


FOOTER_LINKS = (
    Link(reverse_lazy("statement"), _("Privacy")),
    Link(reverse_lazy("privacy_rights:ask"), _("Mijn gegevens")),
    Link("/algemene-voorwaarden/", _("Algemene voorwaarden")),
    Link("/contact/", _("Contact")),
)


def current_marker(*, url: str, path: str) -> str:
    """Return the value of `aria-current` for a link to `url` on the page at `path`."""
    if url == path:
        return "page"
    return "true" if url != "/" and path.startswith(url) else ""


def main_menu(request: HttpRequest) -> Iterator[Link]:
    """Yield the pages directly under the site's root that an editor marked "Tonen in menu's", in the order of the tree.

    Costs the same few queries however many pages the site has; pages behind a login or password are left out.
    """
    site = Site.find_for_request(request)
    if site is None:
        return
    pages = Page.objects.child_of(site.root_page).live().public().in_menu().order_by("path")
    # This stands on every page; half of what a page has is more work to ask for than to use.
    pages = pages.only("path", "depth", "title", "slug", "url_path", "locale")
    for page in pages:
        url = page.get_url(request, current_site=site)
        if url:
            yield Link(url, page.title, current_marker(url=url, path=request.path))


#: What may stand behind the path of a page and make another page of it: a page of a list, what to compare with.
_PARTS_OF_ADDRESSES = frozenset({"p", "met"})


def own_address(request: HttpRequest) -> str:
    """Return path and query by which a page is known, without what somebody else's link has added."""
    given = {name: value for name, value in request.GET.items() if name in _PARTS_OF_ADDRESSES}
    return f"{request.path}?{urlencode(given)}" if given else request.path


def languages(canonical: str, page: Page | None, others: list[dict[str, Any]] | None) -> dict[str, str]:
    """Return language code -> absolute address of the same page, its own included; empty where it is in one language only.

    Args:
        canonical: the page's own absolute address.
        page: a page of the tree, whose translations are looked up.
        others: what a view knows already: code and address (`url`) of each other language.
    """
    own = get_language() or settings.LANGUAGE_CODE
    if others is not None:
        found = {language["code"]: settings.SITE_URL + language["url"] for language in others}
    else:
        found = {}
        for same in page.get_translations().live().public().select_related("locale") if page else ():
            if url := same.full_url:
                found[same.locale.language_code] = url
    if not found:
        return {}
    found[own] = canonical
    return dict(sorted(found.items())) | {"x-default": found.get(settings.LANGUAGE_CODE, canonical)}
