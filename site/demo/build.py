"""Builds the demo site: once, whole or not at all.

An existing home page means that somebody lives here, so nothing is touched any more: whatever an editor changed or removed
stays that way. The privacy part (register, statement, form) comes from the modules beside this one.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from wagtail.models import Locale, Page, Site

from demo import cases, english, english_pages, pages
from demo import contact as demo_contact
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
    dutch = Locale.objects.get(language_code=settings.LANGUAGE_CODE)
    english_locale, _ = Locale.objects.get_or_create(language_code="en")
    home = HomePage(title=pages.HOME_TITLE, slug="home", seo_title=pages.HOME_SEO_TITLE, locale=dutch)
    home.search_description = pages.HOME_DESCRIPTION
    root.add_child(instance=home)
    _site_for(home)
    # A draft until there is something below it.
    english_home = home.copy_for_translation(english_locale)

    drawn = cases.pictures()
    work = cases.load(home, cases.DUTCH, drawn, locale=dutch)
    english_work = cases.load(english_home, cases.ENGLISH, drawn, locale=english_locale, same=work)
    about = _add(home, ContentPage(locale=dutch), pages.ABOUT_TITLE, pages.ABOUT_SLUG, pages.ABOUT_DESCRIPTION)
    english_about = _add(
        english_home,
        ContentPage(locale=english_locale, translation_key=about.translation_key),
        english_pages.ABOUT_TITLE,
        english_pages.ABOUT_SLUG,
        english_pages.ABOUT_DESCRIPTION,
    )

    demo_register.load()
    english.load_words()
    privacy = demo_statement.load(home)
    english_privacy = english.load_statement(privacy)
    # Version 1, in both languages.
    privacy.save_revision().publish()
    privacy.refresh_from_db()
    contact = demo_contact.load(home, demo_contact.DUTCH, locale=dutch)
    english_home.refresh_from_db()
    english_contact = demo_contact.load(english_home, demo_contact.ENGLISH, locale=english_locale, same=contact)
    home.refresh_from_db()
    terms = _add(home, ContentPage(locale=dutch), pages.TERMS_TITLE, pages.TERMS_SLUG, pages.TERMS_DESCRIPTION)
    english_terms = _add(
        english_home,
        ContentPage(locale=english_locale, translation_key=terms.translation_key),
        english_pages.TERMS_TITLE,
        english_pages.TERMS_SLUG,
        english_pages.TERMS_DESCRIPTION,
    )

    english_home.title, english_home.seo_title = english_pages.HOME_TITLE, english_pages.HOME_SEO_TITLE
    english_home.search_description = english_pages.HOME_DESCRIPTION
    for words, front, us, rules, linked in (
        (pages, home, about, terms, {"contact": contact, "privacy": privacy}),
        (english_pages, english_home, english_about, english_terms, {"contact": english_contact, "privacy": english_privacy}),
    ):
        front.body = words.home_body(about=us, work=work if front is home else english_work, **linked)
        us.intro, us.body, us.show_in_menus = words.ABOUT_INTRO, words.about_body(**linked), True
        rules.intro, rules.body = words.TERMS_INTRO, words.terms_body(**linked)
        rules.revised_on, rules.show_contents = pages.TERMS_REVISED_ON, True
        for page in (front, us, rules):
            page.save_revision().publish()
    cases.scale_pictures()


def _add(parent: Page, page: ContentPage, title: str, slug: str, description: str) -> ContentPage:
    """Put a page below `parent`; its text comes once all pages are there to be linked to."""
    page.title, page.slug, page.search_description, page.live = title, slug, description, False
    parent.add_child(instance=page)
    return page


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
