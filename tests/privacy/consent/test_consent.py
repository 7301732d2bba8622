"""Consent: one act, one row, in the very words that were shown, and only erasure takes it away (7(1), 7(3))."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.test import Client

from privacy.consent.models import ConsentEvent, Method
from privacy.consent.services import Choice, give, may, withdraw
from privacy.immutable import erasing
from privacy.statement.facts import sha256
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase
from tests.factories import ConsentEventFactory, DataSubjectFactory, publish, relation, send

pytestmark = pytest.mark.usefixtures("demo_site")

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def anna() -> DataSubject:
    """Somebody who has not agreed to anything yet."""
    return DataSubjectFactory.create(email="anna@voorbeeld.example")


def agree(person: DataSubject, *purposes: str, wording: str = "Ja, dat mag.", at: datetime = NOW) -> list[ConsentEvent]:
    """Tick the boxes of these purposes under the version in force."""
    version = StatementVersion.objects.in_force()
    assert version is not None
    choices = [Choice(purpose=purpose, wording=wording) for purpose in purposes]
    return give(subject=person, choices=choices, version=version, language="nl", place="/contact/", at=at)


class TestGive:
    def test_nothing_said_is_nothing_agreed(self, anna: DataSubject) -> None:
        """B2: absent is refused (Planet49)."""
        assert not may(subject=anna, purpose="enquiry")
        assert agree(anna) == []
        assert not may(subject=anna, purpose="enquiry")

    def test_each_purpose_stands_by_itself(self, anna: DataSubject) -> None:
        """B1: agreeing to one thing is agreeing to that thing."""
        bob = DataSubjectFactory.create()
        agree(anna, "enquiry", "reference")
        assert [may(subject=anna, purpose=key) for key in ("enquiry", "newsletter", "reference")] == [True, False, True]
        assert not may(subject=bob, purpose="enquiry")

    def test_a_box_left_empty_later_takes_nothing_back(self, anna: DataSubject) -> None:
        agree(anna, "enquiry", "reference")
        agree(anna, "enquiry")
        assert may(subject=anna, purpose="reference")

    def test_keeps_the_words_to_the_letter_and_leads_to_what_was_shown(self, anna: DataSubject) -> None:
        """B5, invariant 7: a copy, not a pointer to how the site happens to be set up."""
        wording = "Ja,  “Koel ICT” mag\r\nmij mailen. \u2603 "
        shown = StatementVersion.objects.get()
        agree(anna, "reference", wording=wording)
        publish("Later veranderd.")
        event = ConsentEvent.objects.get()
        assert (event.wording, event.version, event.language, event.place, event.at) == (wording, shown, "nl", "/contact/", NOW)
        assert sha256(event.version.html) == shown.html_sha256

    def test_names_the_place_as_the_visitor_knows_it(self, client: Client) -> None:
        """B5: the address of the form, from which the act can be understood later."""
        assert send(client).status_code == 302
        assert ConsentEvent.objects.get().place == "/contact/"

    def test_proof_holds_no_more_than_it_needs(self) -> None:
        """B6, EDPB 05/2020 p. 106: no IP address, no user agent, nothing that is not listed here."""
        assert {field.name for field in ConsentEvent._meta.get_fields()} == {
            *("id", "subject", "purpose", "action"),
            *("wording", "version", "language", "page", "revision", "method", "place", "at", "confirmed_at"),
            *("number", "wording_sha256", "previous_sha256", "sha256"),
        }
        assert not any(isinstance(field, models.GenericIPAddressField) for field in ConsentEvent._meta.get_fields())


class TestWithdraw:
    def test_ends_it_and_is_an_act_of_its_own(self, anna: DataSubject) -> None:
        """B8: withdrawal stops the purpose at once and is recorded; what was given stays on record."""
        (given,) = agree(anna, "reference")
        later = NOW + timedelta(days=3)
        event = withdraw(subject=anna, purpose="reference", place="mail", method=Method.MAIL, at=later)
        assert event is not None
        assert not may(subject=anna, purpose="reference")
        assert list(anna.consent_events.order_by("pk")) == [given, event]
        assert (event.action, event.place, event.at) == ("withdrawn", "mail", later)
        assert (event.wording, event.version) == (given.wording, given.version)

    def test_touches_no_other_purpose_and_nobody_else(self, anna: DataSubject) -> None:
        bob = DataSubjectFactory.create()
        agree(anna, "enquiry", "reference")
        agree(bob, "reference")
        withdraw(subject=anna, purpose="reference", place="mail", method=Method.MAIL, at=NOW)
        assert may(subject=anna, purpose="enquiry")
        assert may(subject=bob, purpose="reference")

    def test_of_nothing_is_nothing(self, anna: DataSubject) -> None:
        assert withdraw(subject=anna, purpose="reference", place="mail", method=Method.MAIL, at=NOW) is None
        agree(anna, "reference")
        assert withdraw(subject=anna, purpose="reference", place="mail", method=Method.MAIL, at=NOW) is not None
        assert withdraw(subject=anna, purpose="reference", place="mail", method=Method.MAIL, at=NOW) is None
        assert ConsentEvent.objects.count() == 2

    def test_can_be_given_again(self, anna: DataSubject) -> None:
        agree(anna, "reference")
        withdraw(subject=anna, purpose="reference", place="mail", method=Method.MAIL, at=NOW)
        agree(anna, "reference")
        assert may(subject=anna, purpose="reference")

    def test_the_order_of_acts_decides_and_not_the_clock(self, anna: DataSubject) -> None:
        """Two acts in one second, or a clock that was set back: the last act is the last row."""
        agree(anna, "reference", at=NOW)
        withdraw(subject=anna, purpose="reference", place="mail", method=Method.MAIL, at=NOW - timedelta(hours=1))
        assert not may(subject=anna, purpose="reference")


class TestProof:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE privacy_consent_consentevent SET action = 'given'",
            "UPDATE privacy_consent_consentevent SET at = now() WHERE id < 0",
            "DELETE FROM privacy_consent_consentevent",
            "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE privacy_consent_consentevent",
        ],
    )
    def test_the_database_refuses_to_change_it(self, statement: str) -> None:
        """B5: append-only, also for whoever has a database client."""
        ConsentEventFactory.create()
        before = list(ConsentEvent.objects.values())
        with pytest.raises(DatabaseError, match="are proof"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert list(ConsentEvent.objects.values()) == before

    @pytest.mark.parametrize("change", [lambda rows: rows.update(wording="anders"), lambda rows: rows.delete()])
    def test_so_no_code_of_ours_can_either(self, change: Any) -> None:
        ConsentEventFactory.create()
        with pytest.raises(DatabaseError, match="are proof"), transaction.atomic():
            change(ConsentEvent.objects.all())
        assert ConsentEvent.objects.get().wording == "Ja, dat mag."

    def test_an_erasure_deletes_but_may_not_change(self) -> None:
        event = ConsentEventFactory.create()
        with pytest.raises(DatabaseError, match="UPDATE is refused"), transaction.atomic(), erasing():
            ConsentEvent.objects.update(wording="anders")
        with transaction.atomic(), erasing():
            ConsentEvent.objects.filter(pk=event.pk).delete()
        assert not ConsentEvent.objects.exists()

    def test_goes_with_the_person_it_is_about(self) -> None:
        """17(1): the proof about somebody else stays."""
        gone, stays = relation(NOW), relation(NOW)
        erase([gone], reason="verzoek", at=NOW)
        assert [event.subject for event in ConsentEvent.objects.all()] == [stays]

    @pytest.mark.parametrize("of", ["subject", "version"])
    def test_nobody_can_delete_what_it_refers_to(self, of: str) -> None:
        event = ConsentEventFactory.create()
        with pytest.raises(models.ProtectedError):
            getattr(event, of).delete()
