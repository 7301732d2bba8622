"""The databases of a test run: one as migrations left it, one with the demo; each beside a copy of how it was."""

import os
from collections.abc import Callable

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from psycopg import sql

_COLUMNS = """
    SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
    GROUP BY table_name
"""
_NUMBERS = """
    SELECT sequencename::text, coalesce(last_value, start_value), last_value IS NOT NULL
    FROM pg_sequences WHERE schemaname = 'public'
"""
_COUNT_FROM = (
    "SELECT setval(name::regclass, number, used) FROM unnest(%s::text[], %s::bigint[], %s::bool[]) AS n (name, number, used)"
)
#: Changes with every table, index, trigger, function and constraint that is made, altered or switched off.
_SHAPE = """
    SELECT md5(string_agg(format('%s %s', id, version), ',' ORDER BY id)) FROM (
        SELECT oid, xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT oid, xmin FROM pg_trigger
        UNION ALL SELECT oid, xmin FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT oid, xmin FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    ) AS parts (id, version)
"""
#: Whoever is left of the test; each is waited for.
_SEND_AWAY = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


class Photograph:
    """What is in the database in use, and the shape of it."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_COLUMNS)
            self._columns: dict[str, list[str]] = dict(cursor.fetchall())
            cursor.execute(_NUMBERS)
            self._numbers = [list(column) for column in zip(*cursor.fetchall(), strict=True)]
        self._shape = self._shape_now()
        self._rows = {table: self._rows_now(table) for table in self._columns}

    def count_anew(self) -> None:
        """Have each table give the same keys as in every other test: a test that rolls back has counted all the same."""
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_FROM, self._numbers)

    @transaction.atomic
    def put_back(self) -> bool:
        """Put the rows of the tables that changed back; return False when the tables themselves have changed."""
        if self._shape_now() != self._shape:
            return False
        with connection.connection.cursor() as cursor:
            # Without triggers: those that keep references whole would ask for an order, those that keep proof would refuse.
            cursor.execute("SET LOCAL session_replication_role = replica")
            # The server of the tests need not write down a commit at once; the next test may kill it.
            cursor.execute("SET LOCAL synchronous_commit = on")
            for table, rows in self._rows.items():
                if self._rows_now(table) != rows:
                    cursor.execute(self._statement("DELETE FROM {table}", table))
                    with cursor.copy(self._statement("COPY {table} ({columns}) FROM STDIN", table)) as copy:
                        copy.write(rows)
        self.count_anew()
        return True

    def _rows_now(self, table: str) -> bytes:
        with (
            connection.connection.cursor() as cursor,
            cursor.copy(self._statement("COPY {table} ({columns}) TO STDOUT", table)) as copy,
        ):
            return b"".join(copy)

    @staticmethod
    def _shape_now() -> str:
        with connection.cursor() as cursor:
            cursor.execute(_SHAPE)
            return str(cursor.fetchone()[0])

    def _statement(self, template: str, table: str) -> sql.Composed:
        columns = sql.SQL(", ").join(map(sql.Identifier, self._columns[table]))
        return sql.SQL(template).format(table=sql.Identifier(table), columns=columns)


class Databases:
    """Two databases between which tests go back and forth, so that the demo is put in once.

    A test rolls back what it did. After one with real transactions the rows that it changed are put back, or, when it changed
    tables themselves, the whole database is copied anew, which takes ten times as long. Truncating all tables, as Django does,
    loses what migrations put there, and is refused by tables that keep proof.

    Args:
        build: makes the demo.
    """

    def __init__(self, build: Callable[[], object]) -> None:
        self._build = build
        self._plain = self._in_use()
        self._demo = f"{self._plain}_demo"
        self._photographs: dict[str, Photograph] = {}
        self._keep()

    def choose(self, *, demo: bool) -> None:
        """Have this process use one of the two; no transaction may have begun."""
        if demo and self._demo not in self._photographs:
            self._copy(_kept(self._plain), self._demo)
            self._use(self._demo)
            self._build()
            self._keep()
        self._use(self._demo if demo else self._plain)
        self._photographs[self._in_use()].count_anew()

    def put_back(self) -> None:
        """Put the one in use back as it was; what a test said on its connection goes with it."""
        name = self._in_use()
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(_SEND_AWAY)
        if not self._photographs[name].put_back():
            self._copy(_kept(name), name)
        ContentType.objects.clear_cache()

    def _keep(self) -> None:
        name = self._in_use()
        self._photographs[name] = Photograph()
        self._copy(name, _kept(name))

    def _use(self, name: str) -> None:
        # A new connection has everything to look up again, so the one that is there stays while it can.
        if self._in_use() != name:
            connection.close()
            connection.settings_dict["NAME"] = name

    @staticmethod
    def _in_use() -> str:
        return str(connection.settings_dict["NAME"])

    @staticmethod
    def _copy(source: str, target: str) -> None:
        connection.close()
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            for command in ("DROP DATABASE IF EXISTS {target} WITH (FORCE)", "CREATE DATABASE {target} TEMPLATE {source}"):
                server.execute(sql.SQL(command).format(source=sql.Identifier(source), target=sql.Identifier(target)))


def _kept(name: str) -> str:
    return f"{name}_kept"
