"""A page for everybody is made once and then served to every reader, without a query and almost without work.

Right by construction: kept is only what is the same for all (`_is_for_everybody` says what that is, by what is allowed and not
by what is forbidden), and only for as long as two things stand, both looked at for every reader:

- its *generation*: `config.freshness` begins a new one whenever something changes that a page may show. It is read before
  a page is made, so a page made from what was true before carries a generation that is over;
- the *minute*: nothing outlives the minute in which it was made, neither here nor in a cache in front of us (`s-maxage` is
  what is left of it). So figures in a page are at most a minute old, a version of the statement takes effect at midnight
  sharp, and should the word of a change get lost (Redis unreachable at that moment), it is lost for a minute at most.

Redis gone: nothing is found and nothing kept; pages cost more and still appear (`config.cache`). What a reader's browser gets
is the same in all cases: a strong ETag, the moment since which these bytes are served, and 304 when it has them already.
"""

import gzip
import hashlib
import re
import time
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from config import freshness
from privacy.statement.urls import urlpatterns as statement_urls

#: Names of the addresses whose pages may be for everybody. A form among Wagtail's pages is not: it says so in its headers.
PUBLIC = frozenset({"wagtail_serve", "sitemap", "robots", "security", *(pattern.name for pattern in statement_urls)})

#: After so long without a reader a page is forgotten altogether, in seconds.
_FORGOTTEN_AFTER = 24 * 3600

_ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")


class Kept(NamedTuple):
    """A page as every reader gets it.

    Args:
        generation: in which it was made.
        until: when its minute is over, in seconds since the epoch.
        since: from when on these very bytes are served, in seconds since the epoch; None where nobody remembers.
        etag: strong, of the page as it is.
        gzip_etag: strong, of the compressed page, which is another sequence of bytes.
        headers: name and value of each.
        body: compressed.
    """

    generation: str
    until: int
    since: int | None
    etag: str
    gzip_etag: str
    headers: list[tuple[str, str]]
    body: bytes

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the page, or 304 when the browser has it."""
        compressed = _ACCEPTS_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")) is not None
        etag = self.gzip_etag if compressed else self.etag
        response = HttpResponse(self.body if compressed else gzip.decompress(self.body))
        headers = response.headers
        for name, value in self.headers:
            headers[name] = value
        headers["Content-Length"] = str(len(response.content))
        if compressed:
            headers["Content-Encoding"] = "gzip"
        headers["Vary"] = "Accept-Encoding"
        headers["ETag"] = etag
        if self.since:
            headers["Last-Modified"] = http_date(self.since)
        headers["Cache-Control"] = f"public, max-age=0, must-revalidate, s-maxage={max(0, int(self.until - time.time()))}"
        if "HTTP_IF_NONE_MATCH" in request.META or "HTTP_IF_MODIFIED_SINCE" in request.META:
            return get_conditional_response(request, etag=etag, last_modified=self.since, response=response) or response
        return response


class PageCache:
    """The middleware. Stands outside of everything that a page costs, and inside of what every answer needs (TLS, files)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        # Another release may have other styles; its pages must not name the files of this one.
        self._release = str(getattr(staticfiles_storage, "manifest_hash", ""))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve the page that is kept, or let it be made and keep it."""
        if not _may_be_for_everybody(request):
            return self.get_response(request)
        try:
            key = self._key(request)
        except DisallowedHost:
            return self.get_response(request)
        generation, kept = freshness.generation_with(key) if settings.PAGE_CACHE else ("", None)
        if isinstance(kept, Kept) and kept.generation == generation and kept.until > time.time():
            return kept.answer(request)
        response = self.get_response(request)
        if not (isinstance(response, HttpResponse) and _is_for_everybody(request, response)):
            return response
        made = _kept(response, generation, kept)
        if generation and request.method == "GET":
            cache.set(key, made, _FORGOTTEN_AFTER)
        return made.answer(request)

    def _key(self, request: HttpRequest) -> str:
        # The path decides the language (`config.middleware`). Hashed: what somebody typed as a path is no name of ours.
        place = f"{self._release} {request.scheme}://{request.get_host()}{request.path}"
        return f"page:1:{hashlib.sha256(place.encode()).hexdigest()}"


def _may_be_for_everybody(request: HttpRequest) -> bool:
    """Whether nothing in the request says who asks, or asks for more than the page at this address."""
    meta = request.META
    return (
        request.method in {"GET", "HEAD"}
        and not meta.get("QUERY_STRING")
        and "HTTP_AUTHORIZATION" not in meta
        # What a form page leaves in the browser says nothing about anybody.
        and (not meta.get("HTTP_COOKIE") or request.COOKIES.keys() <= {settings.CSRF_COOKIE_NAME})
        # Wagtail renders drafts through the middleware, under the address of the live page.
        and not getattr(request, "is_dummy", False)
    )


def _is_for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the answer is a whole public page about which nobody has said anything else."""
    return (
        response.status_code == 200
        and request.resolver_match is not None
        and request.resolver_match.view_name in PUBLIC
        and not response.cookies
        and not any(response.has_header(name) for name in ("Cache-Control", "Vary", "ETag", "Content-Encoding"))
        # A nonce in the policy belongs to one answer.
        and getattr(request, "_csp_nonce", None) is None
    )


def _kept(response: HttpResponse, generation: str, before: Kept | None) -> Kept:
    now, body = time.time(), response.content
    etag = _etag(body)
    compressed = gzip.compress(body, 6, mtime=0)
    since = before.since if before and before.etag == etag else int(now)
    return Kept(
        generation=generation,
        until=int(now // 60 + 1) * 60,
        since=since if generation else None,
        etag=etag,
        gzip_etag=_etag(compressed),
        headers=[(name, value) for name, value in response.headers.items() if name != "Content-Length"],
        body=compressed,
    )


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()}"'
