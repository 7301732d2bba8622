"""The inzage archive: everything held about one person, as a letter, as JSON and as tables (art. 15, 20).

Written as a stream: a few records are in memory at a time, so that the archive of somebody with a hundred thousand records
takes no more memory than that of somebody with one. PostgreSQL writes the records (`rendering`), a fast library compresses
them (`bundle`). The layout is fixed in `docs/inzage.schema.json`.
"""

import hashlib
import json
import logging
import zipfile
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from shutil import copyfileobj
from typing import IO, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from privacy.register.models import RetentionRule
from privacy.register.periods import expires_at
from privacy.snapshots import snapshot
from privacy.statement.facts import Facts
from privacy.statement.models import StatementVersion
from privacy.storage import private_storage
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, Source, registry

from .bundle import Bundle, Member, spool
from .models import DataRequest
from .redaction import Copy
from .rendering import CSV_HEAD, Period, Words, Written, from_query, from_records

logger = logging.getLogger(__name__)

#: Raised when the shape of `data.json` changes.
#: 2: records have `files`.
#: 3: what art. 15(1) wants said stands once per source; `right` says which right was used.
SCHEMA_VERSION = 3

#: So much of a file is in memory at a time (bytes).
_CHUNK = 256 * 1024

#: A byte-order mark: without it spreadsheets take the text for another encoding.
_BOM = b"\xef\xbb\xbf"


@dataclass(kw_only=True)
class Summary:
    """What an archive holds.

    Args:
        sha256: of the whole zip (hexadecimal).
        statement_version: number of the version in force.
        by_source: records per source, named also when there are none.
    """

    sha256: str = ""
    statement_version: int
    by_source: dict[str, int] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """How many records in all."""
        return sum(self.by_source.values())


def write(
    *,
    email: str,
    subject: DataSubject | None,
    version: StatementVersion,
    out: IO[bytes],
    language: str = settings.LANGUAGE_CODE,
    request: DataRequest | None = None,
) -> Summary:
    """Write the archive of one person.

    Args:
        email: the address that was asked for (normalised); it stands in the letter.
        subject: the person, or None when nobody is known by it: the answer is then that nothing is held (art. 15(1)).
        version: the statement in force.
        out: where the zip goes; must be seekable and readable.
        language: of the letter.
        request: the request that is answered: which right it uses, what is left out, and which sources did not answer.

    Returns:
        What went in.

    Raises:
        Changed: a text of which something is left out is no longer what was looked at.
    """
    summary = Summary(statement_version=version.number)
    with (
        translation.override(language),
        snapshot(),
        zipfile.ZipFile(out, "w") as zipped,
    ):
        zipped.mkdir("files")
        _Writer(zipped, out, email=email, subject=subject, version=version, language=language, request=request).write(summary)
    out.seek(0)
    summary.sha256 = hashlib.file_digest(out, "sha256").hexdigest()  # type: ignore[arg-type]
    return summary


def sources_for(request: DataRequest | None) -> list[Source]:
    """Return the sources that answer a request: all of them, or for art. 20 those that the person filled themselves."""
    found = registry.as_read()
    if request and request.kind == DataRequest.Kind.PORTABILITY:
        return [source for source in found if source.provided]
    return found


class _Writer:
    """Writes the files of one archive."""

    def __init__(
        self,
        zipped: zipfile.ZipFile,
        out: IO[bytes],
        *,
        email: str,
        subject: DataSubject | None,
        version: StatementVersion,
        language: str,
        request: DataRequest | None,
    ) -> None:
        self.now = timezone.now()
        self.bundle = Bundle(zipped, out, at=timezone.localtime(self.now))
        self.email = email
        self.subject = subject
        self.version = version
        self.words = version.in_language(language)
        self.facts = self.words.look
        self.request = request
        self.sources = sources_for(request)
        self.copy = Copy(request)
        self.unreachable = request.missing() if request else []

    def write(self, summary: Summary) -> None:
        with self.bundle.file("data.json") as data:
            # How many records there are stands at the head of the letter, so what follows there waits until all are written.
            with spool() as body:
                data.write(self._json_head())
                for number, source in enumerate(self.sources):
                    said = terms(source, self.facts)
                    about = _json({"label": str(source.label), "terms": said})[1:-1]
                    data.write((b"," if number else b"") + _json(source.key) + b":{" + about + b',"records":[')
                    summary.by_source[source.key] = self._source(source, said, body, data)
                    data.write(b'],"state":' + _json(self._state(source, summary)) + b"}")
                head, tail = self._letter_frame(summary)
                body.seek(0)
                with self.bundle.file("index.html") as letter:
                    letter.write(head)
                    copyfileobj(body, letter, _CHUNK)
                    letter.write(tail)
            data.write(b"}}")
        self._add("statement.html", self._render("statement.html").encode())
        manifest = {"algorithm": "SHA-256", "files": self.bundle.hashes}
        self._add("manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode())

    def _state(self, source: Source, summary: Summary) -> str:
        if source.key in self.unreachable:
            return "unreachable"
        return "found" if summary.by_source[source.key] else "empty"

    def _source(self, source: Source, said: dict[str, Any], body: IO[bytes], data: Member) -> int:
        """Write one source into the letter, the JSON and its own table; return the number of records."""
        count = 0
        with self.bundle.file(f"csv/{source.key}.csv") as table:
            table.write(_BOM + CSV_HEAD.encode())
            with closing(self._records(source)) as records:
                for written in records:
                    if not count:
                        body.write(self._render("source.html", source=source, terms=said).encode())
                    body.write(written.html.encode())
                    data.write((b"," if count else b"") + written.json.encode())
                    table.write(written.csv.encode())
                    count += written.records
        return count

    def _records(self, source: Source) -> Generator[Written]:
        """Yield the person's records of one source in batches, written out."""
        if self.subject is None or source.key in self.unreachable:
            return
        words = Words(
            delete=_("Wij wissen dit na"),
            version=_("Versie van de verklaring die toen gold"),
            file=_("Het bestand zelf"),
            lost=_("Dit bestand kunnen wij niet meer vinden."),
            yes=_("Ja"),
            no=_("Nee"),
        )
        period = self._period(source)
        if source.rows and source.key not in self.copy.sources:
            yield from from_query(source.rows(self.subject), words=words, period=period)
            return
        collected = source.collect(self.subject)
        records = ((self.copy.of(source.key, record), self._files(record)) for record in collected)
        try:
            yield from from_records(records, words=words, period=period)
        finally:
            # Where a storage goes away half-way, the error would hold on to PostgreSQL's cursor.
            if isinstance(collected, Generator):
                collected.close()

    def _files(self, record: Record) -> list[dict[str, Any]]:
        """Put the files of a record into `files/`; return what letter and JSON say of them.

        One that the storage has lost is named all the same: an archive without a word about it would be incomplete, and
        no archive at all would be worse (art. 15(3)).
        """
        handed = []
        for held in record.files:
            path = f"files/{slugify(record.reference)}-{held.filename}"
            is_there = True
            try:
                with private_storage().open(held.name) as content, self.bundle.file(path) as file:
                    copyfileobj(content, file, _CHUNK)
            except FileNotFoundError:
                logger.error("A file of %s is not in the storage.", record.reference)
                is_there = False
            described = {"path": path if is_there else None, "filename": held.filename, "content_type": held.content_type}
            handed.append(described | {"size": held.size, "sha256": held.sha256})
        return handed

    def _period(self, source: Source) -> Period:
        """Return when the records are deleted, by the same rule as the nightly job."""
        kept = self.version.period(source.rule)
        rule = self.facts.rule(source.rule) or {}
        if self.subject and rule.get("start_event") == RetentionRule.StartEvent.LAST_CONTACT:
            return Period(until=timezone.localdate(expires_at(self.subject.last_contact_at, *kept)))
        return Period(until=None, months=kept.months, days=kept.days)

    def _json_head(self) -> bytes:
        head = {
            "schema_version": SCHEMA_VERSION,
            "right": self.request.kind if self.request else DataRequest.Kind.ACCESS.value,
            "language": self.words.language,
            "subject": {
                "email": self.email,
                "known": self.subject is not None,
                "last_contact_at": self.subject.last_contact_at.isoformat() if self.subject else None,
            },
            "generated_at": self.now.isoformat(),
            "statement": {
                "number": self.version.number,
                "effective_on": self.version.effective_on.isoformat(),
                "sha256": self.version.sha256,
            },
        }
        return _json(head)[:-1] + b',"sources":{'

    def _letter_frame(self, summary: Summary) -> tuple[bytes, bytes]:
        sources = [(source, summary.by_source[source.key], self._state(source, summary)) for source in self.sources]
        text = self._render("letter.html", summary=summary, sources=sources, split=_SPLIT)
        head, tail = text.split(_SPLIT)
        return head.encode(), tail.encode()

    def _render(self, template: str, **context: Any) -> str:
        shared = {
            "email": self.email,
            "subject": self.subject,
            "version": self.version,
            "words": self.words,
            "controller": self.facts.raw["controller"],
            "request": self.request,
            "now": self.now,
            "language": translation.get_language(),
        }
        return render_to_string(f"privacy_rights/inzage/{template}", shared | context)

    def _add(self, name: str, content: bytes) -> None:
        with self.bundle.file(name) as file:
            file.write(content)


def terms(source: Source, facts: Facts) -> dict[str, Any]:
    """Return what art. 15(1) and 15(2) want said of every item of a source.

    Args:
        source: the source.
        facts: of the statement in force, in the reader's language.
    """
    purposes = [purpose for key in source.purposes if (purpose := facts.purpose(key))]
    rule = facts.rule(source.rule) or {}
    return {
        "purposes": [
            {
                "name": purpose["name"],
                "description": purpose["description"],
                "legal_basis": purpose["legal_basis"],
                "legal_basis_label": purpose["legal_basis_label"],
                "interest_or_law": purpose["interest"] or purpose["law"],
            }
            for purpose in purposes
        ],
        "categories": [
            category["name"]
            for key in dict.fromkeys(key for keys in source.fields.values() for key in keys)
            if (category := facts.category(key))
        ],
        "origin": str(source.origin),
        "recipients": [
            {key: recipient[key] for key in ("name", "service", "country", "transfer")}
            for recipient in facts.recipients(list(source.purposes))
        ],
        "period": {
            "days": rule.get("days", 0),
            **{key: rule.get(key) for key in ("months", "period_label", "start_event", "start_event_label")},
        },
    }


#: Stands in the letter's template where the sources go; no text can hold it, since it is no legal character in HTML.
_SPLIT = "\x00"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()
