"""The inzage archive: everything, in words for a layman, harmless to open, and nothing of anybody else."""

import csv
import hashlib
import io
import json
import os
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema
import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from contact.models import Submission
from contact.uploads import safe_name
from privacy.register.models import Controller
from privacy.rights.delivery import build_export, export_for
from privacy.rights.models import Correction, DataRequest
from privacy.rights.services import take
from privacy.statement.models import NoStatementInForce, PrivacyStatementPage, StatementVersion
from privacy.storage import private_storage
from privacy.subjects.registry import registry
from tests.factories import AttachmentFactory, SubmissionFactory, publish, relation, send
from tests.my_data import JAN, SCHEMA, papers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

HOSTILE_NAMES = [
    "../../../etc/passwd",
    "/etc/cron.d/x",
    "..\\..\\windows\\x.exe",
    "schets\u202efdp.exe",
    '"><img src=x onerror=alert(1)>.png',
    "=cmd|' /C calc'!A1.csv",
    "con\r\nnieuw.txt",
    "..",
]
HOSTILE = "=cmd|'/c calc'!A1 <script>alert(1)</script> ../../etc/passwd \u202egnp.exe"


class Archive:
    """An archive, unpacked."""

    def __init__(self, email: str, *, request: DataRequest | None = None) -> None:
        self.raw = io.BytesIO()
        self.summary = export_for(request, self.raw) if request else build_export(email=email, out=self.raw)
        with zipfile.ZipFile(self.raw) as bundle:
            assert bundle.testzip() is None
            self.names = bundle.namelist()
            self.files = {name: bundle.read(name) for name in self.names}
        self.data: dict[str, Any] = json.loads(self.files["data.json"])
        self.letter = self.files["index.html"].decode()

    def rows(self, source: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.files[f"csv/{source}.csv"].decode("utf-8-sig"))))

    def everything(self) -> str:
        return "\n".join(content.decode() for content in self.files.values())


def test_holds_the_files_of_the_contract(client: Client) -> None:
    """C11: a letter for people, JSON and tables for machines, the statement, and a hash of each."""
    send(client, email="jan@voorbeeld.example", message="Mag het iets ronder?")
    archive = Archive("jan@voorbeeld.example")
    assert {"index.html", "data.json", "statement.html", "manifest.json", "files/"} <= set(archive.names)
    assert {f"csv/{key}.csv" for key in registry.sources} <= set(archive.names)
    hashes = json.loads(archive.files["manifest.json"])["files"]
    assert set(hashes) == set(archive.names) - {"files/", "manifest.json"}
    assert all(hashlib.sha256(archive.files[name]).hexdigest() == value for name, value in hashes.items())
    assert archive.summary.sha256 == hashlib.sha256(archive.raw.getvalue()).hexdigest()
    version = StatementVersion.objects.in_force()
    assert version is not None
    assert version.html in archive.files["statement.html"].decode()


def test_every_source_is_named_and_the_schema_holds(client: Client) -> None:
    """C12: a source without data is named as searched and empty."""
    send(client, email="jan@voorbeeld.example")
    data = Archive("jan@voorbeeld.example").data
    jsonschema.validate(data, SCHEMA)
    assert set(data["sources"]) == set(registry.sources)
    assert data["sources"]["contact.submissions"]["state"] == "found"
    empty = data["sources"]["rights.requests"]
    assert (empty["state"], empty["records"]) == ("empty", [])
    assert empty["label"] == str(registry.sources["rights.requests"].label)


def test_every_item_says_what_the_law_asks(client: Client) -> None:
    """C9: purpose, basis, categories, recipients, period and date, origin, rights, complaint, automated decisions."""
    send(client, email="jan@voorbeeld.example", name="Jan Jansen", message="Mag het iets ronder?")
    archive = Archive("jan@voorbeeld.example")
    source = archive.data["sources"]["contact.submissions"]
    (record,), terms = source["records"], source["terms"]
    assert record["values"]["Naam"] == "Jan Jansen"
    assert record["values"]["Uw bericht"] == "Mag het iets ronder?"
    assert [purpose["legal_basis"] for purpose in terms["purposes"]] == ["a"]
    assert terms["categories"]
    assert terms["origin"]
    assert terms["period"]["months"] == 24
    assert record["statement_version"] == 1
    for words in (
        "Jan Jansen",
        "Mag het iets ronder?",
        "Uw vraag beantwoorden",
        "art. 6 lid 1 onder a AVG",
        "24 maanden",
        "Autoriteit Persoonsgegevens",
        "geen besluiten over u door een computer",
        "beperken",
        "bezwaar",
    ):
        assert words in archive.letter, words


def test_recipients_of_a_message_are_named(client: Client) -> None:
    """C9(c), C-154/21: an answer by mail passes somebody's mail server."""
    send(client, email="jan@voorbeeld.example")
    archive = Archive("jan@voorbeeld.example")
    (recipient,) = archive.data["sources"]["contact.submissions"]["terms"]["recipients"]
    assert (recipient["name"], recipient["country"]) == ("Voorbeeld Mail B.V.", "Nederland")
    assert "Voorbeeld Mail B.V. (onze mailboxen" in archive.letter
    assert "Voorbeeld Mail B.V." in archive.files["statement.html"].decode()


@pytest.mark.parametrize(("language", "name"), [("nl", "Uw vraag beantwoorden"), ("en", "Answering your question")])
def test_a_consent_names_its_purpose_as_the_statement_does(client: Client, language: str, name: str) -> None:
    """C10: intelligible; our key for a purpose is no word of anybody's."""
    send(client, email="jan@voorbeeld.example")
    now = timezone.now()
    request = take(email="jan@voorbeeld.example", kind="access", received_at=now, at=now, language=language)
    (record,) = Archive("jan@voorbeeld.example", request=request).data["sources"]["consent.events"]["records"]
    assert name in record["values"].values()
    assert "enquiry" not in record["values"].values()


def test_items_keep_the_version_that_was_in_force(client: Client) -> None:
    send(client, email="jan@voorbeeld.example")
    publish()
    send(client, email="jan@voorbeeld.example")
    archive = Archive("jan@voorbeeld.example")
    versions = [row["statement_version"] for row in archive.data["sources"]["contact.submissions"]["records"]]
    assert (versions, archive.summary.statement_version) == ([1, 2], 2)


def test_nothing_of_anybody_else() -> None:
    """C10: all of this person, and only of this person."""
    mine = relation(timezone.now() - timedelta(days=5), email="mijn@voorbeeld.example")
    theirs = relation(timezone.now() - timedelta(days=5), email="ander@voorbeeld.example")
    SubmissionFactory.create(subject=theirs, form_data={"message": "geheim van een ander"})
    text = Archive(mine.email).everything()
    assert "mijn@voorbeeld.example" in text
    assert "ander@" not in text
    assert "geheim van een ander" not in text


def test_an_unknown_address_gets_an_answer_too() -> None:
    """C8: "no data held" is an answer."""
    archive = Archive("niemand@voorbeeld.example")
    jsonschema.validate(archive.data, SCHEMA)
    assert (archive.summary.records, archive.data["subject"]["known"]) == (0, False)
    assert "Wij bewaren geen gegevens bij dit e-mailadres." in archive.letter


def test_spelling_of_the_address_does_not_matter(client: Client) -> None:
    send(client, email="Jan@Voorbeeld.example")
    assert Archive("  jan@voorbeeld.EXAMPLE ").summary.by_source["contact.submissions"] == 1


def test_hostile_content_is_harmless(client: Client) -> None:
    """C10, C14: shown faithfully, run by nothing: not by a spreadsheet, not by a browser, not by an unzipper."""
    send(client, email="jan@voorbeeld.example", name="=1+1", message=HOSTILE)
    archive = Archive("jan@voorbeeld.example")
    (record,) = archive.data["sources"]["contact.submissions"]["records"]
    assert record["values"]["Uw bericht"] == HOSTILE
    assert "<script>alert" not in archive.letter
    assert "&lt;script&gt;alert" in archive.letter
    values = {row["label"]: row["value"] for row in archive.rows("contact.submissions")}
    assert values["Naam"] == "'=1+1"
    assert values["Uw bericht"] == f"'{HOSTILE}"
    assert not [name for name in archive.names if ".." in name or name.startswith("/")]


def test_hostile_names_of_files_stay_inside(client: Client) -> None:
    """C10, C14: what a file is called never leads out of `files/`, nor shows as something else than it is."""
    send(client, email="jan@voorbeeld.example")
    message = Submission.objects.get()
    for name in HOSTILE_NAMES:
        stored = private_storage().save("contact/bestand", ContentFile(b"x"))
        AttachmentFactory.create(submission=message, filename=safe_name(name, "txt"), file=stored)
    archive = Archive("jan@voorbeeld.example")
    handed = [name for name in archive.names if name.startswith("files/") and name != "files/"]
    assert len(handed) == len(HOSTILE_NAMES)
    for name in archive.names:
        assert PurePosixPath(name).parts[:-1] in {(), ("csv",), ("files",)}, name
        assert not set(name) & set('\\:*?"<>|\u202e\r\n\0'), name
        assert ".." not in name.split("/")
    assert "<img" not in archive.letter
    jsonschema.validate(archive.data, SCHEMA)


def test_days_are_written_as_people_do_in_the_letter_and_as_machines_do_beside_it(client: Client) -> None:
    """C11: on the local clock; a text of the person's own that looks like a moment, and is none, stops nothing."""
    jan = relation(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), email="jan@voorbeeld.example")
    asked = take(email=jan.email, kind="rectification", received_at=jan.last_contact_at, at=jan.last_contact_at)
    Correction.objects.create(
        request=asked, subject=jan, label="Naam", old="2026-99-99T99:99:99+00:00", new="2026-99-99", at=jan.last_contact_at
    )
    archive = Archive(jan.email)
    assert "2026-07-01T22:30:00+00:00" in archive.files["data.json"].decode()
    assert "<dd>2 juli 2026 00:30</dd>" in archive.letter
    assert "<dd>3 augustus 2026</dd>" in archive.letter, "the day of the law"
    soup = BeautifulSoup(archive.letter, "html.parser")
    headings = [one.text for one in soup.select("article h3")]
    assert headings
    assert not [one for one in headings if not re.fullmatch(r"\d+ [a-z]+ \d{4} \d\d:\d\d #\d+", one)]
    assert [one.text for one in soup.select("dd") if re.match(r"\d{4}-", one.text)] == [
        "2026-99-99T99:99:99+00:00",
        "2026-99-99",
    ]


@pytest.mark.parametrize("kind", ["access", "portability"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_letter_is_whole_in_both_languages(client: Client, kind: str, language: str) -> None:
    """C9, C11, H3: (a)-(h) and 15(2) in the person's own language, in one file that asks nothing of the outside."""
    send(client, email="jan@voorbeeld.example")
    now = timezone.now()
    request = take(email="jan@voorbeeld.example", kind=kind, language=language, received_at=now, at=now)
    archive = Archive("", request=request)
    jsonschema.validate(archive.data, SCHEMA)
    assert (archive.data["right"], archive.data["language"]) == (kind, language)
    version = StatementVersion.objects.binding()
    facts = version.in_language(language).facts
    soup = BeautifulSoup(archive.letter, "html.parser")
    text = soup.get_text(" ", strip=True)
    assert soup.html["lang"] == language
    assert not soup.select("[src], link, script, [style]")
    assert all(
        link["href"].startswith(("https://www.auto", "mailto:", "data.json", "statement.html")) for link in soup.select("a")
    )
    assert "@media print" in str(soup.style)
    purpose = next(row for row in facts["purposes"] if row["key"] == "enquiry")
    found = [source["terms"] for source in archive.data["sources"].values() if source["records"]]
    recipients = [row for terms in found for row in terms["recipients"]]
    wanted = [
        purpose["name"],
        purpose["description"],
        "Autoriteit Persoonsgegevens",
        facts["controller"]["automated_decisions"],
    ]
    wanted += [row[part] for row in recipients for part in ("name", "country", "transfer")]
    wanted += [terms["period"]["period_label"] for terms in found]
    for words in wanted:
        assert words in text, words
    other = {"nl": "We hold", "en": "Wij "}[language]
    assert other not in text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_checksum_stands_there_without_what_it_is_for(client: Client, language: str) -> None:
    """A row of sixty-four letters and digits tells a layman nothing (12(1))."""
    send(client, email=JAN)
    said = {"nl": ("Controlegetal", "waaraan te zien is dat"), "en": ("Checksum", "which shows that")}[language]
    for name, page in papers(language).items():
        text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.decode(), flags=re.DOTALL)
        for found in re.finditer(r"\b[0-9a-f]{64}\b", text):
            before = text[: found.start()][-200:]
            assert all(words in before for words in said), (name, before)
        assert re.search(r"\b[0-9a-f]{64}\b", text), name


def test_what_the_statement_says_of_computers_is_what_the_letter_says(client: Client) -> None:
    """C9: 15(1)(h), from the statement in force and not from us."""
    send(client, email="jan@voorbeeld.example")
    Controller.objects.update(automated_decisions="Een computer weegt uw aanvraag.")
    publish()
    archive = Archive("jan@voorbeeld.example")
    assert "Een computer weegt uw aanvraag." in archive.letter
    assert "geen besluiten over u" not in archive.letter


def test_without_a_statement_there_is_nothing_to_tell() -> None:
    PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
    with pytest.raises(NoStatementInForce):
        build_export(email="jan@voorbeeld.example", out=io.BytesIO())


def test_costs_grow_with_nobody_else(django_assert_max_num_queries: Any) -> None:
    """The number of queries is the same with one record and with many, and with many other people."""
    person = relation(timezone.now())
    for _ in range(15):
        SubmissionFactory.create(subject=person)
        relation(timezone.now())
    # One for each source, one more for each that has files, and what there is about the person, the statement and its text.
    with django_assert_max_num_queries(len(registry.sources) + 8):
        assert Archive(person.email).summary.by_source["contact.submissions"] == 16


class TestCommand:
    """`manage.py inzage EMAIL OUT.zip`."""

    def call(self, *args: str) -> tuple[dict[str, Any], int]:
        out = io.StringIO()
        code = 0
        try:
            call_command("inzage", *args, stdout=out)
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        return json.loads(out.getvalue().splitlines()[-1]), code

    def test_writes_a_file_that_only_its_owner_reads(self, client: Client, tmp_path: Path) -> None:
        send(client, email="jan@voorbeeld.example")
        target = tmp_path / "jan.zip"
        result, code = self.call("jan@voorbeeld.example", str(target))
        assert code == 0
        assert set(result) == {"records", "by_source", "sha256", "statement_version"}
        assert result["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
        assert target.stat().st_mode & 0o077 == 0
        assert list(tmp_path.iterdir()) == [target]

    def test_says_what_is_wrong(self, tmp_path: Path) -> None:
        assert self.call("geen adres", str(tmp_path / "x.zip"))[1] == 1
        assert self.call("jan@voorbeeld.example", str(tmp_path / "bestaat niet" / "x.zip"))[1] == 1
        result, code = self.call("jan@voorbeeld.example", str(tmp_path))
        assert (code, "niet schrijven" in result["error"]) == (1, True), "a folder"
        os.mkfifo(pipe := tmp_path / "pijp")
        result, code = self.call("jan@voorbeeld.example", str(pipe))
        assert (code, "geen gewoon bestand" in result["error"], pipe.is_fifo()) == (1, True, True)
        pipe.unlink()
        assert not list(tmp_path.iterdir())
        PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
        result, code = self.call("jan@voorbeeld.example", str(tmp_path / "x.zip"))
        assert code == 1
        assert "error" in result
        assert not list(tmp_path.iterdir())


def test_messages_that_asked_other_questions_are_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """C10: a form that changed between two messages costs none of them, however they lie."""
    monkeypatch.setattr("privacy.rights.rendering.BATCH", 2)
    person = relation(timezone.now())
    person.submissions.all().delete()
    forms = [[["message", "Uw bericht"]], [["message", "Uw vraag"]], [["name", "Naam"], ["message", "Uw vraag"]]]
    for number, form in enumerate([0, 1, 1, 1, 0, 2, 0]):
        SubmissionFactory.create(subject=person, labels=forms[form], form_data={"message": f"<{number}>", "name": "Jan"})
    archive = Archive(person.email)
    held = archive.data["sources"]["contact.submissions"]["records"]
    assert [row["values"].get("Uw bericht", row["values"].get("Uw vraag")) for row in held] == [
        f"<{number}>" for number in (0, 4, 6, 1, 2, 3, 5)
    ], "those of one form together, oldest first"
    assert [list(row["values"]) for row in held[-2:]] == [["Uw vraag"], ["Naam", "Uw vraag"]]
    assert [row["value"] for row in archive.rows("contact.submissions")][-2:] == ["Jan", "<5>"]
    assert archive.letter.count("<dd>&lt;") == 7
