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
    numbers = [kind, key % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", numbers)
        (mine,) = cursor.fetchone()
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s::int, %s::int)", numbers)
