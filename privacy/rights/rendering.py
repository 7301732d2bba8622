"""Records as PostgreSQL writes them: each as JSON, as rows of a table, and as HTML, in one pass.

Somebody may have a hundred thousand records. Escaping them in Python takes five times as long as in the database, which has
them at hand; what comes back is ready to be written. There is one such query for all sources: those that are no plain query
send it what they collected.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.utils.formats import date_format
from django.utils.html import escape
from psycopg import sql

from privacy.csv_guard import guarded, guarded_sql
from privacy.subjects.registry import Record

from .ahead import read_ahead

#: How many records are in memory at a time.
BATCH = 1_000

CSV_HEAD = "reference,at,delete_on,statement_version,label,value\r\n"

#: Rows of `registry.Rows` from records that came through Python.
_COLLECTED = """
    SELECT reference, at, statement_version, %s::jsonb AS labels, data, files, files_html
    FROM jsonb_to_recordset(%s::jsonb)
        AS row(n int, reference text, at timestamptz, statement_version int, data jsonb, files jsonb, files_html text)
    ORDER BY n
"""


#: A record as JSON, as lines of CSV, and as HTML.
Written = tuple[str, str, str]


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


def from_query(rows: tuple[str, Sequence[Any]], *, words: Words, period: Period) -> Iterator[list[Written]]:
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
        for batch in _stream(_statement(query, json.loads(labels), words, period), [*params, labels]):
            # What asked something else is left for a statement of its own.
            asked |= dict.fromkeys(other for other, as_csv, _html in batch if as_csv is None)
            if written := [row for row in batch if row[1] is not None]:
                yield written
        done.add(labels)


def _stream(statement: str, params: Sequence[Any]) -> Iterator[list[Written]]:
    # Not a cursor of the database's: it is planned for its first tenth of rows unless told otherwise, and waits for each
    # batch to be asked for, while a stream is written by one process and read by another at the same time.
    with connection.connection.cursor() as cursor:
        stream = cursor.stream(statement, params, size=BATCH)
        yield from read_ahead(iter(lambda: list(islice(stream, BATCH)), []))


def from_records(
    records: Iterable[tuple[Record, Sequence[Mapping[str, Any]]]], *, words: Words, period: Period
) -> Iterator[list[Written]]:
    """The same for records that came through Python, each with what is to be said of its files (see the schema)."""
    several = iter(records)
    while batch := list(islice(several, BATCH // 2)):
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
                yield cursor.fetchall()


def _html(text: str) -> str:
    """Return the SQL that makes a text harmless between tags."""
    return f"replace(replace(replace({text}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"


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

    Everything known beforehand is written into it once, escaped as PostgreSQL wants it.
    """
    names = [_literal(name) for name, _label in labels]
    as_json = [
        f"{_literal(json.dumps(label, ensure_ascii=False) + ':')} || coalesce(j{n}::text, '\"\"')"
        for n, (_name, label) in enumerate(labels)
    ]
    as_csv = [f"before || {_literal(_cell(label) + ',')} || {guarded_sql(f'v{n}')}" for n, (_name, label) in enumerate(labels)]
    as_html = [
        f"{_literal(f'<dt>{escape(label)}</dt><dd>')} || CASE v{n} WHEN '' THEN '—' ELSE {_html(f'v{n}')} END"
        for n, (_name, label) in enumerate(labels)
    ]
    found = "".join(f", data->{name} AS j{n}" for n, name in enumerate(names))
    shown = "".join(f", {_shown(f'j{n}', words)} AS v{n}" for n in range(len(names)))
    # One day for all of them costs nothing to write as people do.
    until, until_day = (
        (_literal(period.until.isoformat()), _literal(date_format(period.until, "j F Y")))
        if period.until
        else (
            f"(at AT TIME ZONE {_literal(settings.TIME_ZONE)} + make_interval({period.interval}))::date::text",
            "to_char(until::date, 'DD-MM-YYYY')",
        )
    )
    line_end = r"E'\r\n'"
    # OFFSET 0 keeps PostgreSQL from writing an expression again wherever its name stands.
    return f"""
        WITH records AS ({query}),
        dated AS (
            SELECT *, labels = %s::jsonb AS is_asked, trim('"' FROM to_json(at)::text) AS moment, {until} AS until,
                   statement_version::text AS version {found}
            FROM records OFFSET 0
        ),
        prepared AS (
            SELECT *, {guarded_sql("reference")} || ',' || moment || ',' || until || ',' || coalesce(version, '') || ',' AS before
                   {shown}
            FROM dated OFFSET 0
        )
        SELECT
            CASE WHEN is_asked THEN
                '{{"reference":' || to_json(reference)::text || ',"at":"' || moment || '","delete_on":"' || until
                    || '","statement_version":' || coalesce(version, 'null') || ',"values":{{'
                    || {_joined(as_json, "','")} || '}},"files":' || {"files::text" if has_files else "'[]'"} || '}}'
            ELSE labels::text END,
            CASE WHEN is_asked THEN {_joined([*as_csv, "''"], line_end)} END,
            CASE WHEN is_asked THEN
                '<article><h3>' || to_char(at AT TIME ZONE {_literal(settings.TIME_ZONE)}, 'DD-MM-YYYY HH24:MI')
                    || ' <span class="soft">' || {_html("reference")} || '</span></h3><dl>'
                    || {_joined([*as_html, "files_html" if has_files else "''"], "'</dd>'")}
                    || {_literal(f"<dt>{escape(words.delete)}</dt><dd>")} || {until_day} || '</dd>'
                    || CASE WHEN version IS NULL THEN ''
                            ELSE {_literal(f"<dt>{escape(words.version)}</dt><dd>")} || version || '</dd>' END
                    || E'</dl></article>\\n'
            END
        FROM prepared
    """  # noqa: S608 (the source's own query, and literals that psycopg escapes)


def _shown(value: str, words: Words) -> str:
    """Return the SQL for a value as its sender would read it: a tick in words, several answers side by side."""
    return f"""CASE jsonb_typeof({value})
        WHEN 'boolean' THEN CASE WHEN {value}::bool THEN {_literal(words.yes)} ELSE {_literal(words.no)} END
        WHEN 'array' THEN (SELECT coalesce(string_agg(one, ', '), '') FROM jsonb_array_elements_text({value}) AS one)
        ELSE coalesce({value} #>> '{{}}', '') END"""  # noqa: S608 (literals that psycopg escapes)


def _joined(expressions: Sequence[str], separator: str) -> str:
    """Return SQL that joins texts with a text between them; nothing at all is an empty text."""
    return f" || {separator} || ".join(expressions) or "''"


def _literal(value: Any) -> str:
    """Return the value as it stands in a statement with parameters."""
    return sql.Literal(value).as_string(connection.connection).replace("%", "%%")


def _cell(text: str) -> str:
    """Return a text as a guarded, quoted cell."""
    return '"' + guarded(text).replace('"', '""') + '"'
