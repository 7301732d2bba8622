"""The demo site as a photograph: built once in a test run, put back for every test after that in a fraction of the time."""

from collections.abc import Callable

from django.db import connection, transaction
from psycopg import sql

_COLUMNS = """
    SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
    GROUP BY table_name
"""
_NUMBERS = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


class Snapshot:
    """What a builder adds to the database that migrations left; a test's own changes must not have begun."""

    def __init__(self) -> None:
        self._columns: dict[str, list[str]] = {}
        self._rows: dict[str, bytes] = {}
        self._numbers: list[tuple[str, int]] = []

    def restore(self, build: Callable[[], object]) -> None:
        """Put the photograph back; the first time, let `build` work and take it."""
        with transaction.atomic():
            if self._rows:
                self._put_back()
            else:
                self._take(build)

    def _take(self, build: Callable[[], object]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_COLUMNS)
            self._columns = dict(cursor.fetchall())
            before = self._contents()
            build()
            self._rows = {table: rows for table, rows in self._contents().items() if rows != before[table]}
            cursor.execute(_NUMBERS)
            self._numbers = cursor.fetchall()

    def _contents(self) -> dict[str, bytes]:
        contents = {}
        with connection.connection.cursor() as cursor:
            for table in self._columns:
                with cursor.copy(self._statement("COPY {table} ({columns}) TO STDOUT", table)) as copy:
                    contents[table] = b"".join(copy)
        return contents

    def _put_back(self) -> None:
        with connection.connection.cursor() as cursor:
            # Without triggers: those that keep references whole would ask for an order, those that keep proof would refuse.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table, rows in self._rows.items():
                cursor.execute(self._statement("DELETE FROM {table}", table))
                with cursor.copy(self._statement("COPY {table} ({columns}) FROM STDIN", table)) as copy:
                    copy.write(rows)
            cursor.execute("SET LOCAL session_replication_role = origin")
            cursor.executemany("SELECT setval(%s::regclass, %s)", self._numbers)

    def _statement(self, template: str, table: str) -> sql.Composed:
        columns = sql.SQL(", ").join(map(sql.Identifier, self._columns[table]))
        return sql.SQL(template).format(table=sql.Identifier(table), columns=columns)
