"""Tables whose rows are proof: PostgreSQL itself refuses to change them, whoever asks.

A rule in Python would bind only the code that goes through it; a trigger also stops `QuerySet.update()`, a shell and a
person with a database client. Rows of proof about a person must still go when that person is erased: `erasing()` opens
that one door, for the running transaction only.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations.operations import RunSQL

_SETTING = "privacy.erasing"


def refuse_changes(table: str, *, erasable: bool) -> RunSQL:
    """Return the migration operation that makes the rows of `table` unchangeable.

    Args:
        table: name of the table.
        erasable: whether rows may be deleted inside `erasing()`; if not, they can never be deleted.
    """
    allowed = f"TG_OP = 'DELETE' AND current_setting('{_SETTING}', true) = 'on'" if erasable else "false"
    # Per statement, not per row: the test costs the same for one row and for half a million.
    return RunSQL(
        sql=f"""
            CREATE FUNCTION {table}_refuse_changes() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF {allowed} THEN
                    RETURN NULL;
                END IF;
                RAISE EXCEPTION 'rows of {table} are proof: % is refused', TG_OP
                    USING ERRCODE = 'integrity_constraint_violation';
            END $$;
            CREATE TRIGGER {table}_refuse_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse_changes();
        """,
        reverse_sql=f"""
            DROP TRIGGER {table}_refuse_changes ON {table};
            DROP FUNCTION {table}_refuse_changes();
        """,
    )


@contextmanager
def erasing() -> Iterator[None]:
    """Allow the deletion of erasable proof until the end of the block; to be used inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [_SETTING])
        yield
        cursor.execute("SELECT set_config(%s, 'off', true)", [_SETTING])
