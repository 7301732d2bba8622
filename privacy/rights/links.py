"""Links that are mailed once: one opens "Mijn gegevens", one an archive, one proves a new address. What is stored opens none.

A token is found by its first characters and compared by the hash of all of it, so that wrong ones can be counted: after
`settings.LINK_TRIES` of them the link is dead. Those for a session and an address are made of a random half in their row and a
key that is not in the database, so a mail that is tried again holds the same link. The one for an archive is the key to it, and
after the mail nobody has it but its reader.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from privacy.keys import token as made_of
from privacy.register.periods import expires_at
from privacy.statement.facts import sha256

from .models import DataRequest, OneTimeLink, archive_period

#: So many characters find the link; the others prove it.
SELECTOR_LENGTH = 12

#: Name of the key (`privacy.keys`).
_JOB = "rights.link"


class Useless(Exception):
    """There is no such link, or it no longer works; what it was is nobody's business who hasn't got it."""


def session_token(request: DataRequest, *, at: datetime) -> str:
    """Return the token of the link that confirms a request, the same for each attempt to mail it.

    Args:
        request: an unconfirmed request.
        at: now (aware).
    """
    link = request.links.filter(opens=OneTimeLink.Opens.SESSION).first()
    return token_of(link or _make(request, OneTimeLink.Opens.SESSION, at))


def address_link(request: DataRequest, *, at: datetime) -> OneTimeLink:
    """Make the link that proves the request's new address, in place of any before it.

    Args:
        request: a locked request.
        at: now (aware).
    """
    before = request.links.filter(opens=OneTimeLink.Opens.ADDRESS)
    before._raw_delete(before.db)
    return _make(request, OneTimeLink.Opens.ADDRESS, at)


def token_of(link: OneTimeLink) -> str:
    """Return the token of a link for a session or an address; nobody can for one to an archive."""
    return made_of(_JOB, link.nonce)


@transaction.atomic
def archive_link(request: DataRequest, token: str, *, at: datetime) -> None:
    """Let this token open the request's archive, in place of any before it.

    Args:
        request: the request.
        token: see `sealing`.
        at: when the archive was made (aware).
    """
    before = request.links.filter(opens=OneTimeLink.Opens.ARCHIVE)
    before._raw_delete(before.db)
    _keep(request, OneTimeLink.Opens.ARCHIVE, token, expires_at(at, *archive_period()))


def look_up(token: str, *, at: datetime) -> OneTimeLink:
    """Return the link with this token, and change nothing: mail scanners open links.

    Raises:
        Useless: there is none, or it is over.
    """
    link = OneTimeLink.objects.select_related("request").filter(selector=token[:SELECTOR_LENGTH]).first()
    if link is None or not _works(link, token, at):
        raise Useless
    return link


@transaction.atomic
def use(token: str, *, at: datetime) -> OneTimeLink:
    """Use a link: once, but for an archive, which may be taken again for `settings.DOWNLOAD_AGAIN_HOURS`.

    Raises:
        Useless: there is none, or it is over; a wrong token of an existing link is counted.
    """
    link = OneTimeLink.objects.select_for_update().filter(selector=token[:SELECTOR_LENGTH]).first()
    if link is None or not _works(link, token, at):
        raise Useless
    if link.used_at is None:
        link.used_at = at
        link.save(update_fields=["used_at"])
    return link


def count_wrong_try(token: str) -> None:
    """Count a token that was altered; outside the transaction that refused it, or it would be undone with it."""
    found = OneTimeLink.objects.filter(selector=token[:SELECTOR_LENGTH]).exclude(token_sha256=sha256(token))
    found.update(failed_tries=F("failed_tries") + 1)


def address(token: str) -> str:
    """Return the whole address of a link in the active language, for a mail to the person and for nowhere else."""
    return settings.SITE_URL + reverse("privacy_rights:link", args=[token])


def _works(link: OneTimeLink, token: str, at: datetime) -> bool:
    if link.failed_tries >= settings.LINK_TRIES or at >= link.expires_at:
        return False
    if not hmac.compare_digest(link.token_sha256, sha256(token)):
        return False
    again = timedelta(hours=settings.DOWNLOAD_AGAIN_HOURS if link.opens == OneTimeLink.Opens.ARCHIVE else 0)
    return link.used_at is None or at < link.used_at + again


def _make(request: DataRequest, opens: str, at: datetime) -> OneTimeLink:
    nonce = secrets.token_hex(32)
    return _keep(request, opens, made_of(_JOB, nonce), at + timedelta(hours=settings.LINK_HOURS), nonce=nonce)


def _keep(request: DataRequest, opens: str, token: str, expires_at: datetime, *, nonce: str = "") -> OneTimeLink:
    return OneTimeLink.objects.create(
        request=request,
        opens=opens,
        nonce=nonce,
        selector=token[:SELECTOR_LENGTH],
        token_sha256=sha256(token),
        expires_at=expires_at,
    )


def forget_links(*, at: datetime) -> int:
    """Delete links that are over; return how many went. A used one is kept until its time, so that a second use is known."""
    over = OneTimeLink.objects.filter(expires_at__lte=at - timedelta(days=1))
    return over._raw_delete(over.db)
