"""Template tags of the page frame (`templates/skeleton.html` and `templates/base.html`)."""

import json
import re
from collections.abc import Iterable
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from wagtail.images.models import Picture
from wagtail.models import Page

from home import navigation
from privacy.statement.models import StatementVersion

register = template.Library()

#: The drawings in `home/templates/home/drawings/` that an editor can choose.
DRAWINGS = frozenset({"build", "host", "care", "advice"})


@register.simple_tag
def company_name() -> str:
    """Return the trade name, from the settings: error pages need it when the database is gone."""
    return settings.WAGTAIL_SITE_NAME


@register.simple_tag
def safe_static(path: str) -> str:
    """Return the address of the static file `path`; never raises.

    Where the manifest of hashed names is missing or broken, the plain name does: an error page without style is still
    better than an error inside the error page.
    """
    try:
        return staticfiles_storage.url(path)
    except Exception:  # noqa: BLE001 - the last line of defence: whatever is wrong with the storage, the page must come
        return f"{settings.STATIC_URL}{path}"


@register.simple_tag(takes_context=True)
def main_menu(context: dict[str, Any]) -> Iterable[navigation.Link]:
    """Return the links of the main menu, or none where there is no request to find the site by."""
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return ()
    return tuple(navigation.main_menu(request))


@register.simple_tag(takes_context=True)
def footer_links(context: dict[str, Any]) -> list[navigation.Link]:
    """Return the links that stand on every page, the current one marked.

    What the menu has found out above is used, and nothing is asked: error pages have these links too.
    """
    request = context.get("request")
    language = get_language()
    homes = getattr(request, "_home_pages", {})
    return navigation.footer_links(
        language=language,
        path=request.path if isinstance(request, HttpRequest) else "",
        has_home=homes.get(language, True) is not None,
    )


@register.simple_tag(takes_context=True)
def language_links(context: dict[str, Any]) -> list[navigation.Language]:
    """Return where else the page can be read: itself in other languages, or their home pages."""
    request, page = context.get("request"), context.get("page")
    if not isinstance(request, HttpRequest):
        return []
    shown = page if isinstance(page, Page) and page.pk else None
    return list(navigation.other_languages(request, shown, context.get("other_languages")))


@register.simple_tag
def identity() -> dict[str, Any]:
    """Return who stands behind the site (`name`, `kvk_number`, …) as the statement in force says it; empty without one.

    In the reader's language, and the published facts and not the register: an edit there is a draft until the statement is
    published.
    """
    version = StatementVersion.objects.only("facts").in_force()
    return dict(version.in_language(get_language()).facts["controller"]) if version else {}


@register.inclusion_tag("includes/page_links.html", takes_context=True)
def page_links(context: dict[str, Any]) -> dict[str, Any]:
    """Say which address is the page's own, where the same page stands in other languages, and what a shared link looks like.

    Nothing for what is no page to be found or shared: errors, forms that are about one person, what a token opens.
    """
    request, page, others = context.get("request"), context.get("page"), context.get("other_languages")
    # Who names the languages has addresses of its own; what the page is called now says nothing about an old version.
    shown = page if others is None and isinstance(page, Page) and page.pk else None
    if not isinstance(request, HttpRequest) or (shown is None and others is None):
        return {}
    canonical = settings.SITE_URL + navigation.own_address(request)
    return {
        "canonical": canonical,
        "languages": navigation.languages(request, canonical, shown, others),
        "locale": to_locale(get_language()),
        "picture": settings.SITE_URL + safe_static("img/share.png"),
        "company": company_name(),
        "title": (shown.seo_title or shown.title) if shown else "",
        "description": shown.search_description if shown else "",
    }


@register.inclusion_tag("includes/breadcrumb.html")
def breadcrumb(page: Page) -> dict[str, Any]:
    """Show the way to a page that lies deeper than the menu reaches; nothing for one that does not."""
    return {"ancestors": page.get_ancestors().filter(depth__gt=2).live() if page.depth > 3 else []}


@register.simple_tag
def organisation() -> SafeString:
    """Return who stands behind the site for search engines (schema.org), as the statement in force says it; "" without one."""
    known = identity()
    if not known:
        return SafeString("")
    described = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": known["name"],
        "url": f"{settings.SITE_URL}/",
        "logo": settings.SITE_URL + safe_static("img/apple-touch-icon.png"),
        "email": known.get("email"),
        "telephone": known.get("phone"),
        "address": " ".join(str(known.get("address") or "").split()),
        "vatID": known.get("vat_id"),
        "identifier": {"@type": "PropertyValue", "propertyID": "KvK", "value": known.get("kvk_number")},
    }
    text = json.dumps({name: value for name, value in described.items() if value}, ensure_ascii=False)
    # Data and no code: browsers do not run it, so the Content-Security-Policy allows it. No text can end the element.
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text.replace("<", "\\u003c")))


@register.filter
def by_night(day: SafeString, night: Picture | None) -> SafeString:
    """Return a picture that is another one on a dark screen; paper is white.

    Args:
        day: what `{% picture %}` made, with the words and sizes of both.
        night: the same in dark colours, in WebP, which every browser with a dark scheme can show; None for no other.
    """
    if not night:
        return day
    sizes = re.search(r'sizes="[^"]*"', day)
    source = format_html(
        '<source media="screen and (prefers-color-scheme: dark)" type="image/webp" {} srcset="{}">',
        SafeString(sizes[0] if sizes else ""),
        night.get_width_srcset(night.renditions),
    )
    return SafeString(day.replace("<picture>", f"<picture>{source}", 1))


@register.simple_tag
def drawing(name: str) -> SafeString:
    """Return our own drawing `name` as inline SVG, or nothing when the name is none of ours."""
    if name not in DRAWINGS:
        return SafeString("")
    return render_to_string(f"home/drawings/{name}.svg")
