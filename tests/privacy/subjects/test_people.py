"""People: found under one spelling, their clock never goes back, and who may not be erased is left alone."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from config.testing import wait_until
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction

from privacy.subjects.contact import Contact
from privacy.subjects.models import DataSubject
from privacy.subjects.services import find, touch
from tests.factories import DataSubjectFactory

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.django_db
class TestTouch:
    def test_makes_a_person_of_a_new_address(self) -> None:
        person = touch(email=" Jan@Voorbeeld.example ", at=NOW, contact=Contact.MESSAGE)
        assert (person.email, person.created_at, person.last_contact_at) == ("jan@voorbeeld.example", NOW, NOW)
        assert DataSubject.objects.get() == person

    def test_moves_the_clock_forward_and_nothing_else(self) -> None:
        first = touch(email="jan@voorbeeld.example", at=NOW, contact=Contact.MESSAGE)
        again = touch(email="JAN@voorbeeld.example", at=NOW + DAY, contact=Contact.MESSAGE)
        assert (again.pk, again.created_at, again.last_contact_at) == (first.pk, NOW, NOW + DAY)

    def test_never_moves_the_clock_back(self) -> None:
        touch(email="jan@voorbeeld.example", at=NOW, contact=Contact.MESSAGE)
        assert touch(email="jan@voorbeeld.example", at=NOW - DAY, contact=Contact.MESSAGE).last_contact_at == NOW

    def test_leaves_others_alone(self) -> None:
        bystander = DataSubjectFactory.create(last_contact_at=NOW - DAY)
        touch(email="jan@voorbeeld.example", at=NOW, contact=Contact.MESSAGE)
        bystander.refresh_from_db()
        assert bystander.last_contact_at == NOW - DAY

    def test_keeps_a_hold(self) -> None:
        held = DataSubjectFactory.create(held=True, restricted=True, last_contact_at=NOW)
        touched = touch(email=held.email, at=NOW + DAY, contact=Contact.MESSAGE)
        assert (touched.hold_reason, touched.restricted_at) == (held.hold_reason, held.restricted_at)


@pytest.mark.django_db(transaction=True)
def test_two_forms_at_once_make_one_person() -> None:
    """The second waits for the first, though neither could see the other's row when it began."""
    done = threading.Event()

    def second() -> None:
        try:
            touch(email="jan@voorbeeld.example", at=NOW + DAY, contact=Contact.MESSAGE)
        finally:
            connections.close_all()
            done.set()

    with transaction.atomic():
        touch(email="jan@voorbeeld.example", at=NOW, contact=Contact.MESSAGE)
        thread = threading.Thread(target=second)
        thread.start()
        wait_until(_somebody_waits_for_a_lock)
        assert not done.is_set()
    thread.join(10)
    assert DataSubject.objects.get().last_contact_at == NOW + DAY


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
def test_find_knows_every_spelling_and_nobody_else() -> None:
    person = DataSubjectFactory.create(email="jan@xn--bcher-kva.example")
    DataSubjectFactory.create(email="jan+nieuws@xn--bcher-kva.example")
    assert find("  JAN@BÜCHER.example") == person
    assert find("piet@bücher.example") is None


@pytest.mark.django_db
class TestHold:
    @pytest.mark.parametrize(
        ("until", "reason", "valid"),
        [(None, "", True), (NOW, "geschil", True), (NOW, "", False), (None, "geschil", False)],
    )
    def test_has_a_reason_and_an_end_or_is_none(self, until: datetime | None, reason: str, valid: bool) -> None:
        """D3, 17(3)(e): the database refuses half a hold, the admin's form says why."""
        person = DataSubjectFactory.build(hold_until=until, hold_reason=reason, last_contact_at=NOW)
        if valid:
            person.full_clean()
            person.save()
        else:
            with pytest.raises(ValidationError, match="reden en een einddatum"):
                person.full_clean()
            with pytest.raises(IntegrityError), transaction.atomic():
                person.save()

    def test_ends_at_its_end(self) -> None:
        person = DataSubjectFactory.create(hold_until=NOW, hold_reason="geschil")
        before, at = NOW - timedelta(microseconds=1), NOW
        assert (person in DataSubject.objects.held(before), person in DataSubject.objects.free(before)) == (True, False)
        assert (person in DataSubject.objects.held(at), person in DataSubject.objects.free(at)) == (False, True)

    def test_a_restriction_has_no_end_of_its_own(self) -> None:
        """C17, 18(1): restricted until somebody lifts it."""
        person = DataSubjectFactory.create(restricted=True)
        assert person in DataSubject.objects.held(NOW + 10_000 * DAY)

    def test_everybody_is_either_held_or_free(self) -> None:
        DataSubjectFactory.create()
        DataSubjectFactory.create(held=True)
        DataSubjectFactory.create(restricted=True)
        assert (DataSubject.objects.held(NOW).count(), DataSubject.objects.free(NOW).count()) == (2, 1)
