"""Records of the archive, written by the column: each as it would be alone, whatever stands in it or beside it."""

import csv
import html
import io
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from privacy.csv_guard import guarded
from privacy.rights.rendering import CSV_HEAD, Period, Words, from_records
from privacy.rights.shown import number_of
from privacy.subjects.registry import Record

#: What PostgreSQL can store; it has no NUL and no half of a surrogate pair.
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
awkward = st.text(st.sampled_from(list("=+-@\uff1d\uff20\t\r\n \u00a0\ufeff\"',;&<>ab\u202e")))
WORDS = Words(delete="weg op", version="versie", file="bestand", lost="kwijt", yes="Ja", no="Nee")


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@example([("Bericht #1", "  =1+1"), ("", "")])
@example([("\u00a0\ufeff@SUM(A1)", '"quoted" &lt;b> </dd>')])
@given(st.lists(st.tuples(texts | awkward, texts | awkward), min_size=1, max_size=4))
def test_each_record_is_written_as_if_it_were_alone(held: list[tuple[str, str]]) -> None:
    """C10, C14: nothing is lost, a spreadsheet runs nothing, a browser shows it and does no more."""
    at = datetime(2026, 11, 25, 12, tzinfo=UTC)
    records = [(Record(reference=name, at=at, values={"Vraag": text, "Akkoord": True}), []) for name, text in held]
    (written,) = from_records(records, words=WORDS, period=Period(until=None, months=1))
    assert written.records == len(held)

    found = json.loads(f"[{written.json}]")
    assert [(row["reference"], row["values"]) for row in found] == [
        (name, {"Vraag": text, "Akkoord": True}) for name, text in held
    ]
    assert {row["delete_on"] for row in found} == {"2026-12-25"}

    rows = list(csv.DictReader(io.StringIO(CSV_HEAD + written.csv, newline="")))
    assert [(row["reference"], row["label"], row["value"]) for row in rows] == [
        (guarded(name), label, shown) for name, text in held for label, shown in (("Vraag", guarded(text)), ("Akkoord", "Ja"))
    ]

    shown = re.findall(r'<span class="soft">(.*?)</span></h3><dl><dt>Vraag</dt><dd>(.*?)</dd>', written.html, re.DOTALL)
    assert all("<" not in part and ">" not in part for pair in shown for part in pair)
    kind = held[0][0].removesuffix(number_of(held[0][0]))
    assert [(html.unescape(name), html.unescape(text)) for name, text in shown] == [
        (name.removeprefix(kind), text or "—") for name, text in held
    ]
