"""The menu and the links that stand on every page.

The footer's links are fixed addresses (`contract.md`), not pages looked up in the tree: they have to stand on error pages too,
also when the database is gone (law A16: a link named "Privacy" on every page).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
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
    for page in pages:
        url = page.get_url(request, current_site=site)
        if url:
            yield Link(url, page.title, current_marker(url=url, path=request.path))
