"""A backup brings back no consent that was withdrawn, and no mailing that somebody objected to (7(3), 21(3), B8, B12, D5)."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from privacy.consent import ledger
from privacy.consent.chain import broken_links
from privacy.consent.models import ConsentEvent, ErasureDue, Method, Suppression, UnconfirmedConsent, UnwrittenLine
from privacy.consent.services import may, object_to_mailings, withdraw
from privacy.consent.suppression import address_hash
from privacy.consent.tasks import sweep
from privacy.immutable import erasing
from privacy.subjects import ledger as erasures
from privacy.subjects import position
from privacy.subjects.models import DataSubject
from privacy.subjects.replay import replay_erasures
from tests.factories import ConsentEventFactory, DataSubjectFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

EMAIL = "anna@voorbeeld.example"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """A ledger of this test's own."""
    settings.ERASURE_LEDGER_DIR = tmp_path / "ledger"
    return tmp_path / "ledger"


@pytest.fixture
def then() -> datetime:
    return timezone.now() - timedelta(days=30)


def agreed(at: datetime, *, email: str = EMAIL, purpose: str = "reference") -> DataSubject:
    """Make a person who agreed to one purpose at that moment: also what a backup brings back."""
    person = DataSubjectFactory.create(email=email, last_contact_at=at)
    ConsentEventFactory.create(subject=person, purpose=purpose)
    return person


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for path in sorted(folder.glob("*.ndjson")) for text in path.read_text().splitlines()]


class TestLines:
    def test_say_who_by_a_keyed_hash_what_how_and_when(self, folder: Path, then: datetime) -> None:
        at = timezone.now()
        withdraw(subject=agreed(then), purpose="reference", place="phone", at=at, method=Method.PHONE)
        (line,) = lines(folder)
        assert line.pop("number") == position.next_number() - 1
        assert len(line.pop("subject")) == 64
        assert line == {"purpose": "reference", "method": "phone", "at": at.isoformat()}
        assert "anna" not in next(folder.glob("*.ndjson")).read_text()

    def test_are_no_lines_of_erasures(self, folder: Path, then: datetime) -> None:
        """Who counts erasures meets none of them."""
        withdraw(subject=agreed(then), purpose="reference", place="mail", at=timezone.now(), method=Method.MAIL)
        assert not list(folder.glob("*.jsonl"))
        assert not list(erasures.read())

    def test_are_not_written_for_what_was_never_given(self, folder: Path) -> None:
        person = DataSubjectFactory.create(email=EMAIL)
        withdraw(subject=person, purpose="reference", place="mail", at=timezone.now(), method=Method.MAIL)
        assert not folder.exists()

    def test_a_full_disk_keeps_nobody_from_withdrawing_and_the_sweep_writes_the_line(
        self, folder: Path, then: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        """7(3), D5: as easy as giving, whatever state our disk is in; and no backup brings it back once the disk has room."""
        folder.write_text("no folder")
        person, at = agreed(then), timezone.now()
        withdraw(subject=person, purpose="reference", place="mail", at=at, method=Method.MAIL)
        object_to_mailings(email="wie@voorbeeld.example", place="mail", at=at, method=Method.PHONE)
        assert not may(subject=person, purpose="reference")
        assert "The ledger cannot be written" in caplog.text
        assert "anna" not in caplog.text
        sweep()  # the disk is still full
        assert UnwrittenLine.objects.count() == 2

        DataSubject.objects.filter(pk=person.pk).update(email="anders@voorbeeld.example")  # the line is of who it was
        folder.unlink()
        sweep()
        sweep()
        found = [(line["subject"], line["purpose"], line["method"], line["at"]) for line in lines(folder)]
        assert found == [
            (address_hash(EMAIL), "reference", "mail", at.isoformat()),
            (address_hash("wie@voorbeeld.example"), ledger.OBJECTION, "phone", at.isoformat()),
        ]
        assert not UnwrittenLine.objects.exists()

    def test_a_line_that_waits_is_undone_with_its_withdrawal(self, folder: Path, then: datetime) -> None:
        folder.write_text("no folder")
        person = agreed(then)
        with transaction.atomic():
            withdraw(subject=person, purpose="reference", place="mail", at=timezone.now(), method=Method.MAIL)
            assert UnwrittenLine.objects.exists()
            transaction.set_rollback(True)
        assert not UnwrittenLine.objects.exists()

    def test_what_came_in_long_ago_is_in_the_file_of_today(self, folder: Path, then: datetime) -> None:
        """D5: the newest number is looked for in the newest files; a letter of last spring makes a restore noticed too."""
        person = agreed(then - timedelta(days=900))
        folder.mkdir()
        for days in (0, 35, 70):
            (folder / f"{timezone.now() - timedelta(days=days):%Y-%m}.withdrawals.ndjson").touch()
        long_ago = timezone.now() - timedelta(days=400)
        withdraw(subject=person, purpose="reference", place="letter", at=long_ago, method=Method.PAPER)
        (line,) = lines(folder)
        assert line["at"] == long_ago.isoformat()
        assert erasures.newest_number() == line["number"]


class TestReplay:
    @pytest.fixture(autouse=True)
    def _lost(self, demo_site: None, then: datetime) -> None:
        """Somebody withdrew one purpose, objected, and was lost with the database; the backup has her consents."""
        person = agreed(then)
        ConsentEventFactory.create(subject=person, purpose="newsletter")
        at = timezone.now() - timedelta(days=1)
        withdraw(subject=person, purpose="reference", place="phone", at=at, method=Method.PHONE)
        object_to_mailings(email=EMAIL, place="mail", at=at, method=Method.MAIL)
        Suppression.objects.all().delete()
        with erasing(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM privacy_subjects_datasubject")

    def test_withdraws_again_with_the_time_of_then(self, then: datetime) -> None:
        person = agreed(then)
        assert may(subject=person, purpose="reference")
        replay_erasures(at=timezone.now())
        assert not may(subject=person, purpose="reference")
        event = ConsentEvent.objects.get(action="withdrawn")
        assert (event.method, event.place) == ("phone", ledger.PLACE)
        assert timezone.now() - event.at > timedelta(hours=23)
        assert ErasureDue.objects.filter(subject=person).exists(), "what rested on it goes again too"
        assert not list(broken_links())

    def test_twice_is_once_and_writes_no_lines(self, folder: Path, then: datetime) -> None:
        agreed(then)
        before = lines(folder)
        for _ in range(2):
            replay_erasures(at=timezone.now())
        assert ConsentEvent.objects.count() == 2
        assert lines(folder) == before

    def test_objects_again_also_for_who_is_not_known(self, then: datetime) -> None:
        """B12."""
        replay_erasures(at=timezone.now())
        person = agreed(then, purpose="newsletter")
        assert not may(subject=person, purpose="newsletter")

    def test_who_agreed_anew_keeps_it(self) -> None:
        """The newest word counts: that person changed their mind by themselves."""
        person = agreed(timezone.now())
        ConsentEventFactory.create(subject=person, purpose="newsletter")
        replay_erasures(at=timezone.now())
        assert may(subject=person, purpose="reference")
        assert may(subject=person, purpose="newsletter")

    def test_a_box_of_before_is_forgotten(self, then: datetime) -> None:
        """B11: whose question waits in an old mail."""
        event = ConsentEventFactory.create(
            subject=DataSubjectFactory.create(email=EMAIL, last_contact_at=then), purpose="enquiry"
        )
        shown = {name: getattr(event, name) for name in ("version", "wording", "language", "place")}
        UnconfirmedConsent.objects.create(subject=event.subject, purpose="newsletter", at=then, **shown)
        replay_erasures(at=timezone.now())
        assert not UnconfirmedConsent.objects.exists()

    def test_bystanders_and_other_purposes_are_left_alone(self, then: datetime) -> None:
        anna, bob = agreed(then, purpose="enquiry"), agreed(then, email="bob@voorbeeld.example")
        replay_erasures(at=timezone.now())
        assert may(subject=anna, purpose="enquiry")
        assert may(subject=bob, purpose="reference")

    def test_half_a_line_takes_no_other_with_it(self, folder: Path, then: datetime) -> None:
        (file,) = folder.glob("*.ndjson")
        file.write_bytes(file.read_bytes() + b'{"subject": "abc", "pur')
        person = agreed(then)
        other = agreed(then, email="bob@voorbeeld.example")
        withdraw(subject=other, purpose="reference", place="mail", at=timezone.now(), method=Method.MAIL)
        assert len(list(erasures.read_from(ledger.KIND))) == 4
        replay_erasures(at=timezone.now())
        assert not may(subject=person, purpose="reference")


def test_a_withdrawal_alone_makes_a_restore_noticed(then: datetime) -> None:
    """D5: nothing was erased, and yet the restored database must not be served before the replay."""
    withdraw(subject=agreed(then), purpose="reference", place="mail", at=timezone.now(), method=Method.MAIL)
    assert not position.ledger_is_ahead()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('privacy_subjects_ledger_number', 1, false)")
    assert position.ledger_is_ahead()
    replay_erasures(at=timezone.now())
    assert not position.ledger_is_ahead()
