"""Builds the demo site: once, whole or not at all.

An existing home page means that somebody lives here, so nothing is touched any more: whatever an editor changed or removed
stays that way. The privacy part (register, statement, form) comes from the modules beside this one.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from wagtail.models import Page, Site

from demo import contact as demo_contact
from demo import english, pages
from demo import register as demo_register
from demo import statement as demo_statement
from home.models import ContentPage, HomePage

#: Keeps two builders apart (`make run` twice on one database); any number of ours will do.
LOCK = 57_680_701


class SiteTaken(Exception):
    """The page tree holds pages of somebody else, so there is no place for a demo."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a run left behind: the number of pages of the site, and whether this run made them."""

    pages: int
    created: bool


@transaction.atomic
def build() -> Built:
    """Build the demo site when there is no home page yet.

    Raises:
        SiteTaken: there is no home page, but there are other pages than Wagtail's welcome page.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    created = not HomePage.objects.exists()
    if created:
        _build_all()
    return Built(pages=Page.objects.filter(depth__gt=1).count(), created=created)


def _build_all() -> None:
    root = _empty_root()
    home = HomePage(title="Koel ICT", slug="home", seo_title="Websites bouwen en hosten", show_in_menus=False)
    home.search_description = "Koel ICT bouwt en host websites, en gaat zuinig om met uw gegevens."
    root.add_child(instance=home)
    _site_for(home)

    about = ContentPage(title="Over ons", slug="over-ons", intro=pages.ABOUT_INTRO, show_in_menus=True)
    about.search_description = "Wie Koel ICT is en hoe wij een opdracht aanpakken."
    home.add_child(instance=about)

    demo_register.load()
    english.load_words()
    privacy = demo_statement.load(home)
    english.load_statement(privacy)
    # Version 1, in both languages.
    privacy.save_revision().publish()
    privacy.refresh_from_db()
    contact = demo_contact.load(home)

    terms = ContentPage(
        title="Algemene voorwaarden",
        slug="algemene-voorwaarden",
        intro=pages.TERMS_INTRO,
        revised_on=pages.TERMS_REVISED_ON,
        show_contents=True,
    )
    terms.search_description = "De afspraken die gelden als u Koel ICT een opdracht geeft, in gewone taal."
    home.refresh_from_db()
    home.add_child(instance=terms)

    home.body = pages.home_body(about=about, contact=contact, privacy=privacy)
    about.body = pages.about_body(contact=contact, privacy=privacy)
    terms.body = pages.terms_body(contact=contact, privacy=privacy)
    for page in (home, about, terms):
        page.save_revision().publish()


def _empty_root() -> Page:
    """Return the root of the page tree, with Wagtail's welcome page gone.

    Raises:
        SiteTaken: other pages live there.
    """
    root = Page.get_first_root_node()
    for page in root.get_children():
        if page.specific_class is not Page or page.get_children().exists():
            raise SiteTaken
        # Sites go with the page they start at; move them out of the way first.
        Site.objects.filter(root_page=page).update(root_page=root)
        page.delete()
    root.refresh_from_db()
    return root


def _site_for(home: HomePage) -> Site:
    """Make `home` the start of the default site, at the address from the settings."""
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname = address.hostname or "localhost"
    site.port = port
    site.site_name = settings.WAGTAIL_SITE_NAME
    site.root_page = home
    site.save()
    return site
