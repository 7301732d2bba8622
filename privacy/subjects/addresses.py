"""The address by which somebody is known: `readdress` when it changes, and what they were known by before (art. 16)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from . import moves
from .emails import normalise_email
from .models import DataSubject
from .registry import among, registry

#: Given a person (locked), their old address, the new one (both normalised) and when (aware): makes what a room holds follow.
Follow = Callable[[DataSubject, str, str, datetime], None]

_followers: list[Follow] = []


class Taken(Exception):
    """Somebody else is known by that address; two people are never made one (docs/decisions/0400-another-address.md)."""


def follow(change: Follow) -> None:
    """Have a room make what it holds follow whenever somebody's address changes, in the same transaction."""
    _followers.append(change)


def known_addresses(ids: Sequence[int]) -> QuerySet[DataSubject, tuple[int, str]]:
    """Return the query for key and address of these people: by which they are known, and were as far as that is still held.

    Args:
        ids: keys of the people.
    """
    now = DataSubject.objects.filter(among("pk", ids)).order_by().values_list("pk", "email")
    return now.union(*(query(ids) for query in registry.former), all=True)


@transaction.atomic
def readdress(person: DataSubject, *, email: str, at: datetime) -> str:
    """Know a person by another address from now on, wherever a field of theirs has the old one (art. 16).

    The caller has made sure that the new address is theirs. To be done last in a transaction, since it ends with the ledger.

    Args:
        person: the person; locked here, if the caller has not.
        email: the new address, however spelled.
        at: when it was proven (aware); asking was the contact, and whoever wrote that down has moved the clock.

    Returns:
        The old address.

    Raises:
        DataSubject.DoesNotExist: they were erased meanwhile.
        Taken: somebody else is known by it, since long or since a moment ago; nothing changed.
        OSError: the ledger cannot be written; nothing changed.
    """
    new = normalise_email(email)
    known = DataSubject.objects.select_for_update().get(pk=person.pk)
    old = known.email
    if new == old:
        return old
    try:
        with transaction.atomic():
            DataSubject.objects.filter(pk=known.pk).update(email=new)
    except IntegrityError as error:
        raise Taken from error
    for change in _followers:
        change(known, old, new, at)
    moves.write(old, new, at=at)
    return old
