"""Erasure: everything of one person or nothing, nobody else, and a line outside the database that says so."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from contact.openings import opened
from privacy.consent.links import token_for
from privacy.consent.models import ConsentEvent, ErasureDue
from privacy.rights.models import Correction, DataRequest
from privacy.subjects import ledger
from privacy.subjects.models import DataSubject
from privacy.subjects.moments import meet
from privacy.subjects.registry import Record, Source, registry
from privacy.subjects.services import erase
from tests.factories import AttachmentFactory, SubmissionFactory, ask_for_newsletter, case_about, relation

pytestmark = pytest.mark.usefixtures("demo_site")

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ANNA, BOB = "anna@voorbeeld.example", "bob@voorbeeld.example"


@pytest.fixture(autouse=True)
def ledger_folder(settings: Settings, tmp_path: Path) -> Path:
    """A ledger of this test's own."""
    settings.ERASURE_LEDGER_DIR = tmp_path / "ledger"
    return tmp_path / "ledger"


def known(email: str) -> DataSubject:
    """Make a person of whom every source holds something."""
    person = relation(NOW, email=email)
    request = DataRequest.objects.create(subject=person, received_at=NOW)
    Correction.objects.create(request=request, subject=person, old="Ana", new="Anna", at=NOW)
    AttachmentFactory.create(submission=person.submissions.get())
    AttachmentFactory.create(submission=SubmissionFactory.create(subject=person, possible_spam=True))
    opened(person.submissions.earliest("pk"), by=None)
    meet(person, kind="phone", at=NOW)
    token_for(person)
    ErasureDue.objects.create(subject=person, since=NOW)
    case_about(person)
    ask_for_newsletter(person, at=NOW)
    return person


def holdings(person: DataSubject) -> dict[str, int]:
    """Return how many rows each source holds of a person."""
    return {key: source.count(DataSubject.objects.filter(pk=person.pk)) for key, source in registry.sources.items()}


def written(folder: Path) -> str:
    """Return all text of the ledger."""
    return "".join(path.read_text() for path in folder.iterdir()) if folder.exists() else ""


class TestErase:
    def test_takes_every_source_and_leaves_the_bystander_whole(self) -> None:
        """C18, 17(1): no source is forgotten; nobody else loses anything."""
        anna, bob = known(ANNA), known(BOB)
        before = holdings(bob)
        assert all(holdings(anna).values()), "a source has no row here: make one in known()"
        result = erase([anna], reason="verzoek", at=NOW)
        assert (result.people, result.by_source) == (1, before)
        assert not any(holdings(anna).values())
        assert holdings(bob) == before

    def test_writes_one_line_a_person_without_saying_who(self, ledger_folder: Path) -> None:
        """D4: the proof of deletion holds no personal data."""
        people = [known(ANNA), known(BOB)]
        result = erase(people, reason="verzoek", at=NOW, run=7)
        lines = list(ledger.read())
        assert lines == result.lines
        assert [line.subject for line in lines] == [ledger.pseudonym(ANNA), ledger.pseudonym(BOB)]
        assert {(line.at, line.reason, line.run) for line in lines} == {(NOW, "verzoek", 7)}
        text = written(ledger_folder).lower()
        assert not any(word in text for word in ("anna", "bob", "voorbeeld", "@"))

    def test_is_nothing_when_the_ledger_cannot_be_written(self, ledger_folder: Path) -> None:
        """Without its line a person would come back with the next restored backup."""
        ledger_folder.write_text("a file where a folder should be")
        anna = known(ANNA)
        before = holdings(anna)
        with pytest.raises(OSError, match="ledger"):
            erase([anna], reason="verzoek", at=NOW)
        assert holdings(anna) == before

    def test_is_nothing_when_one_source_fails(self, monkeypatch: pytest.MonkeyPatch, ledger_folder: Path) -> None:
        class Failing(Source):
            def erase(self, subject_ids: Any) -> int:
                raise RuntimeError

        last = registry.in_order()[-1]
        failing = Failing(**vars(replace(last, key="test.failing", order=last.order + 1)))
        anna = known(ANNA)
        before = holdings(anna)
        monkeypatch.setitem(registry.sources, failing.key, failing)
        with pytest.raises(RuntimeError):
            erase([anna], reason="verzoek", at=NOW)
        monkeypatch.undo()
        assert holdings(anna) == before

    @pytest.mark.parametrize(
        "reason", ["Anna@Voorbeeld.example vroeg erom", "op verzoek van <ANNA@voorbeeld.EXAMPLE>.", f"zie {ANNA}:2026"]
    )
    def test_refuses_a_reason_that_names_the_person(self, reason: str, ledger_folder: Path) -> None:
        anna = known(ANNA)
        with pytest.raises(ValueError, match="must not name"):
            erase([anna], reason=reason, at=NOW)
        assert all(holdings(anna).values())
        assert written(ledger_folder) == ""

    def test_knows_an_international_address_in_a_reason(self) -> None:
        person = known("jan@xn--bcher-kva.example")
        with pytest.raises(ValueError, match="must not name"):
            erase([person], reason="mail van Jan@Bücher.example, 3 mei", at=NOW)

    def test_closes_the_door_behind_it(self) -> None:
        """B5: in the same transaction, proof of others can again not be deleted."""
        anna, bob = known(ANNA), known(BOB)
        erase([anna], reason="verzoek", at=NOW)
        with pytest.raises(DatabaseError, match="are proof"), transaction.atomic():
            bob.consent_events.all().delete()
        assert ConsentEvent.objects.filter(subject=bob).exists()


class TestCommand:
    @staticmethod
    def run(email: str, reason: str = "op verzoek") -> tuple[dict[str, Any], int]:
        """Run `manage.py erase`; return what it prints on its last line and its exit code."""
        out = StringIO()
        code = 0
        try:
            call_command("erase", email, reason=reason, stdout=out)
        except SystemExit as stop:
            code = int(stop.code or 0)
        return json.loads(out.getvalue().splitlines()[-1]), code

    def test_prints_what_the_contract_says(self) -> None:
        anna, bob = known(ANNA), known(BOB)
        rows = sum(holdings(anna).values())
        DataRequest.objects.filter(subject=anna).update(state="delivered", closed_at=NOW)
        result, code = self.run(" ANNA@voorbeeld.example")
        assert (result["erased"], result["retained"], code) == (rows, [], 0)
        assert [line.id for line in ledger.read()] == [result["ledger_id"]]
        assert list(DataSubject.objects.all()) == [bob]

    def test_finds_nothing_of_a_stranger(self) -> None:
        assert self.run("niemand@voorbeeld.example") == ({"erased": 0, "retained": [], "ledger_id": None}, 0)

    @pytest.mark.parametrize("reason", ["held", "restricted"])
    def test_fails_for_somebody_who_is_held(self, reason: str) -> None:
        """C17, 18(2): a restriction freezes erasure too."""
        person = relation(NOW, email=ANNA, **{reason: True})
        result, code = self.run(ANNA)
        assert (code, list(result)) == (1, ["error"])
        assert all(holdings(person)[key] for key in ("subjects.person", "contact.submissions"))

    def test_fails_on_a_reason_that_names_the_person(self) -> None:
        person = relation(NOW, email=ANNA)
        result, code = self.run(ANNA, reason=f"{ANNA} wil weg")
        assert (code, list(result)) == (1, ["error"])
        assert DataSubject.objects.filter(pk=person.pk).exists()

    def test_wants_a_reason(self) -> None:
        with pytest.raises(CommandError, match="--reason"):
            call_command("erase", ANNA)


class TestNamesOfRows:
    def rows(self, person: DataSubject) -> Iterator[tuple[str, Any]]:
        """Yield every row that holds something of a person, from every source."""
        for key, source in registry.sources.items():
            for row in source.model._base_manager.filter(**{source.subject: person.pk}):
                yield key, row

    def test_say_nothing_about_the_person(self) -> None:
        """I2: Wagtail stores `str()` in its log and shows it in messages."""
        person = known(ANNA)
        person.refresh_from_db()
        found = dict(self.rows(person))
        assert found.keys() == registry.sources.keys()
        for row in found.values():
            for text in (str(row), repr(row)):
                assert "anna" not in text.lower()
                assert "website" not in text.lower()
            assert str(row) == f"{type(row).__name__} #{row.pk}"

    def test_references_in_an_inzage_say_nothing_either(self) -> None:
        person = known(ANNA)
        records: list[Record] = [record for source in registry.in_order() for record in source.collect(person)]
        assert len(records) == len(registry.sources)
        assert not any("@" in record.reference for record in records)


def test_a_raw_delete_of_proof_is_refused_outside_an_erasure() -> None:
    known(ANNA)
    with pytest.raises(DatabaseError, match="are proof"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM privacy_consent_consentevent")
