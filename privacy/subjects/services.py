"""The verbs on people: `touch` when they are in contact, `erase` when they go."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction

from privacy.immutable import erasing

from . import ledger
from .emails import normalise_email
from .models import DataSubject
from .registry import registry


def touch(*, email: str, at: datetime, is_contact: bool = True) -> DataSubject:
    """Find or make the person with this address and move their last contact to `at`, never back.

    One statement, so that two forms sent at once, or a form and an expiry run, cannot get between a look and a write.

    Args:
        email: address as typed.
        at: time of the contact (aware).
        is_contact: whether it counts as one; if not, somebody who is known already keeps the clock they had.
    """
    table = connection.ops.quote_name(DataSubject._meta.db_table)
    return DataSubject.objects.raw(
        f"""
        INSERT INTO {table} AS known (email, created_at, last_contact_at, hold_reason)
        VALUES (%(email)s, %(at)s, %(at)s, '')
        ON CONFLICT (email) DO UPDATE
            SET last_contact_at = greatest(known.last_contact_at, %(contact)s::timestamptz)
        RETURNING *
        """,  # noqa: S608 (the only part put in is our own table's name)
        # PostgreSQL's greatest() passes over what is NULL.
        {"email": normalise_email(email), "at": at, "contact": at if is_contact else None},
    )[0]


def find(email: str) -> DataSubject | None:
    """Return the person with this address, however it is spelled, or None."""
    return DataSubject.objects.filter(email=normalise_email(email)).first()


@dataclass(frozen=True, kw_only=True)
class Retained:
    """What stays after an erasure, and why.

    Args:
        source: key of the source.
        reason: the law or claim that requires it (art. 17(3)).
        until: the date on which it goes after all.
    """

    source: str
    reason: str
    until: date


@dataclass(kw_only=True)
class Erasure:
    """What one call of `erase` did.

    Args:
        people: how many people were erased.
        by_source: rows deleted per source.
        retained: what stays, per source.
        lines: the ledger's lines.
    """

    people: int
    by_source: dict[str, int] = field(default_factory=dict)
    retained: list[Retained] = field(default_factory=list)
    lines: list[ledger.Line] = field(default_factory=list)


def erase(
    people: Sequence[DataSubject],
    *,
    reason: str,
    at: datetime,
    run: int | None = None,
    sources: Sequence[str] | None = None,
) -> Erasure:
    """Delete everything held about these people from every source (art. 17; art. 5(1)(e) for expiry).

    The one verb behind expiry, requests and withdrawal. All or nothing: a source that fails, or a ledger that cannot
    be written, leaves everybody as they were.

    Args:
        people: the people; the caller holds their row locks where others may touch them.
        reason: why, without personal data; it stands in the ledger.
        at: time of erasure (aware).
        run: number of the expiry run, if one asked.
        sources: keys of what goes, where something else must stay (a consent was withdrawn, art. 17(1)(b)); everything when
            None.

    Returns:
        What went and what stays.

    Raises:
        ValueError: the reason names the person.
        OSError: the ledger cannot be written.
    """
    emails = [person.email for person in people]
    if _names_somebody(reason, emails):
        raise ValueError("The reason stands in the ledger for years and must not name the person.")
    ids = [person.pk for person in people]
    result = Erasure(people=len(ids))
    with transaction.atomic():
        with erasing():
            for source in registry.in_order():
                if sources is None or source.key in sources:
                    result.by_source[source.key] = source.erase(ids)
        # Last before the commit: see the ledger's own principle.
        result.lines = ledger.append(emails, at=at, reason=reason, run=run, sources=sources)
    return result


def _names_somebody(reason: str, emails: Sequence[str]) -> bool:
    """Say whether one of the addresses (normalised) stands in `reason`, however it is spelled there."""
    words = {normalise_email(word.strip(".,:;()<>[]'\"")) for word in reason.split()}
    return any(email in words or email in reason.lower() for email in emails)
