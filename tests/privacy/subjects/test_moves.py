"""After a restore of a backup from before somebody changed their address: found under the later one too, and nobody else is."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from privacy.consent import ledger as consent_ledger
from privacy.consent.models import Suppression
from privacy.consent.services import may, object_to_mailings, withdraw
from privacy.consent.suppression import address_hash
from privacy.subjects import ledger, moves, position
from privacy.subjects.addresses import readdress
from privacy.subjects.models import DataSubject
from privacy.subjects.replay import replay_erasures
from privacy.subjects.services import erase, find
from tests.factories import ConsentEventFactory, relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

OLD, NEW, THIRD = "oud@voorbeeld.example", "nieuw@voorbeeld.example", "derde@voorbeeld.example"
NOW = datetime.fromisoformat("2026-11-30T10:00:00+00:00")
DAY = timedelta(days=1)
#: The last contact in the backup, which is older than everything that happens here.
THEN = NOW - 100 * DAY


@pytest.fixture(autouse=True)
def _own_ledger(settings: Any, tmp_path: Any) -> None:
    """A ledger of this test's own."""
    settings.ERASURE_LEDGER_DIR = tmp_path


@pytest.fixture
def change(django_capture_on_commit_callbacks: Any) -> Any:
    """Change somebody's address, committed or undone by a crash."""

    def move(email: str, to: str, *, at: datetime, is_committed: bool = True) -> None:
        person = find(email)
        assert person
        with django_capture_on_commit_callbacks(execute=is_committed), transaction.atomic():
            readdress(person, email=to, at=at)
            transaction.set_rollback(not is_committed)

    return move


def gone(email: str, *, at: datetime) -> None:
    """Erase somebody."""
    person = find(email)
    assert person
    erase([person], reason="verzoek", at=at)


def restored(*emails: str, last_contact_at: datetime = THEN) -> None:
    """Bring back people as a backup knows them, and replay."""
    for email in emails:
        if find(email) is None:
            relation(last_contact_at, email=email)
    replay_erasures(at=timezone.now())


def left() -> set[str]:
    return set(DataSubject.objects.values_list("email", flat=True))


def test_who_was_erased_under_the_new_address_is_erased_under_the_old(change: Any) -> None:
    """Invariant 5; and nobody beside them."""
    relation(THEN, email=OLD)
    change(OLD, NEW, at=NOW - 9 * DAY)
    gone(NEW, at=NOW - 5 * DAY)
    restored(OLD, "blijft@voorbeeld.example")
    assert left() == {"blijft@voorbeeld.example"}


def test_through_every_address_and_back_again(change: Any) -> None:
    relation(THEN, email=OLD)
    for day, (old, new) in enumerate([(OLD, NEW), (NEW, THIRD), (THIRD, OLD), (OLD, NEW)]):
        change(old, new, at=NOW + (day - 9) * DAY)
    gone(NEW, at=NOW)
    restored(OLD)
    assert left() == set()


def test_without_an_erasure_they_simply_have_the_old_address_again(change: Any) -> None:
    relation(THEN, email=OLD)
    change(OLD, NEW, at=NOW)
    DataSubject.objects.update(email=OLD, last_contact_at=THEN)
    restored()
    assert left() == {OLD}


def test_a_later_holder_of_the_old_address_stays(change: Any) -> None:
    """Also one who began before the other was erased, and also in a replay by hand."""
    relation(THEN, email=OLD)
    change(OLD, NEW, at=NOW - 9 * DAY)
    relation(NOW - 7 * DAY, email=OLD)
    gone(NEW, at=NOW - 5 * DAY)
    restored()
    assert left() == {OLD}


def test_who_came_back_does_not_go_with_a_later_holder_of_the_address_between(change: Any) -> None:
    """Nor when they were not in contact since before they left: changing back may be the officer's work."""
    relation(THEN, email=OLD)
    change(OLD, NEW, at=NOW - 9 * DAY)
    change(NEW, OLD, at=NOW - 7 * DAY)
    relation(NOW - 5 * DAY, email=NEW)
    gone(NEW, at=NOW - 3 * DAY)
    restored()
    assert left() == {OLD}


def test_who_left_an_address_does_not_go_with_its_later_holder(change: Any) -> None:
    """In the backup the address is theirs; the erasure in the ledger is somebody else's."""
    relation(THEN, email=OLD)
    change(OLD, NEW, at=NOW - 9 * DAY)
    relation(NOW - 7 * DAY, email=OLD)
    gone(OLD, at=NOW - 5 * DAY)
    DataSubject.objects.filter(email=NEW).update(email=OLD, last_contact_at=THEN)
    restored()
    assert left() == {OLD}


def test_nor_with_an_earlier_holder_of_the_new_one(change: Any) -> None:
    relation(THEN, email=NEW)
    gone(NEW, at=NOW - 9 * DAY)
    relation(THEN, email=OLD)
    change(OLD, NEW, at=NOW - 5 * DAY)
    DataSubject.objects.update(email=OLD, last_contact_at=THEN)
    restored()
    assert left() == {OLD}


def test_a_backup_from_after_the_change_knows_who_is_who(change: Any) -> None:
    relation(THEN, email=OLD)
    change(OLD, NEW, at=NOW - 9 * DAY)
    gone(NEW, at=NOW - 5 * DAY)
    relation(NOW - 8 * DAY, email=OLD)
    restored(NEW, last_contact_at=NOW - 9 * DAY)
    assert left() == {OLD}


@pytest.mark.parametrize("erased_as", [OLD, NEW])
def test_a_change_that_a_crash_undid_hides_nobody_from_the_replay(change: Any, erased_as: str) -> None:
    """Its line is there and the change is not; erased under either address they stay so."""
    relation(THEN, email=OLD)
    change(OLD, NEW, at=NOW - 9 * DAY, is_committed=False)
    assert left() == {OLD}
    if erased_as == NEW:
        change(OLD, NEW, at=NOW - 8 * DAY)
    gone(erased_as, at=NOW)
    restored(OLD)
    assert left() == set()


def test_what_was_withdrawn_and_objected_to_under_the_new_address_stays_so(change: Any) -> None:
    """B8, B12, decision 0240."""
    person = relation(THEN, email=OLD)
    for purpose in ("newsletter", "reference"):
        ConsentEventFactory.create(subject=person, purpose=purpose)
    change(OLD, NEW, at=NOW - 9 * DAY)
    person.refresh_from_db()
    withdraw(subject=person, purpose="reference", place="phone", at=NOW - 8 * DAY, method="phone")
    object_to_mailings(email=NEW, place="phone", at=NOW - 7 * DAY, method="phone")
    # The backup: the consents as they stood, under the old address.
    back = relation(THEN, email=OLD)
    for purpose in ("newsletter", "reference"):
        ConsentEventFactory.create(subject=back, purpose=purpose)
    DataSubject.objects.filter(pk=person.pk).update(email="weg@voorbeeld.example")
    Suppression.objects.all().delete()
    consent_ledger.replay(moves.Moves())
    assert not may(subject=back, purpose="reference")
    assert not may(subject=back, purpose="newsletter")
    assert Suppression.objects.filter(address_hash=address_hash(OLD), at=NOW - 7 * DAY).exists()


def test_what_a_later_holder_withdrew_is_not_taken_for_theirs(change: Any) -> None:
    relation(THEN, email=OLD)
    change(OLD, NEW, at=NOW - 9 * DAY)
    later = relation(NOW - 7 * DAY, email=OLD)
    withdraw(subject=later, purpose="enquiry", place="phone", at=NOW - 5 * DAY, method="phone")
    DataSubject.objects.filter(pk=later.pk).update(email="weg@voorbeeld.example")
    DataSubject.objects.filter(email=NEW).update(email=OLD, last_contact_at=THEN)
    consent_ledger.replay(moves.Moves())
    found = find(OLD)
    assert found
    assert may(subject=found, purpose="enquiry")


def test_the_lines_name_nobody_and_are_no_erasures(change: Any, settings: Any) -> None:
    """D4; whoever counts erasures does not meet them, and a database that misses one is noticed by its number."""
    relation(THEN, email=OLD)
    before = position.next_number()
    change(OLD, NEW, at=NOW)
    text = "".join(path.read_text() for path in settings.ERASURE_LEDGER_DIR.iterdir())
    assert text
    assert not any(word in text for word in ("oud", "nieuw", "voorbeeld", "@"))
    assert not list(ledger.read())
    assert ledger.newest_number() == before + 2
    assert [line["done"] for line in ledger.read_from(moves.KIND)] == [False, True]
