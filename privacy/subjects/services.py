"""The verbs on people: `touch` when they are in contact, `erase` when they go; and who they are: `find`, `locked_person`."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.immutable import erasing

from . import ledger, mentions, position
from .addresses import known_addresses
from .contact import Contact
from .emails import normalise_email
from .models import DataSubject, DataSubjectQuerySet, ErasedInYear
from .registry import Source, among, array, registry

logger = logging.getLogger(__name__)


def touch(*, email: str, at: datetime, contact: Contact | None, now: datetime | None = None) -> DataSubject:
    """Find or make the person with this address and move their last contact to `at`, never back.

    One statement, so that two forms sent at once, or a form and an expiry run, cannot get between a look and a write.

    Args:
        email: address as typed.
        at: time of the contact (aware).
        contact: as what it counts; as nothing when None, and then somebody who is known already keeps the clock they had.
        now: when it is taken down (aware), where that is later; since then somebody new is known.
    """
    table = connection.ops.quote_name(DataSubject._meta.db_table)
    return DataSubject.objects.raw(
        f"""
        INSERT INTO {table} AS known (email, created_at, last_contact_at, hold_reason)
        VALUES (%(email)s, %(now)s, %(at)s, '')
        ON CONFLICT (email) DO UPDATE
            SET last_contact_at = greatest(known.last_contact_at, %(contact)s::timestamptz)
        RETURNING *
        """,  # noqa: S608 (the only part put in is our own table's name)
        # PostgreSQL's greatest() passes over what is NULL.
        {"email": normalise_email(email), "at": at, "contact": at if contact else None, "now": now or at},
    )[0]


def keep(person: DataSubject, *, restricted: bool, until: datetime | None, reason: str, at: datetime) -> None:
    """Put or end a restriction (art. 18) and a hold (art. 17(3)(e)); nothing else about the person is touched.

    Args:
        person: the person; one who was erased meanwhile stays erased.
        restricted: whether use and erasure stop, until this is lifted.
        until: end of the hold (aware); None for no hold.
        reason: why there is a hold; empty without one.
        at: now (aware).
    """
    since = (person.restricted_at or at) if restricted else None
    DataSubject.objects.filter(pk=person.pk).update(restricted_at=since, hold_until=until, hold_reason=reason)


def locked_person(person: DataSubject) -> DataSubject:
    """Return a person as they are now, which may be newer than what the caller holds, locked until the transaction ends.

    Raises:
        DataSubject.DoesNotExist: they were erased meanwhile.
    """
    return DataSubject.objects.select_for_update(no_key=True).get(pk=person.pk)


def find(email: str) -> DataSubject | None:
    """Return the person with this address, however it is spelled, or None."""
    return DataSubject.objects.filter(email=normalise_email(email)).first()


@dataclass(frozen=True)
class Retained:
    """What stays after an erasure, and why.

    Args:
        source: key of the source, or name of the model that is none.
        label: what it is, in the active language.
        reason: the law or claim that requires it (art. 17(3)).
        until: the date on which it goes after all.
    """

    source: str
    label: str
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


@transaction.atomic
def erase(
    people: Sequence[DataSubject],
    *,
    reason: str,
    at: datetime,
    run: int | None = None,
    sources: Sequence[str] | None = None,
    counted: bool = True,
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
        counted: whether they are among the people who were erased this year, if everything goes.

    Returns:
        What went and what stays.

    Raises:
        ValueError: the reason names the person.
        OSError: the ledger cannot be written.
    """
    ids = [person.pk for person in people]
    if _names_somebody(reason, [email for _pk, email in known_addresses(ids)]):
        raise ValueError("The reason stands in the ledger for years and must not name the person.")
    return erase_all(DataSubject.objects.all(), ids, reason=reason, at=at, run=run, sources=sources, counted=counted)


def erase_all(
    people: DataSubjectQuerySet,
    ids: Sequence[int],
    *,
    reason: str,
    at: datetime,
    run: int | None = None,
    sources: Sequence[str] | None = None,
    counted: bool = True,
) -> Erasure:
    """Do what `erase` does, for many: a few statements, however many people and sources there are.

    To be called inside a transaction, which the caller undoes when this fails.

    Args:
        people: who may be erased; asked once, so that its conditions are looked at under the caller's locks.
        ids: keys of the people, of whom the caller holds the row locks.
        reason: one that is known to name nobody.
        at: time of erasure (aware).
        run: number of the expiry run, if one asked.
        sources: keys of what goes; everything when None.
        counted: as for `erase`.

    Raises:
        OSError: the ledger cannot be written.
    """
    chosen = [source for source in registry.in_order() if sources is None or source.key in sources]
    found = _look(people, ids, chosen)
    ids = [pk for alike in found for pk in alike.ids]
    result = Erasure(people=len(ids), by_source=dict.fromkeys((source.key for source in chosen), 0))
    if not found:
        return result
    for alike in found:
        for key, rows in alike.rows.items():
            result.by_source[key] += rows * len(alike.ids)
    named = mentions.find(ids) if sources is None else None
    if len(ids) <= mentions.FEW and sources is None:
        # Of many nobody is told one by one; what stays of them is the same.
        result.retained += _stays(chosen, ids)
    with erasing():
        for source in chosen:
            if sources is not None or not source.goes_with_person:
                result.by_source[source.key] = source.erase(ids)
            else:
                source.doom_files(ids)
        if sources is None:
            _delete(ids)
            if named:
                result.retained += _still_named(mentions.scrub(named), at)
    # Last before the commit: see the ledger's own principle.
    result.lines = ledger.append(
        [email for alike in found for email in alike.emails],
        at=at,
        reason=reason,
        run=run,
        counts=[alike.rows for alike in found for _ in alike.ids],
        sources=sources,
        next_number=position.next_number,
    )
    if sources is None and counted:
        # Not before the ledger: whoever else erases waits for the row until the commit.
        _count(len(ids), at)
    return result


def _count(people: int, at: datetime) -> None:
    """Add people to those erased in the year that it was then on the site's own clock."""
    table = connection.ops.quote_name(ErasedInYear._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} AS known (year, people) VALUES (%s, %s)
            ON CONFLICT (year) DO UPDATE SET people = known.people + excluded.people
            """,  # noqa: S608 (our own table's name)
            [timezone.localdate(at).year, people],
        )


class _Alike(NamedTuple):
    """People of whom every source has as many rows; most of a batch are.

    Args:
        ids: their keys.
        emails: their addresses, in the same order.
        rows: rows per source of each of them, where there are any.
    """

    ids: list[int]
    emails: list[str]
    rows: Mapping[str, int]


def _look(people: DataSubjectQuerySet, ids: Sequence[int], sources: Sequence[Source]) -> list[_Alike]:
    """Return key, address and rows per source of each of these people; in one statement, grouped per table."""
    columns, joins = [], []
    parameters: list[Any] = []
    for number, source in enumerate(sources):
        if source.model is not DataSubject:
            query, values = source.rows_per_person(ids).query.sql_with_params()
            columns.append(f"count_{number}.rows")
            joins.append(f"LEFT JOIN ({query}) AS count_{number} ON count_{number}.person = who.pk")
            parameters += values
        else:
            columns.append("1")
    who, values = people.filter(among("pk", ids)).values_list("pk", "email").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            # Of the parts that are put in, each is a query of the ORM's own making.
            f"SELECT array_agg(who.pk), array_agg(who.email), {', '.join(columns)} FROM ({who}) AS who {' '.join(joins)}"  # noqa: S608
            f" GROUP BY {', '.join(str(column) for column in range(3, 3 + len(columns)))}",
            [*values, *parameters],
        )
        found = cursor.fetchall()
    keys = [source.key for source in sources]
    return [
        _Alike(alike, emails, {key: count for key, count in zip(keys, counts, strict=True) if count})
        for alike, emails, *counts in found
    ]


def _stays(sources: Sequence[Source], ids: Sequence[int]) -> Iterator[Retained]:
    known = [email for _pk, email in known_addresses(ids)]
    for source in sources:
        yield from (Retained(source.key, str(source.label), *stay) for stay in source.stays(known))


def _still_named(left: Mapping[type[Model], Sequence[str]], at: datetime) -> list[Retained]:
    """Return the company's own texts that name somebody who was erased: an editor decides, in the term of an answer."""
    until = timezone.localdate(at) + timedelta(days=settings.ANSWER_WITHIN_DAYS)
    kept = []
    for model, keys in left.items():
        where = ", ".join(f"{model._meta.verbose_name} #{key}" for key in keys)
        # Numbers only: what an administrator or officer needs to find them.
        logger.warning("Somebody who was erased is still named in %s %s.", model._meta.label, ", ".join(keys))
        kept.append(
            Retained(
                source=model._meta.label_lower,
                label=str(model._meta.verbose_name),
                reason=_("Genoemd in een eigen tekst van de site (%(where)s); de redactie haalt dat eruit.") % {"where": where},
                until=until,
            )
        )
    return kept


def _delete(ids: Sequence[int]) -> None:
    """Delete these people; what hangs on them goes along (see `cascade.py`)."""
    table = connection.ops.quote_name(DataSubject._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = ANY (%s::bigint[])", [array(ids)])  # noqa: S608 (our own table's name)


def _names_somebody(reason: str, emails: Sequence[str]) -> bool:
    """Say whether one of the addresses (normalised) stands in `reason`, however it is spelled there."""
    words = {normalise_email(word.strip(".,:;()<>[]'\"")) for word in reason.split()}
    return any(email in words or email in reason.lower() for email in emails)
