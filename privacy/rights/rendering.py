"""Records as JSON, as rows of a table, and as HTML, in one pass.

Somebody may have a hundred thousand records. PostgreSQL, which has them at hand, makes the JSON and every value as people read
it; Python, meanwhile, the table and the letter of the records before, by the column: what would be thousands of calls per
batch is a handful. There is one such query for all sources: those that are no plain query send it what they collected.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice, repeat
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.html import escape
from psycopg import sql

from privacy.csv_guard import guarded
from privacy.subjects.registry import Record

from .ahead import read_ahead
from .shown import days_in_words, number_of

#: How many records are in memory at a time.
BATCH = 500

CSV_HEAD = "reference,at,delete_on,statement_version,label,value\r\n"

#: Rows of `registry.Rows` from records that came through Python.
_COLLECTED = """
    SELECT reference, at, statement_version, %s::jsonb AS labels, data, files, files_html
    FROM jsonb_to_recordset(%s::jsonb)
        AS row(n int, reference text, at timestamptz, statement_version int, data jsonb, files jsonb, files_html text)
    ORDER BY n
"""

#: Stands in no text of the database's.
_NUL = "\0"


class Written(NamedTuple):
    """A batch of records, ready to go into the files."""

    records: int
    json: str
    csv: str
    html: str


@dataclass(frozen=True, kw_only=True)
class Words:
    """What stands around the values in the letter, in its language.

    Args:
        delete: label of the day on which a record is deleted.
        version: label of the number of the statement then in force.
        file: label of a file that belongs to a record.
        lost: what stands in place of one that cannot be found.
        yes: what a tick says.
        no: what an empty box says.
    """

    delete: str
    version: str
    file: str
    lost: str
    yes: str
    no: str


@dataclass(frozen=True, kw_only=True)
class Period:
    """When a record is deleted: on one day for all of them, or so long after each.

    Args:
        until: the day, where the period runs from the last contact.
        months: calendar months after the record came in, otherwise.
        days: or so many days.
    """

    until: date | None
    months: int = 0
    days: int = 0

    @property
    def interval(self) -> str:
        """The arguments of PostgreSQL's `make_interval`."""
        return f"months => {int(self.months)}, days => {int(self.days)}"


def from_query(rows: tuple[str, Sequence[Any]], *, words: Words, period: Period) -> Iterator[Written]:
    """Yield batches of records as JSON, CSV and HTML; inside a transaction, and with no other query in between.

    Records that asked the same questions come together, oldest first: the query is made for those questions.

    Args:
        rows: see `registry.Rows`.
        words: for the letter.
        period: when they are deleted.
    """
    query, params = rows
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT labels::text FROM ({query}) AS row LIMIT 1", params)  # noqa: S608 (the source's own query)
        asked = dict.fromkeys(labels for (labels,) in cursor.fetchall())
    done: set[str] = set()
    while labels := next((labels for labels in asked if labels not in done), None):
        done.add(labels)
        pairs = json.loads(labels)
        for batch in _stream(_statement(query, pairs, words, period), [*params, labels]):
            rows_asked = [row for row in batch if row[1] is not None]
            if len(rows_asked) < len(batch):
                # What asked something else is left for a statement of its own.
                asked |= dict.fromkeys(row[0] for row in batch if row[1] is None)
            if rows_asked:
                written = _written(rows_asked, pairs)
                yield written if period.until else written._replace(html=days_in_words(written.html))


def _stream(statement: str, params: Sequence[Any]) -> Iterator[list[tuple[str, ...]]]:
    # Not a cursor of the database's: it is planned for its first tenth of rows unless told otherwise, and waits for each
    # batch to be asked for, while a stream is written by one process and read by another at the same time.
    with connection.connection.cursor() as cursor:
        stream = cursor.stream(statement, params, size=BATCH)
        yield from read_ahead(iter(lambda: list(islice(stream, BATCH)), []))


def from_records(
    records: Iterable[tuple[Record, Sequence[Mapping[str, Any]]]], *, words: Words, period: Period
) -> Iterator[Written]:
    """The same for records that came through Python, each with what is to be said of its files (see the schema)."""
    several = iter(records)
    while batch := list(islice(several, BATCH)):
        by_labels: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for n, (record, handed) in enumerate(batch):
            row = {
                "n": n,
                "reference": record.reference,
                "at": record.at,
                "statement_version": record.statement_version,
                "data": dict(record.values),
                "files": list(handed),
                "files_html": _files_html(handed, words),
            }
            by_labels.setdefault(tuple(record.values), []).append(row)
        for labels, collected in by_labels.items():
            pairs = [[label, label] for label in labels]
            # PostgreSQL's texts have no NUL.
            sent = json.dumps(collected, default=str).replace("\\u0000", "")
            statement = _statement(_COLLECTED, pairs, words, period, has_files=True)
            with connection.cursor() as cursor:
                cursor.execute(statement, [text := json.dumps(pairs), sent, text])
                written = _written(cursor.fetchall(), pairs)
                yield written._replace(html=days_in_words(written.html))


def _written(rows: Sequence[Sequence[str]], labels: Sequence[Sequence[str]]) -> Written:
    """Return rows of `_statement`, of these labels, as they go into the files."""
    as_json, references, known, moments, ends, *values = zip(*rows, strict=True)
    table: list[str | Sequence[str]] = []
    letter: list[str | Sequence[str]] = [
        "<article><h3>",
        _in_words(moments),
        ' <span class="soft">',
        _escaped(_numbers(references)),
        "</span></h3><dl>",
    ]
    reference = _cells(references)
    for (_name, label), texts in zip(labels, values, strict=True):
        (name,) = _cells([label])
        table += ['"', reference, '",', known, f',"{name}","', _cells(texts), '"\r\n']
        letter += [f"<dt>{escape(label)}</dt><dd>", [text or "—" for text in _escaped(texts)], "</dd>"]
    letter += [ends, "</dl></article>\n"]
    return Written(len(rows), ",".join(as_json), _side_by_side(table), _side_by_side(letter))


def _side_by_side(columns: Sequence[str | Sequence[str]]) -> str:
    """Return columns as one text, row after row; a column that is a text is the same in every row."""
    return "".join(chain.from_iterable(zip(*(repeat(one) if isinstance(one, str) else one for one in columns), strict=False)))


def _in_words(moments: Sequence[str]) -> list[str]:
    """Return moments with the name of their month, in the active language; all of them by one call for each month."""
    text = _NUL.join(moments)
    for month, name in MONTHS.items():
        text = text.replace(f"-{month:02}-", f" {name} ")
    return text.split(_NUL)


def _numbers(references: Sequence[str]) -> list[str]:
    """Return references of one kind without its name (see `number_of`)."""
    kind = references[0].removesuffix(number_of(references[0]))
    return [one.removeprefix(kind) for one in references]


def _escaped(texts: Sequence[str]) -> list[str]:
    """Return texts harmless between tags, all of them by one call for each character."""
    return _NUL.join(texts).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split(_NUL)


def _cells(texts: Sequence[str]) -> list[str]:
    """Return texts guarded against formulas, to stand between quotes."""
    quoted = _NUL.join(texts).replace('"', '""').split(_NUL)
    # Nearly all begin with a letter, and then need no second look.
    return [text if text[:1].isalnum() else guarded(text) for text in quoted]


def _files_html(handed: Sequence[Mapping[str, Any]], words: Words) -> str:
    """Return the lines of the letter about the files of a record."""
    return "".join(
        f'<dt>{escape(words.file)}</dt><dd><a href="{escape(quote(held["path"]))}">{escape(held["filename"])}</a></dd>'
        if held["path"]
        else f"<dt>{escape(words.file)}</dt><dd>{escape(words.lost)}</dd>"
        for held in handed
    )


def _statement(query: str, labels: Sequence[Sequence[str]], words: Words, period: Period, *, has_files: bool = False) -> str:
    """Return the statement for records with these labels, as pairs of name and label; its last parameter are the labels.

    Its columns: the record as JSON; its reference; the other cells of the table before the label; when it came in; the end
    of its place in the letter; and a text for each label. Of records with other labels: those labels, and no reference.
    Everything known beforehand is written into it once, escaped as PostgreSQL wants it.
    """
    as_json = " || ',' || ".join(
        f"{_literal(json.dumps(label, ensure_ascii=False) + ':')} || coalesce(value{n}::text, '\"\"')"
        for n, (_name, label) in enumerate(labels)
    )
    values = "".join(f", data->{_literal(name)} AS value{n}" for n, (name, _label) in enumerate(labels))
    shown = "".join(f", {_shown(f'value{n}', words)}" for n in range(len(labels)))
    # One day for all of them costs nothing to write as people do.
    until, until_day = (
        (_literal(period.until.isoformat()), _literal(date_format(period.until, "j F Y")))
        if period.until
        else (
            f"(at AT TIME ZONE {_literal(settings.TIME_ZONE)} + make_interval({period.interval}))::date::text",
            "until",
        )
    )
    # OFFSET 0 keeps PostgreSQL from writing an expression again wherever its name stands.
    return f"""
        WITH records AS ({query}),
        prepared AS (
            SELECT *, labels = %s::jsonb AS is_asked, trim('"' FROM to_json(at)::text) AS moment, {until} AS until,
                   statement_version::text AS version {values}
            FROM records OFFSET 0
        )
        SELECT
            CASE WHEN is_asked THEN
                '{{"reference":' || to_json(reference)::text || ',"at":"' || moment || '","delete_on":"' || until
                    || '","statement_version":' || coalesce(version, 'null') || ',"values":{{' || {as_json or "''"}
                    || '}},"files":' || {"files::text" if has_files else "'[]'"} || '}}'
            ELSE labels::text END,
            CASE WHEN is_asked THEN reference END,
            moment || ',' || until || ',' || coalesce(version, ''),
            to_char(at AT TIME ZONE {_literal(settings.TIME_ZONE)}, 'FMDD-MM-YYYY HH24:MI'),
            {"files_html ||" if has_files else ""} {_literal(f"<dt>{escape(words.delete)}</dt><dd>")} || {until_day} || '</dd>'
                || coalesce({_literal(f"<dt>{escape(words.version)}</dt><dd>")} || version || '</dd>', '')
            {shown}
        FROM prepared
    """  # noqa: S608 (the source's own query, and literals that psycopg escapes)


def _shown(value: str, words: Words) -> str:
    """Return the SQL for a value as its sender would read it: a tick in words, several answers side by side."""
    return f"""CASE jsonb_typeof({value})
        WHEN 'boolean' THEN CASE WHEN {value}::bool THEN {_literal(words.yes)} ELSE {_literal(words.no)} END
        WHEN 'array' THEN (SELECT coalesce(string_agg(one, ', '), '') FROM jsonb_array_elements_text({value}) AS one)
        ELSE coalesce({value} #>> '{{}}', '') END"""  # noqa: S608 (literals that psycopg escapes)


def _literal(value: Any) -> str:
    """Return the value as it stands in a statement with parameters."""
    return sql.Literal(value).as_string(connection.connection).replace("%", "%%")
