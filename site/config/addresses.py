"""The public addresses of this site, for search engines and for caches in front of us."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Page

from home.navigation import whole_address


@dataclass
class Address:
    """One page as a search engine is told of it.

    Args:
        url: absolute.
        changed_at: when it was published last (aware).
        languages: language code -> absolute address, of this page and the same in other languages; empty when it is alone.
    """

    url: str
    changed_at: datetime | None
    languages: dict[str, str] = field(default_factory=dict)


def statement_paths() -> Iterator[str]:
    """Yield the paths of the statement in force in every language, which have no page of their own in Wagtail's tree."""
    for code, _name in settings.LANGUAGES:
        with override(code):
            yield from map(reverse, ("statement", "statement-versions", "statement-facts"))


def public_pages() -> list[Address]:
    """Return every live page that needs no password, each with its translations; two queries and one for each kind of page."""
    translations: dict[object, dict[str, str]] = defaultdict(dict)
    pages = list(Page.objects.live().public().filter(depth__gt=1).select_related("locale").order_by("path"))
    found = [(page, whole_address(page)) for page in pages]
    for page, url in found:
        if url:
            translations[page.translation_key][page.locale.language_code] = url
    return [
        Address(
            url=url,
            changed_at=page.last_published_at,
            languages=same if len(same := translations[page.translation_key]) > 1 else {},
        )
        for page, url in found
        if url
    ]
