"""Cells for spreadsheets: guarded by Python and by PostgreSQL alike, and read back as they were."""

import csv
import io

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from privacy.csv_guard import guarded, guarded_sql

#: What PostgreSQL can store; it has no NUL and no half of a surrogate pair.
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
awkward = st.text(st.sampled_from(list("=+-@\t\r\n \u00a0\ufeff\"',;ab")))


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@example("  =1+1")
@example("\u00a0\ufeff@SUM(A1)")
@example('"quoted"')
@given(texts | awkward)
def test_the_database_guards_as_python_does(text: str) -> None:
    """C10, C14: what is written set-wise is as harmless as what is written cell by cell."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {guarded_sql('value')} FROM (SELECT %s::text AS value) AS row", [text])  # noqa: S608
        (cell,) = cursor.fetchone()
    assert next(csv.reader(io.StringIO(cell, newline=""))) == [guarded(text)]


@given(texts | awkward)
def test_what_is_guarded_is_no_formula(text: str) -> None:
    cell = guarded(text)
    assert cell.removeprefix("'") == text.removeprefix("'") or cell == text
    assert not cell.lstrip(" \u00a0\ufeff").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
