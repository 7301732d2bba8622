"""The chain of one person's consents: every event covers the one before, and the person's row seals the end.

What is altered, taken out, added or put in another order between the first event and the last shows in the hashes alone. The
last event is the weak spot of every chain: take it away, and what is left is whole. So the number of events and the last hash
stand in the person's own row, sealed with a key that is not in the database. Whoever deletes or rewrites events there would
have to forge the seal; and while the person's row exists, so does the claim of how many events there are. An erasure takes
the person and the events together, so nothing is left that could be incomplete. The one thing this cannot see is a whole
person put back as they were: for that there are the receipts in people's own mailboxes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models.sql import InsertQuery

from privacy.keys import keyed_hash
from privacy.snapshots import snapshot
from privacy.statement.facts import canonical, sha256
from privacy.statement.models import texts_of
from privacy.subjects.models import DataSubject

from .models import ConsentEvent


def append(person: DataSubject, events: Sequence[ConsentEvent]) -> list[ConsentEvent]:
    """Store `events` at the end of the person's chain, in this order, and seal it anew; one statement.

    Args:
        person: from `subjects.services.locked_person`, in the same transaction, so that one chain has one writer.
        events: new events, without number and hashes.
    """
    if not events:
        return []
    for event in events:
        event.subject = person
        event.number = person.consent_count + 1
        event.previous_sha256 = person.consent_head
        event.wording_sha256 = sha256(event.wording)
        event.sha256 = event_hash(event)
        person.consent_count, person.consent_head = event.number, event.sha256
    person.consent_seal = seal(person)
    return _stored(person, list(events))


def _stored(person: DataSubject, events: list[ConsentEvent]) -> list[ConsentEvent]:
    """Write events and seal in one round trip: both are part of every message that a visitor waits for."""
    key = ConsentEvent._meta.pk
    insert = InsertQuery(ConsentEvent)
    insert.insert_values([field for field in ConsentEvent._meta.concrete_fields if field is not key], [*events])
    compiler = insert.get_compiler(connection=connection)
    compiler.returning_fields = [key]
    [(statement, values)] = compiler.as_sql()
    table = connection.ops.quote_name(DataSubject._meta.db_table)
    seal_it = f"UPDATE {table} SET consent_count = %s, consent_head = %s, consent_seal = %s WHERE id = %s"  # noqa: S608 (our own table)
    sealed: list[Any] = [person.consent_count, person.consent_head, person.consent_seal, person.pk]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH sealed AS ({seal_it}) {statement}", [*sealed, *values])
        for event, (pk,) in zip(events, cursor.fetchall(), strict=True):
            event.pk = pk
            event._state.adding = False
    return events


def event_hash(event: ConsentEvent) -> str:
    """Return the hash over everything an event says, the statement it names (by that one's hash), and the event before."""
    return sha256(
        canonical(
            {
                "subject": event.subject_id,
                "number": event.number,
                "purpose": event.purpose,
                "action": event.action,
                "wording_sha256": event.wording_sha256,
                "version_sha256": event.version.sha256,
                "language": event.language,
                "page": event.page_id,
                "revision": event.revision_id,
                "method": event.method,
                "place": event.place,
                "at": _utc(event.at),
                "confirmed_at": _utc(event.confirmed_at) if event.confirmed_at else None,
                "previous_sha256": event.previous_sha256,
            }
        )
    )


def seal(person: DataSubject) -> str:
    """Return the keyed hash over the end of a person's chain; empty while there is no chain."""
    if not person.consent_count:
        return ""
    return keyed_hash("consent.chain", f"{person.pk}:{person.consent_count}:{person.consent_head}")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, kw_only=True)
class Broken:
    """One thing that does not hold.

    Args:
        person: reference of the person.
        event: reference of the event, None when it is the end of the chain.
        number: place in the chain where it was found.
        what: "missing" (an event is gone, or the order changed), "wording", "previous", "content", or "end" (the chain is
            shorter, longer or other than its seal).
    """

    person: str
    event: str | None
    number: int
    what: str


#: People per query; their events come with one more.
_BATCH = 500


def broken_links() -> Iterator[Broken]:
    """Yield what does not hold, person by person; nothing when every chain is as it was written."""
    last = 0
    while found := _next_chains(last):
        last = found[-1][0].pk
        for person, events in found:
            yield from _broken(person, events)


def _next_chains(after: int) -> list[tuple[DataSubject, list[ConsentEvent]]]:
    """Return the next people with their events, as they were at one moment: people give and withdraw meanwhile."""
    with snapshot():
        people = list(DataSubject.objects.filter(pk__gt=after).order_by("pk")[:_BATCH])
        chains: dict[int, list[ConsentEvent]] = {person.pk: [] for person in people}
        if people:
            events = ConsentEvent.objects.filter(subject__gte=people[0].pk, subject__lte=people[-1].pk).order_by("number")
            # Somebody without a row has no events: the foreign key sees to that.
            for event in events.select_related("version").defer(*texts_of("version")):
                chains[event.subject_id].append(event)
    return [(person, chains[person.pk]) for person in people]


def _broken(person: DataSubject, chain: Sequence[ConsentEvent]) -> Iterator[Broken]:
    previous = ""
    for expected, event in enumerate(chain, start=1):
        checks = {
            "missing": event.number == expected,
            "wording": event.wording_sha256 == sha256(event.wording),
            "previous": event.previous_sha256 == previous,
            "content": event.sha256 == event_hash(event),
        }
        for what, holds in checks.items():
            if not holds:
                yield Broken(person=str(person), event=str(event), number=expected, what=what)
        previous = event.sha256
    if (person.consent_count, person.consent_head, person.consent_seal) != (len(chain), previous, seal(person)):
        yield Broken(person=str(person), event=None, number=len(chain) + 1, what="end")
