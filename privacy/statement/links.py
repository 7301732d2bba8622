"""Whether the addresses outside this site, to which the statement leads a reader, still answer (law.md A18).

Asked by Celery, weekly and after a publication, never while somebody waits for a page. Whoever may write the statement may
make this server ask an address, so it asks public ones only: the name is looked up once, and the connection goes to the very
address that was judged, at every step of a redirect.
"""

import socket
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from lxml import html
from requests import Request
from requests.adapters import HTTPAdapter

from .models import LinkCheck, StatementTranslation, StatementVersion

#: Two checks that fail are two days' failures: a publication does not ask again what was asked today.
_ASKED_AGAIN_AFTER = timedelta(hours=20)
_REDIRECTS = 5
#: These refuse a machine that knocks, not a reader.
_REFUSED_TO_MACHINES = {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}


@transaction.atomic
def plan() -> list[int]:
    """Note every outside link that readers meet, forget those that are gone; return the keys of those to be asked now."""
    links = {link for article in _published() for link in outside(article)}
    LinkCheck.objects.exclude(url__in=links).delete()
    LinkCheck.objects.bulk_create([LinkCheck(url=link) for link in sorted(links)], ignore_conflicts=True)
    return list(LinkCheck.objects.due(timezone.now() - _ASKED_AGAIN_AFTER).values_list("pk", flat=True))


def _published() -> Iterator[str]:
    """Yield the text of the version in force in each language, and of those published after it that take effect later."""
    if version := StatementVersion.objects.in_force():
        yield from StatementVersion.objects.filter(number__gte=version.number).values_list("html", flat=True)
        yield from StatementTranslation.objects.filter(version__number__gte=version.number).values_list("html", flat=True)


def outside(article: str) -> set[str]:
    """Return the absolute web addresses to which an article links, without their fragments.

    Args:
        article: HTML.
    """
    longest: int = LinkCheck._meta.get_field("url").max_length or 0
    links = (urldefrag(anchor.get("href", "")).url for anchor in html.fromstring(article).iter("a"))
    return {link for link in links if link.startswith(("http://", "https://")) and len(link) <= longest}


def check(pk: int) -> None:
    """Ask one link and write down what came of it; nothing when it is gone by now.

    Args:
        pk: key of the `LinkCheck`.
    """
    link = LinkCheck.objects.filter(pk=pk).first()
    if link is None:
        return
    status = ask(link.url)
    ok, now = works(status), timezone.now()
    # Not `save`: a link that is gone since must stay gone.
    LinkCheck.objects.filter(pk=pk).update(
        checked_at=now, status=status, ok=ok, first_failed_at=None if ok else link.first_failed_at or now
    )


def works(status: int | None) -> bool:
    """Say whether an answer with this status means that a reader gets a page."""
    return status is not None and (status < HTTPStatus.BAD_REQUEST or status in _REFUSED_TO_MACHINES)


def ask(url: str) -> int | None:
    """Return the HTTP status that `url` answers with in the end, None when there is no answer.

    With HEAD; with GET where that says no, since not every server knows HEAD. No body is read, no cookie kept.

    Args:
        url: an absolute address.
    """
    status = None
    for method in ("HEAD", "GET"):
        try:
            status = _follow(method, url)
        # No answer, no such host, none that may be asked (OSError, of which those of requests are); no address at all.
        except (OSError, ValueError):
            status = None
        if works(status):
            break
    return status


def _follow(method: str, url: str) -> int | None:
    for _step in range(1 + _REDIRECTS):
        request = Request(method, url, headers={"User-Agent": f"LinkCheck (+{settings.SITE_URL})"}).prepare()
        parts = urlsplit(request.url or "")
        request.headers["Host"] = parts.netloc.rpartition("@")[2]
        adapter = _To(_address(parts.hostname or "", parts.port or parts.scheme))
        try:
            with adapter.send(request, stream=True, timeout=settings.LINK_CHECK_TIMEOUT, verify=True) as response:
                if not response.is_redirect:
                    return int(response.status_code)
                url = urljoin(url, response.headers["location"])
        finally:
            adapter.close()
    return None


def _address(host: str, port: int | str) -> str:
    """Return the address of a host that may be asked.

    Raises:
        OSError: there is none, or it is one of the inside.
    """
    only = settings.LINK_CHECK_ONLY_HOSTS
    if only and host not in only:
        raise OSError("No host that may be asked.")
    found = [ip_address(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not only and not all(map(_is_public, found)):
        raise OSError("An address of the inside.")
    # Not every machine has IPv6.
    return str(min(found, key=lambda address: address.version))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_global and not address.is_multicast


class _To(HTTPAdapter):
    """Connects to one address, whatever the name in the request may mean a moment later; the certificate is the name's."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        name = host["host"]
        certified = {"server_hostname": name, "assert_hostname": name} if host["scheme"] == "https" else {}
        return {**host, "host": self._address}, {**pool, **certified}
