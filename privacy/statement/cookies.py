"""Which cookies this site sets (law.md G): the statement in force names each of them.

What settings and middleware can set is declared; rooms above this one declare theirs with `register`. A cookie that nobody
declared is noticed when a response carries it (`middleware.CookieWatch`).
"""

from collections.abc import Callable, Iterable, Iterator

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

#: Returns the names of cookies that the site as it is now may set.
Source = Callable[[], Iterable[str]]

_sources: list[Source] = []

_NOTICED = "statement-cookies-noticed"
#: A response that carries it says so again; this outlives a weekend.
_NOTICED_SECONDS = 7 * 24 * 3600
_NOTICED_AT_MOST = 20


def register(source: Source) -> Source:
    """Add a source of names, once; usable as a decorator."""
    if source not in _sources:
        _sources.append(source)
    return source


def declared() -> set[str]:
    """Return the names of all cookies that the site says it may set."""
    return {name for source in _sources for name in source()}


def notice(names: Iterable[str]) -> None:
    """Remember cookies that nobody declared. In the cache: with it gone, the next response says it again.

    Args:
        names: of cookies as a response sets them; never their values.
    """
    unknown = set(names) - declared()
    if unknown and (new := unknown - (known := noticed())):
        cache.set(_NOTICED, sorted(known | new)[:_NOTICED_AT_MOST], _NOTICED_SECONDS)


def noticed() -> set[str]:
    """Return the cookies that responses carried and nobody declared."""
    return set(cache.get(_NOTICED) or ())


@register
def of_django() -> Iterator[str]:
    """Name what Django sets under the settings as they are."""
    if "django.middleware.csrf.CsrfViewMiddleware" in settings.MIDDLEWARE and not settings.CSRF_USE_SESSIONS:
        yield settings.CSRF_COOKIE_NAME
    if "django.contrib.sessions.middleware.SessionMiddleware" in settings.MIDDLEWARE:
        yield settings.SESSION_COOKIE_NAME
    if not settings.MESSAGE_STORAGE.startswith("django.contrib.messages.storage.session."):
        yield "messages"
    try:
        reverse("set_language")  # nothing else in Django sets it; the middleware only reads
    except NoReverseMatch:
        return
    yield settings.LANGUAGE_COOKIE_NAME


@register
def of_wagtail() -> Iterator[str]:
    """Name what the scripts of Wagtail's admin set; no response carries it."""
    if apps.is_installed("wagtail.admin"):
        yield "wagtail_sidebar_collapsed"
