"""Erasing again whoever a restored backup brought back (invariant 5; law.md D5).

Ledger and people meet in two temporary tables, so that memory stays flat whatever their number: the addresses of people can
only be hashed here, and are, a chunk at a time. Who changed their address after the backup is looked for under the later ones
too (`moves`).
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Greatest
from django.utils import timezone

from . import ledger, position
from .models import DataSubject
from .moves import Moves
from .registry import among, registry
from .services import erase_all

logger = logging.getLogger(__name__)

_CHUNK = 10_000

_others: list[Callable[[Moves], None]] = []


def also(replay: Callable[[Moves], None]) -> None:
    """Have a room above replay its own lines of the ledger (`ledger.append_to`) whenever erasures are.

    Args:
        replay: does it, given who left which address for which; may run twice, and may be killed.
    """
    _others.append(replay)


@dataclass(kw_only=True)
class Replay:
    """What a replay did.

    Args:
        checked: people looked at.
        re_erased: people who were in the ledger and are gone again.
    """

    checked: int = 0
    re_erased: int = 0


def replay_if_needed(**kwargs: Any) -> Replay | None:
    """Replay when the ledger is ahead of this database; what a start and a `migrate` do before anything else.

    Args:
        **kwargs: what the signal `post_migrate` passes; not used.

    Returns:
        What was done; None when there was no need.
    """
    if not position.ledger_is_ahead():
        return None
    logger.warning("The erasure ledger is ahead of the database: it was restored from a backup. Replaying.")
    return replay_erasures(at=timezone.now())


def replay_erasures(*, at: datetime) -> Replay:
    """Erase everybody whom the ledger says was erased and who has not been in contact since.

    Where only some sources were erased (a consent was withdrawn), only those are erased again. May run twice: the second
    time there is nobody left to find. May be killed: the site stays closed until a replay has come to its end.

    Args:
        at: now (aware).

    Returns:
        How many people were looked at, and how many erased.
    """
    moves = Moves()
    for replay in _others:
        replay(moves)
    result = Replay()
    with connection.cursor() as cursor:
        for table in (
            "replay_gone (subject text, sources text, at timestamptz)",
            "replay_people (id bigint, subject text, since timestamptz, until timestamptz)",
        ):
            cursor.execute(f"DROP TABLE IF EXISTS {table.split()[0]}")
            cursor.execute(f"CREATE TEMPORARY TABLE {table}")
        _fill(
            "replay_gone",
            ((line.subject, sources, line.at.isoformat()) for line in ledger.read() for sources in _again(line.sources)),
        )
        for chunk in _people():
            result.checked += len(chunk)
            _fill(
                "replay_people",
                (
                    (pk, span.hash, span.since.isoformat(), span.until.isoformat())
                    for pk, email, last_heard in chunk
                    for span in moves.spans(ledger.pseudonym(email), at=last_heard)
                ),
            )
        # A contact after the erasure is a new beginning, and so is one of before that was taken down after it.
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE replay_back AS
            SELECT DISTINCT id, gone.sources FROM replay_people AS known JOIN {DataSubject._meta.db_table} AS who USING (id)
            JOIN replay_gone AS gone USING (subject)
            WHERE greatest(who.last_contact_at, who.created_at) <= gone.at AND gone.at >= known.since AND gone.at < known.until
            """  # noqa: S608 (our own table)
        )
        cursor.execute("SELECT DISTINCT sources FROM replay_back ORDER BY sources")
        for (sources,) in cursor.fetchall():
            while erased := _erase_again(sources, at):
                result.re_erased += erased[1]
        cursor.execute("DROP TABLE replay_back, replay_people, replay_gone")
    position.catch_up()
    logger.info("Erasure ledger replayed: %s people looked at, %s erased again.", result.checked, result.re_erased)
    return result


def _again(sources: Sequence[str] | None) -> Iterator[str]:
    """Yield what is erased again of what a line names, "" for everything; nothing when there is nothing.

    Rows that are kept for another purpose than they were given for move nobody's clock, so that nobody can tell whether they
    came after the line. They go again with the consent that they were given for, which has lines of its own.
    """
    if not sources:
        yield ""
    elif left := [key for key in sources if key not in registry.sources or not registry.sources[key].given_for]:
        yield ",".join(left)


def _people() -> Iterator[list[tuple[int, str, datetime]]]:
    people = DataSubject.objects.order_by("pk").values_list("pk", "email", Greatest("last_contact_at", "created_at"))
    last = 0
    while chunk := list(people.filter(pk__gt=last)[:_CHUNK]):
        yield chunk
        last = chunk[-1][0]


def _fill(table: str, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


@transaction.atomic
def _erase_again(sources: str, at: datetime) -> tuple[int, int] | None:
    """Take one batch from the list and erase it; return how many were taken and erased, None when the list is empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM replay_back WHERE ctid = ANY (ARRAY(SELECT ctid FROM replay_back WHERE sources = %s LIMIT %s))"
            " RETURNING id",
            [sources, settings.RETENTION_BATCH_SIZE],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    if not ids:
        return None
    locked = list(DataSubject.objects.select_for_update().filter(among("pk", ids)).values_list("pk", flat=True))
    chosen = sources.split(",") if sources else None
    if chosen:
        # They live on; only who has something of it back is erased again, and written into the ledger again.
        back = {pk for source in registry.in_order() if source.key in chosen for pk in source.holders(locked)}
        locked = [pk for pk in locked if pk in back]
    return len(ids), erase_all(DataSubject.objects.all(), locked, reason="replayed", at=at, sources=chosen).people
