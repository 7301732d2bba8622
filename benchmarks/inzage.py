"""The archive of one person, beside the fastest way to get the same rows out of the database.

`python -m benchmarks.inzage EMAIL` makes one in the database of `DATABASE_URL`, sealed, and prints how much memory a process
that does nothing else had before and at most (MiB).
"""

import subprocess
import sys
import tempfile

import django

from benchmarks.memory import most_memory

if __name__ == "__main__":
    django.setup()

from django.db import connection

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
