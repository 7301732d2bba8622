"""What a test with real transactions did is gone after it."""

import psycopg
import pytest
from config.embedded import Servers
from django.db import connection

from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from tests.databases import Databases
from tests.factories import DataSubjectFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

_TRIGGERS = "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"


def asked(statement: str) -> list[tuple[object, ...]]:
    """Return what the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def test_rows_and_the_keys_of_the_next(databases: Databases) -> None:
    """Those of proof too, which nobody may change."""
    first = DataSubjectFactory.create().pk
    asked("SET session_replication_role = replica")
    asked("UPDATE privacy_statement_statementversion SET change_note = 'Veranderd.'")
    databases.put_back()
    assert not DataSubject.objects.exists()
    assert StatementVersion.objects.get().change_note != "Veranderd."
    assert DataSubjectFactory.create().pk == first


def test_a_server_that_is_killed_right_after(databases: Databases, servers: Servers) -> None:
    """By the next test, say, which uses the other of the two."""
    asked("SET synchronous_commit = on")
    DataSubjectFactory.create()
    databases.put_back()
    servers.ask("kill", "postgres")
    servers.ask("start", "postgres")
    connection.close()
    assert not DataSubject.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE privacy_statement_statementversion DISABLE TRIGGER USER",
        "ALTER TABLE privacy_subjects_datasubject ADD COLUMN more text",
        "DROP TABLE privacy_statement_statementversion CASCADE",
        "CREATE TABLE more (id int)",
    ],
)
def test_tables_themselves(databases: Databases, change: str) -> None:
    before = asked(_TRIGGERS)
    asked(change)
    databases.put_back()
    assert asked(_TRIGGERS) == before
    assert asked("SELECT to_regclass('more') IS NULL") == [(True,)]
    assert StatementVersion.objects.count() == 1
    assert not DataSubject.objects.exists()


def test_whoever_is_left_holds_nothing_up(databases: Databases) -> None:
    """A worker that hangs, a thread that still writes."""
    asked("SELECT 1")
    with psycopg.connect(connection.connection.info.dsn) as left:
        left.execute("UPDATE wagtailcore_page SET title = 'Van een ander'")
        databases.put_back()
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")
    assert asked("SELECT count(*) FROM wagtailcore_page WHERE title = 'Van een ander'") == [(0,)]
