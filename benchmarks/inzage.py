"""The archive of one person, beside the fastest way to get the same rows out of the database.

`python -m benchmarks.inzage EMAIL` makes one in the database of `DATABASE_URL`, sealed, and prints how much memory a process
that does nothing else had before and at most (MiB).
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from statistics import median

import django

from benchmarks.memory import most_memory

if __name__ == "__main__":
    django.setup()

from django.db import connection

from benchmarks import data
from privacy.rights.delivery import build_export
from privacy.rights.sealing import new_token, seal
from privacy.subjects.services import find


def build(email: str, *, sealed: bool = False) -> None:
    """Write the archive to a temporary file, and seal it into another where that is asked."""
    with tempfile.TemporaryFile("w+b") as out, tempfile.TemporaryFile("w+b") as closed:
        assert build_export(email=email, out=out).records
        if sealed:
            out.seek(0)
            seal(out, closed, token=new_token())


def in_turns(email: str, databases: Mapping[str, str], *, rounds: int, each: int) -> Iterator[str]:
    """Make the archive of one person in one database and the other in turns; yield what it costs in each, and their proportion.

    In turns, since a machine that is busy, and a process that has done much, slow down whatever is measured last: measured one
    after the other, the same work took a fifth longer the second time. Pages and rows are counted; they depend on no clock.

    Args:
        email: of the person.
        databases: what it is called -> the database; the first is what the others are compared with.
        rounds: how often each database has its turn.
        each: archives a turn.
    """
    home = data.name()
    times: dict[str, list[float]] = {label: [] for label in databases}
    read: dict[str, tuple[int, ...]] = {}
    for turn in range(rounds):
        # Who is first changes.
        for label, name in sorted(databases.items(), reverse=bool(turn % 2)):
            _enter(name)
            build(email)  # a new connection loads the catalogue
            before = _read()
            for _ in range(each):
                begin = time.perf_counter()
                build(email)
                times[label].append(time.perf_counter() - begin)
            read[label] = tuple((after - was) // each for was, after in zip(before, _read(), strict=True))
    _enter(home)
    medians = {label: median(found) for label, found in times.items()}
    for label, seconds in medians.items():
        pages, rows = read[label]
        yield (
            f"inzage of 10 records, among {label}: median of {len(times[label])}: {seconds * 1000:.1f} ms,"
            f" fastest {min(times[label]) * 1000:.1f} ms; {pages} pages and {rows} rows read"
        )
        yield f"against the first: {seconds / next(iter(medians.values())):.2f}"


def _enter(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _read() -> tuple[int, ...]:
    """Return how many pages and rows were read in this database until now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT blks_hit + blks_read, tup_returned + tup_fetched FROM pg_stat_database WHERE datname = current_database()"
        )
        found: tuple[int, ...] = cursor.fetchone()
    return found


def copy(email: str) -> None:
    """Copy the person's messages out, and do nothing with them."""
    person = find(email)
    assert person is not None
    connection.ensure_connection()
    query = f"COPY (SELECT * FROM contact_submission WHERE subject_id = {person.pk}) TO STDOUT"  # noqa: S608 (a number)
    with connection.connection.cursor().copy(query) as rows:
        for _row in rows:
            pass


def memory(email: str) -> str:
    """Return the memory of a process of its own before and after."""
    command = [sys.executable, "-m", "benchmarks.inzage", email]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    connection.ensure_connection()
    before = most_memory()
    build(sys.argv[1], sealed=True)
    print(f"{before:.0f} -> {most_memory():.0f} MiB")
