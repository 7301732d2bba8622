"""Withdrawal deletes what rests on that consent alone, once, and nothing that may not go (17(1)(b), B8)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from contact.models import Submission
from privacy.consent.chain import broken_links
from privacy.consent.erasure import outlook, resting_on
from privacy.consent.models import ConsentEvent, ErasureDue, Method
from privacy.consent.services import withdraw
from privacy.consent.states import in_force
from privacy.consent.tasks import erase_withdrawn, sweep
from privacy.register.models import Purpose
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.subjects import ledger
from privacy.subjects.models import DataSubject
from privacy.subjects.replay import replay_erasures
from tests.factories import ConsentEventFactory, SubmissionFactory, publish, relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

PAST = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _ledger(tmp_path: Path, settings: Any) -> None:
    settings.ERASURE_LEDGER_DIR = tmp_path / "ledger"


@pytest.fixture
def anna() -> DataSubject:
    """Somebody with a message, and beside her Bob with his."""
    relation(PAST)
    return relation(PAST, email="anna@voorbeeld.example")


def take_back(person: DataSubject, purpose: str = "enquiry") -> ErasureDue:
    withdraw(subject=person, purpose=purpose, place="mail", at=timezone.now(), method=Method.MAIL)
    return ErasureDue.objects.get(subject=person)


def messages(person: DataSubject) -> int:
    return Submission.objects.filter(subject=person).count()


def test_withdrawing_the_enquiry_erases_the_messages_and_keeps_the_proof(anna: DataSubject) -> None:
    erase_withdrawn(take_back(anna).pk)
    assert messages(anna) == 0
    assert Submission.objects.count() == 1, "Bob's"
    assert [event.action for event in anna.consent_events.order_by("number")] == ["given", "withdrawn"]
    assert not list(broken_links())
    assert not ErasureDue.objects.exists()


def test_takes_along_what_the_site_holds_for_spam(anna: DataSubject) -> None:
    """The box says that the message goes, whatever our traps made of it; and it is called a message, once."""
    Submission.objects.filter(subject=anna).update(state=Submission.State.SPAM, suspicions=["no_proof"])
    due = take_back(anna)
    version = in_force()
    assert version is not None
    said = outlook(anna, version, at=timezone.now())
    assert said.goes == ["Bestanden die u met een bericht meestuurde", "Berichten die u via het contactformulier stuurde"]
    assert not any("spam" in kept.label for kept in said.stays)
    erase_withdrawn(due.pk)
    assert messages(anna) == 0
    assert Submission.objects.count() == 1, "Bob's"
    assert [line.sources for line in ledger.read()] == [["contact.possible_spam"]]


def test_leaves_a_line_in_the_ledger_that_says_what_went(anna: DataSubject) -> None:
    erase_withdrawn(take_back(anna).pk)
    (line,) = ledger.read()
    assert (line.reason, line.sources) == ("consent withdrawn", ["contact.submissions"])
    assert line.subject == ledger.pseudonym(anna.email)


def test_twice_is_once(anna: DataSubject) -> None:
    due = take_back(anna).pk
    for _ in range(2):
        erase_withdrawn(due)
    sweep()
    assert len(list(ledger.read())) == 1


def test_another_purpose_takes_no_messages(anna: DataSubject) -> None:
    ConsentEventFactory.create(subject=anna, purpose="reference")
    erase_withdrawn(take_back(anna, "reference").pk)
    assert messages(anna) == 1
    assert not list(ledger.read())


def test_a_purpose_on_another_basis_keeps_its_data(anna: DataSubject) -> None:
    """Where another basis remains nothing is deleted (17(1)(b))."""
    Purpose.objects.filter(key="enquiry").update(legal_basis="f", interest="antwoorden")
    publish()
    erase_withdrawn(take_back(anna).pk)
    assert messages(anna) == 1


@pytest.mark.parametrize(
    "hold", [{"restricted_at": PAST}, {"hold_until": datetime(2999, 1, 1, tzinfo=UTC), "hold_reason": "geschil"}]
)
def test_who_is_held_waits_and_is_told(anna: DataSubject, hold: dict[str, Any]) -> None:
    """18(1), 17(3)(e): the withdrawal counts at once, the deletion comes when the hold ends."""
    DataSubject.objects.filter(pk=anna.pk).update(**hold)
    due = take_back(anna)
    erase_withdrawn(due.pk)
    sweep()
    assert messages(anna) == 1
    version = in_force()
    assert version is not None
    assert outlook(anna, version, at=timezone.now()).waits
    DataSubject.objects.filter(pk=anna.pk).update(restricted_at=None, hold_until=None, hold_reason="")
    sweep()
    assert messages(anna) == 0


def test_those_on_hold_do_not_keep_others_waiting(anna: DataSubject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.consent.tasks.PER_SWEEP", 1)
    held = relation(PAST, held=True)
    take_back(held)
    take_back(anna)
    sweep()
    assert (messages(held), messages(anna)) == (1, 0)


def test_who_gives_consent_again_first_keeps_the_message(anna: DataSubject) -> None:
    due = take_back(anna)
    ConsentEventFactory.create(subject=anna, purpose="enquiry")
    erase_withdrawn(due.pk)
    assert messages(anna) == 1
    assert not ErasureDue.objects.exists()


def test_nothing_is_deleted_without_a_statement(anna: DataSubject) -> None:
    """Invariant 1."""
    due = take_back(anna)
    page = PrivacyStatementPage.source()
    assert page is not None
    page.unpublish()
    erase_withdrawn(due.pk)
    assert messages(anna) == 1
    assert ErasureDue.objects.exists()


def test_a_ledger_that_cannot_be_written_leaves_everything_as_it_was(
    anna: DataSubject, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    due = take_back(anna)
    (tmp_path / "file").write_text("")
    good, settings.ERASURE_LEDGER_DIR = settings.ERASURE_LEDGER_DIR, tmp_path / "file"
    erase_withdrawn(due.pk)
    assert messages(anna) == 1
    assert "anna" not in caplog.text
    settings.ERASURE_LEDGER_DIR = good
    sweep()
    assert messages(anna) == 0


def test_who_was_erased_in_the_meantime_is_nobody(anna: DataSubject) -> None:
    from privacy.subjects.services import erase

    due = take_back(anna).pk
    erase([anna], reason="verzoek", at=timezone.now())
    erase_withdrawn(due)
    assert not DataSubject.objects.filter(email=anna.email).exists()


class TestReplay:
    """Invariant 5, for what was erased of somebody who is still there."""

    def test_a_restored_backup_loses_the_messages_again_and_keeps_the_person(self, anna: DataSubject) -> None:
        erase_withdrawn(take_back(anna).pk)
        SubmissionFactory.create(subject=anna)  # what the backup brought back
        replay = replay_erasures(at=timezone.now())
        assert replay.re_erased == 1
        assert messages(anna) == 0
        assert ConsentEvent.objects.filter(subject=anna).count() == 2
        assert replay_erasures(at=timezone.now()).re_erased == 0

    def test_what_came_afterwards_and_is_held_for_spam_is_left_alone(self, anna: DataSubject) -> None:
        """It moves no clock, so the line of the erasure cannot tell; the withdrawal's own line can."""
        Submission.objects.filter(subject=anna).update(state=Submission.State.SPAM)
        erase_withdrawn(take_back(anna).pk)
        SubmissionFactory.create(subject=anna, state=Submission.State.SPAM)
        ConsentEventFactory.create(subject=anna, at=timezone.now())
        assert replay_erasures(at=timezone.now()).re_erased == 0
        sweep()
        assert messages(anna) == 1

    def test_what_a_backup_brought_back_and_is_held_for_spam_goes_again(self, anna: DataSubject) -> None:
        Submission.objects.filter(subject=anna).update(state=Submission.State.SPAM)
        with transaction.atomic():
            backup = transaction.savepoint()
            erase_withdrawn(take_back(anna).pk)
            assert messages(anna) == 0
            transaction.savepoint_rollback(backup)
        assert messages(anna) == 1
        replay_erasures(at=timezone.now())
        sweep()
        assert messages(anna) == 0

    def test_who_wrote_again_afterwards_is_left_alone(self, anna: DataSubject) -> None:
        erase_withdrawn(take_back(anna).pk)
        DataSubject.objects.filter(pk=anna.pk).update(last_contact_at=timezone.now() + timedelta(seconds=1))
        SubmissionFactory.create(subject=anna)
        assert replay_erasures(at=timezone.now()).re_erased == 0
        assert messages(anna) == 1


def test_only_what_rests_on_nothing_else() -> None:
    version = StatementVersion.objects.in_force()
    assert [source.key for source in resting_on({"enquiry"}, version)] == [
        "contact.attachments",
        "contact.possible_spam_files",
        "contact.submissions",
        "contact.possible_spam",
    ]
    assert [source.key for source in resting_on({"newsletter", "reference"}, version)] == ["home.cases"]
    assert resting_on({"accountability", "assignment"}, version) == []
    assert resting_on({"enquiry"}, None) == []


def test_tells_what_goes_and_what_stays_until_when(anna: DataSubject) -> None:
    take_back(anna)
    version = in_force()
    assert version is not None
    told = outlook(anna, version, at=timezone.now())
    assert told.goes == ["Bestanden die u met een bericht meestuurde", "Berichten die u via het contactformulier stuurde"]
    kept = {row.label: row for row in told.stays}
    assert kept["Toestemmingen die u gaf of introk"].purposes == ["Laten zien dat wij ons aan de wet houden"]
    assert kept["Toestemmingen die u gaf of introk"].until.isoformat() == "2028-11-01"
    assert not told.waits
    assert not [row for row in told.stays if "Uw vraag beantwoorden" in row.purposes], "what was withdrawn is no reason to stay"
    assert not [row for row in told.stays if "nog wissen" in row.label]
