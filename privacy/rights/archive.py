"""The inzage archive: everything held about one person, as a letter, as JSON and as tables (art. 15, 20).

Written as a stream: one record is in memory at a time, so that the archive of somebody with a hundred thousand records
takes no more memory than that of somebody with one. The layout is fixed in `docs/inzage.schema.json`.
"""

import csv
import hashlib
import io
import json
import logging
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain
from typing import IO, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import slugify

from privacy.csv_guard import guarded
from privacy.register.models import RetentionRule
from privacy.register.periods import expires_at
from privacy.snapshots import snapshot
from privacy.statement.models import StatementVersion
from privacy.storage import private_storage
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import HeldFile, Record, Source, registry

logger = logging.getLogger(__name__)

#: Raised when the shape of `data.json` changes.
#: 2: records have `files`.
SCHEMA_VERSION = 2

_CSV_COLUMNS = ["reference", "at", "delete_on", "statement_version", "label", "value"]


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


def write(*, email: str, subject: DataSubject | None, version: StatementVersion, out: IO[bytes]) -> Summary:
    """Write the archive of one person.

    Args:
        email: the address that was asked for (normalised); it stands in the letter.
        subject: the person, or None when nobody is known by it: the answer is then that nothing is held (art. 15(1)).
        version: the statement in force.
        out: where the zip goes; must be seekable and readable.

    Returns:
        What went in.
    """
    summary = Summary(statement_version=version.number)
    with (
        translation.override(settings.LANGUAGE_CODE),
        snapshot(),
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle,
    ):
        _Writer(bundle, email, subject, version).write(summary)
    out.seek(0)
    digest = hashlib.sha256()
    for chunk in _chunks(out):
        digest.update(chunk)
    summary.sha256 = digest.hexdigest()
    return summary


class _Writer:
    """Writes the files of one archive, in order, and remembers their hashes for the manifest."""

    def __init__(self, bundle: zipfile.ZipFile, email: str, subject: DataSubject | None, version: StatementVersion) -> None:
        self.bundle = bundle
        self.email = email
        self.subject = subject
        self.version = version
        self.facts = version.look
        self.now = timezone.now()
        self.hashes: dict[str, str] = {}

    def write(self, summary: Summary) -> None:
        # The letter and the JSON grow source by source while the tables go straight into the zip, which has room for
        # one open file at a time. These two files have no name on disk and are gone when they are closed.
        self.bundle.mkdir("files")
        with tempfile.TemporaryFile("w+b") as letter, tempfile.TemporaryFile("w+b") as data:
            data.write(self._json_head())
            for number, source in enumerate(registry.in_order()):
                data.write((b"," if number else b"") + _json(source.key) + b':{"records":[')
                summary.by_source[source.key] = self._source(source, letter, data)
                state = "found" if summary.by_source[source.key] else "empty"
                data.write(b'],"label":' + _json(str(source.label)) + b',"state":' + _json(state) + b"}")
            data.write(b"}}")
            head, tail = self._letter_frame(summary)
            letter.seek(0)
            self._add("index.html", chain([head], _chunks(letter), [tail]))
            data.seek(0)
            self._add("data.json", _chunks(data))
        self._add("statement.html", [self._render("statement.html").encode()])
        manifest = json.dumps({"algorithm": "SHA-256", "files": self.hashes}, indent=2, ensure_ascii=False)
        self.bundle.writestr("manifest.json", manifest)

    def _source(self, source: Source, letter: IO[bytes], data: IO[bytes]) -> int:
        """Write one source into the letter, the JSON and its own table; return the number of records."""
        terms = self._terms(source)
        count = 0
        with tempfile.TemporaryFile("w+b") as table:
            rows = csv.writer(text := io.TextIOWrapper(table, "utf-8-sig", newline="", write_through=True))
            rows.writerow(_CSV_COLUMNS)
            for record in source.collect(self.subject) if self.subject else ():
                delete_on = self._delete_on(source, record)
                handed = [self._file(record, held) for held in record.files]
                if not count:
                    letter.write(self._render("source.html", source=source, terms=terms).encode())
                letter.write(self._render("record.html", record=record, delete_on=delete_on, files=handed).encode())
                data.write((b"," if count else b"") + _json(_as_json(record, terms, delete_on, handed)))
                rows.writerows(_as_rows(record, delete_on))
                count += 1
            text.flush()
            table.seek(0)
            self._add(f"csv/{source.key}.csv", _chunks(table))
            text.detach()
        return count

    def _file(self, record: Record, held: HeldFile) -> dict[str, Any]:
        """Put a file of a record into `files/`; return what letter and JSON say of it.

        One that the storage has lost is named all the same: an archive without a word about it would be incomplete, and
        no archive at all would be worse (art. 15(3)).
        """
        path = f"files/{slugify(record.reference)}-{held.filename}"
        described: dict[str, Any] = {"path": path, "filename": held.filename, "content_type": held.content_type}
        described |= {"size": held.size, "sha256": held.sha256}
        try:
            with private_storage().open(held.name) as content:
                self._add(path, _chunks(content))
        except FileNotFoundError:
            logger.error("A file of %s is not in the storage.", record.reference)
            described["path"] = None
        return described

    def _terms(self, source: Source) -> dict[str, Any]:
        """Return what art. 15(1) wants said of every item of a source, from the statement in force."""
        purposes = [purpose for key in source.purposes if (purpose := self.facts.purpose(key))]
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
                if (category := self.facts.category(key))
            ],
            "origin": str(source.origin),
            "recipients": [
                {key: recipient[key] for key in ("name", "service", "country", "transfer")}
                for recipient in self.facts.recipients(list(source.purposes))
            ],
            "period": self._rule(source),
        }

    def _rule(self, source: Source) -> dict[str, Any]:
        rule = self.facts.rule(source.rule) or {}
        return {key: rule.get(key) for key in ("months", "period_label", "start_event", "start_event_label")}

    def _delete_on(self, source: Source, record: Record) -> date:
        """Return the local date on which the period of a record ends, by the same rule as the nightly job."""
        rule = self._rule(source)
        from_contact = rule["start_event"] == RetentionRule.StartEvent.LAST_CONTACT and self.subject is not None
        start = self.subject.last_contact_at if from_contact and self.subject else record.at
        return timezone.localdate(expires_at(start, self.version.period_months(source.rule)))

    def _json_head(self) -> bytes:
        head = {
            "schema_version": SCHEMA_VERSION,
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
        sources = [(source, summary.by_source[source.key]) for source in registry.in_order()]
        text = self._render("letter.html", summary=summary, sources=sources, split=_SPLIT)
        head, tail = text.split(_SPLIT)
        return head.encode(), tail.encode()

    def _render(self, template: str, **context: Any) -> str:
        shared = {
            "email": self.email,
            "subject": self.subject,
            "version": self.version,
            "controller": self.facts.raw["controller"],
            "now": self.now,
            "language": translation.get_language(),
        }
        return render_to_string(f"privacy_rights/inzage/{template}", shared | context)

    def _add(self, name: str, chunks: Iterable[bytes]) -> None:
        digest = hashlib.sha256()
        with self.bundle.open(zipfile.ZipInfo(name, timezone.localtime(self.now).timetuple()[:6]), "w") as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
        self.hashes[name] = digest.hexdigest()


#: Stands in the letter's template where the sources go; no text can hold it, since it is no legal character in HTML.
_SPLIT = "\x00"


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    return iter(partial(file.read, 64 * 1024), b"")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def _as_json(record: Record, terms: dict[str, Any], delete_on: date, handed: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "reference": record.reference,
        "at": record.at.isoformat(),
        "delete_on": delete_on.isoformat(),
        "statement_version": record.statement_version,
        "values": dict(record.values),
        "files": handed,
        **terms,
    }


def _as_rows(record: Record, delete_on: date) -> Iterator[list[str]]:
    """Yield one row per value: records of one source need not have the same values."""
    for label, value in record.values.items():
        cells = [
            record.reference,
            record.at.isoformat(),
            delete_on.isoformat(),
            "" if record.statement_version is None else str(record.statement_version),
            label,
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str),
        ]
        yield [guarded(cell) for cell in cells]
