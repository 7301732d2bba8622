"""Making others wait at a point of our choice: a lock of the database, held until the test has looked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from config.testing import wait_until
from django.db import connection

from privacy.subjects.models import DataSubject


@contextmanager
def holding(query: str) -> Iterator[None]:
    """Hold what a statement locks, on a connection of its own, until the end of the block."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(query)
        yield
    finally:
        other.rollback()
        other.close()


def wait_for_waiting(count: int = 1) -> None:
    """Return once so many others wait for a lock in this database."""
    wait_until(lambda: sum(_others()) >= count)


def wait_for_nobody() -> None:
    """Return once PostgreSQL has undone what killed processes began, and let go of their locks."""
    wait_until(lambda: not _others())


def at_once(person: DataSubject, *acts: Callable[[], object]) -> list[object]:
    """Do all of it while the person's row is locked by somebody else, then let go; return what came of each."""
    return at_once_behind(f"SELECT FROM privacy_subjects_datasubject WHERE id = {person.pk} FOR UPDATE", *acts)


def at_once_behind(query: str, *acts: Callable[[], object]) -> list[object]:
    """Do all of it while somebody else holds what a statement locks, then let go; return what came of each."""
    outcomes: list[object] = []

    def run(act: Callable[[], object]) -> None:
        try:
            outcomes.append(act())
        except Exception as error:  # noqa: BLE001 (whatever it is, the test looks at it)
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    with holding(query):
        for count, thread in enumerate(threads, 1):
            thread.start()
            wait_for_waiting(count)
    for thread in threads:
        thread.join()
    return outcomes


def _others() -> list[bool]:
    """Return of every other connection to this database whether it waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wait_event_type IS NOT DISTINCT FROM 'Lock' FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [waits for (waits,) in cursor.fetchall()]
