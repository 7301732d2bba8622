"""The archive of one person, beside the fastest way to get the same rows out of the database."""

import tempfile

from django.db import connection

from privacy.rights.delivery import build_export
from privacy.subjects.services import find


def build(email: str) -> None:
    """Write the archive to a temporary file."""
    with tempfile.TemporaryFile("w+b") as out:
        assert build_export(email=email, out=out).records


def copy(email: str) -> None:
    """Copy the person's messages out, and do nothing with them."""
    person = find(email)
    assert person is not None
    connection.ensure_connection()
    query = f"COPY (SELECT * FROM contact_submission WHERE subject_id = {person.pk}) TO STDOUT"  # noqa: S608 (a number)
    with connection.connection.cursor().copy(query) as rows:
        for _row in rows:
            pass
