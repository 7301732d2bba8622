"""PostgreSQL's advisory locks: something that only one process does at a time, without an open transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def only_one(kind: int, key: int = 0) -> Iterator[bool]:
    """Take the lock until the end of the block, if nobody has it; never wait.

    It is held by the connection and not by a row: it keeps nobody from changing or deleting rows, and when this process
    dies, PostgreSQL lets go of it by itself.

    Args:
        kind: what is locked; any number that nothing else uses.
        key: which one of its kind. Beyond 31 bits two keys may share a lock, which only makes one of them wait for its next
            turn.

    Yields:
        Whether this process has the lock.
    """
    with _held("pg_try_advisory_lock", "pg_advisory_unlock", kind, key) as mine:
        yield mine


@contextmanager
def together(kind: int) -> Iterator[bool]:
    """Share the lock with any number of others until the end of the block, unless somebody is `alone` with it; never wait.

    Args:
        kind: as for `only_one`.

    Yields:
        Whether this process shares it.
    """
    with _held("pg_try_advisory_lock_shared", "pg_advisory_unlock_shared", kind) as mine:
        yield mine


@contextmanager
def alone(kind: int) -> Iterator[None]:
    """Wait until all who share the lock have let go of it, and keep them out until the end of the block.

    Args:
        kind: as for `only_one`.
    """
    with _held("pg_advisory_lock", "pg_advisory_unlock", kind):
        yield


@contextmanager
def _held(take: str, give: str, kind: int, key: int = 0) -> Iterator[bool]:
    numbers = [kind, key % 2**31]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {take}(%s::int, %s::int)", numbers)
        (answer,) = cursor.fetchone()
    # The lock that waits answers nothing.
    mine = answer is not False
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {give}(%s::int, %s::int)", numbers)
