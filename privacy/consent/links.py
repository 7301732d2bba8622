"""The link to one person's consents: works for years, opens without login, and stands nowhere in the database.

A token is 256 bits, made of a random half in the person's row and a key that is not in the database; stored is its SHA-256.
So every mail to a person can show the same link, also one that is written anew at a second attempt, and revoking one row ends
the links in all of them. Whoever has a copy of the database can open nobody's page. Tokens are found by their SHA-256 alone:
the links in old mails outlive a change of the key, and the next mail gets a new one.
"""

import hmac
import secrets
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from privacy.keys import token as made_of
from privacy.statement.facts import sha256
from privacy.subjects.models import DataSubject

from .models import ConsentLink

#: Name of the key (`privacy.keys`).
_JOB = "consent.link"


def token_for(subject: DataSubject) -> str:
    """Return the person's token, a new one when they have none that works.

    Two at once may make two; both work, and revoking goes by row.

    Args:
        subject: the person.
    """
    link = subject.consent_links.filter(revoked_at=None).order_by("-pk").first()
    if link and hmac.compare_digest(sha256(token := made_of(_JOB, link.nonce)), link.token_sha256):
        return token
    nonce = secrets.token_hex(32)
    token = made_of(_JOB, nonce)
    ConsentLink.objects.create(subject=subject, nonce=nonce, token_sha256=sha256(token), created_at=timezone.now())
    return token


def find_link(token: str) -> ConsentLink | None:
    """Return the link with this token, be it revoked or not, with its person; None when there is none."""
    return ConsentLink.objects.select_related("subject").filter(token_sha256=sha256(token)).first()


def revoke(link: ConsentLink, *, at: datetime) -> None:
    """End a link, for a mail that fell into the wrong hands; once revoked it stays so, since the first moment."""
    ConsentLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at)


def consents_url(subject: DataSubject) -> str:
    """Return the whole address of the person's page, in the active language, for a mail to them and for nowhere else."""
    return settings.SITE_URL + reverse("privacy_consent:page", args=[token_for(subject)])


def confirm_url(subject: DataSubject, purpose: str) -> str:
    """Return the whole address at which the person confirms a consent."""
    return settings.SITE_URL + reverse("privacy_consent:confirm", args=[token_for(subject), purpose])


def unsubscribe_url(subject: DataSubject, purpose: str) -> str:
    """Return the whole address at which one POST withdraws one consent (RFC 8058)."""
    return settings.SITE_URL + reverse("privacy_consent:unsubscribe", args=[token_for(subject), purpose])
