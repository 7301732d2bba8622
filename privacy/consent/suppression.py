"""Addresses that objected to direct marketing: no mailing goes there, whatever is on record (21(2)-(3), law.md B12)."""

from datetime import datetime

from privacy.keys import keyed_hash
from privacy.subjects.emails import normalise_email

from .models import Suppression


def address_hash(email: str) -> str:
    """Return the keyed hash under which the list knows an address, however it is spelled."""
    return keyed_hash("consent.suppression", normalise_email(email))


def suppress(email: str, *, at: datetime) -> None:
    """Put an address on the list, or move it to `at` (aware), never back: the last objection counts, also of two at once."""
    suppress_hash(address_hash(email), at=at)


def suppress_hash(address: str, *, at: datetime) -> None:
    """Do what `suppress` does, for an address that is known by its keyed hash alone."""
    row, is_new = Suppression.objects.get_or_create(address_hash=address, defaults={"at": at})
    if not is_new:
        Suppression.objects.filter(pk=row.pk, at__lt=at).update(at=at)


def is_suppressed(email: str, *, since: datetime) -> bool:
    """Say whether the holder of this address objected at `since` (aware) or later; what they agree to after that counts."""
    return Suppression.objects.filter(address_hash=address_hash(email), at__gte=since).exists()
