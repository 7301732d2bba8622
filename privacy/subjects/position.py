"""How far the ledger is, as the database knows it: the two apart are how a restored backup is noticed (law.md D5).

A sequence and not a row: it is not undone with a transaction, and nobody waits for it. So in ordinary life the database is
never behind the ledger, not even for a moment; only one that was put back from a backup is.
"""

from django.db import connection
from django.db.migrations.operations import RunSQL

from . import ledger

_SEQUENCE = "privacy_subjects_ledger_number"


def create_sequence() -> RunSQL:
    """Return the migration operation that makes the counter."""
    return RunSQL(f"CREATE SEQUENCE {_SEQUENCE}", f"DROP SEQUENCE {_SEQUENCE}")


def next_number() -> int:
    """Return the number for the next batch of lines."""
    return _ask("SELECT nextval(%s)")


def ledger_is_ahead() -> bool:
    """Say whether the ledger knows erasures that this database does not: it was restored and must be replayed."""
    return ledger.newest_number() > _ask("SELECT COALESCE(pg_sequence_last_value(%s::regclass), 0)")


def catch_up() -> None:
    """Write down that everything in the ledger was replayed."""
    if newest := ledger.newest_number():
        _ask("SELECT setval(%s, greatest(%s, nextval(%s)))", _SEQUENCE, newest, _SEQUENCE)


def _ask(query: str, *parameters: str | int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or [_SEQUENCE])
        (answer,) = cursor.fetchone()
    return int(answer)
