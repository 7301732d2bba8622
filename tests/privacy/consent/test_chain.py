"""The chain of consents: what was altered, taken out or put in another order shows, wherever it was done (B5, 7(1))."""

import json
import threading
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privacy.consent.chain import Broken, broken_links, seal
from privacy.consent.models import ConsentEvent, Method
from privacy.consent.services import Choice, give, withdraw
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase
from tests.factories import ConsentEventFactory, DataSubjectFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)


@pytest.fixture
def anna() -> DataSubject:
    """Somebody with four acts on record; Bob beside her has one."""
    person = DataSubjectFactory.create(email="anna@voorbeeld.example")
    for purpose in ("enquiry", "reference", "enquiry", "reference"):
        ConsentEventFactory.create(subject=person, purpose=purpose)
    ConsentEventFactory.create()
    return person


def tamper(statement: str, *parameters: Any, table: str = "privacy_consent_consentevent") -> None:
    """Change proof as somebody who owns the database can: with the trigger out of the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, parameters)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def verify() -> dict[str, Any]:
    out = StringIO()
    code = 0
    try:
        call_command("consent_verify", stdout=out)
    except SystemExit as stop:
        code = int(str(stop.code))
    answer: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    assert code == (0 if answer["ok"] else 1)
    return answer


def first(person: DataSubject) -> Broken:
    found = next(broken_links())
    assert found.person == str(person)
    return found


def test_a_chain_as_it_was_written_holds(anna: DataSubject) -> None:
    assert verify() == {"ok": True, "events": 5, "first_broken": None}


def test_somebody_without_consents_has_nothing_to_break() -> None:
    DataSubjectFactory.create()
    assert verify()["ok"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("wording", "Iets heel anders."),
        ("purpose", "newsletter"),
        ("action", "withdrawn"),
        ("at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("confirmed_at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("place", "/elders/"),
        ("language", "en"),
        ("method", "phone"),
    ],
)
def test_an_altered_event_is_named(anna: DataSubject, column: str, value: Any) -> None:
    event = ConsentEvent.objects.get(subject=anna, number=2)
    tamper(f"UPDATE privacy_consent_consentevent SET {column} = %s WHERE id = %s", value, event.pk)  # noqa: S608
    answer = verify()
    assert not answer["ok"]
    assert answer["first_broken"]["event"] == str(event)
    assert answer["first_broken"]["what"] == ("wording" if column == "wording" else "content")


def test_an_altered_event_with_a_hash_to_match_shows_in_the_next(anna: DataSubject) -> None:
    event = ConsentEvent.objects.select_related("version").get(subject=anna, number=2)
    from privacy.consent.chain import event_hash

    event.action = ConsentEvent.Action.WITHDRAWN
    tamper(
        "UPDATE privacy_consent_consentevent SET action = 'withdrawn', sha256 = %s WHERE id = %s", event_hash(event), event.pk
    )
    assert (first(anna).number, first(anna).what) == (3, "previous")


def test_an_event_of_somebody_else_does_not_fit(anna: DataSubject) -> None:
    bob = ConsentEvent.objects.exclude(subject=anna).get()
    tamper("UPDATE privacy_consent_consentevent SET subject_id = %s, number = 5 WHERE id = %s", anna.pk, bob.pk)
    assert first(anna).event == str(bob)


@pytest.mark.parametrize(("number", "found_at", "what"), [(1, 1, "missing"), (2, 2, "missing"), (4, 4, "end")])
def test_a_removed_event_shows_also_the_last(anna: DataSubject, number: int, found_at: int, what: str) -> None:
    """The last one leaves a chain that is whole by itself: the person's row says there was one more."""
    tamper("DELETE FROM privacy_consent_consentevent WHERE subject_id = %s AND number = %s", anna.pk, number)
    assert (first(anna).number, first(anna).what) == (found_at, what)


def test_all_events_of_a_person_who_is_still_there_cannot_go_unseen(anna: DataSubject) -> None:
    tamper("DELETE FROM privacy_consent_consentevent WHERE subject_id = %s", anna.pk)
    assert first(anna).what == "end"


def test_a_seal_cannot_be_made_without_the_key(anna: DataSubject, settings: Any) -> None:
    """Whoever takes the last event away and mends the person's row too has no key for the seal."""
    tamper("DELETE FROM privacy_consent_consentevent WHERE subject_id = %s AND number = 4", anna.pk)
    settings.ERASURE_KEY = "another-key-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF"
    anna.refresh_from_db()
    anna.consent_count, anna.consent_head = 3, ConsentEvent.objects.get(subject=anna, number=3).sha256
    anna.consent_seal = seal(anna)
    anna.save()
    settings.ERASURE_KEY = "for-tests-only-too-0123456789-abcdefghijklmnopqrstuvwxyz"
    assert first(anna).what == "end"


def test_another_order_shows(anna: DataSubject) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        tamper("UPDATE privacy_consent_consentevent SET number = %s WHERE subject_id = %s AND number = %s", new, anna.pk, old)
    assert first(anna).number == 2


def test_another_statement_under_the_same_key_shows(anna: DataSubject) -> None:
    """Invariant 7: the event names the version by its hash, which covers every word of it."""
    table = "privacy_statement_statementversion"
    tamper("UPDATE privacy_statement_statementversion SET sha256 = repeat('0', 64)", table=table)
    assert first(anna).what == "content"


def test_erasing_a_person_leaves_nothing_broken(anna: DataSubject) -> None:
    """17(1): the chain goes with the person."""
    erase([anna], reason="verzoek", at=NOW)
    assert verify() == {"ok": True, "events": 1, "first_broken": None}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["enquiry", "reference"]), st.booleans()), min_size=1, max_size=8),
    st.data(),
)
def test_whatever_was_done_one_event_less_shows(acts: list[tuple[str, bool]], data: st.DataObject) -> None:
    person = DataSubjectFactory.create()
    version = StatementVersion.objects.in_force()
    assert version is not None
    for purpose, given_ in acts:
        if given_:
            choices = [Choice(purpose=purpose, wording="Ja\x01.")]
            give(subject=person, choices=choices, version=version, language="nl", place="/", at=NOW)
        else:
            withdraw(subject=person, purpose=purpose, place="mail", at=NOW, method=Method.MAIL)
    assert not list(broken_links())
    if numbers := list(person.consent_events.values_list("number", flat=True)):
        gone = data.draw(st.sampled_from(sorted(numbers)))
        tamper("DELETE FROM privacy_consent_consentevent WHERE subject_id = %s AND number = %s", person.pk, gone)
        assert next(broken_links()).person == str(person)
        erase([person], reason="verzoek", at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_chain() -> None:
    """The person's row is locked: neither loses an event, and the chain does not fork."""
    person = DataSubjectFactory.create()
    version = StatementVersion.objects.in_force()
    assert version is not None
    ready = threading.Barrier(4)

    def act(purpose: str) -> None:
        try:
            ready.wait()
            for _ in range(5):
                choices = [Choice(purpose=purpose, wording="Ja.")]
                give(subject=person, choices=choices, version=version, language="nl", place="/", at=NOW)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=[key]) for key in ("enquiry", "reference", "enquiry", "reference")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(person.consent_events.values_list("number", flat=True)) == list(range(1, 21))
    assert not list(broken_links())


def test_giving_costs_a_fixed_number_of_queries(anna: DataSubject, django_assert_num_queries: Any) -> None:
    """One lock, one insert for all events, one seal, one mail; the first look at a version costs one more, once."""
    version = StatementVersion.objects.in_force()
    assert version is not None
    known: dict[str, Any] = {"version": version, "language": "nl", "place": "/", "at": NOW}
    give(subject=anna, choices=[Choice(purpose="enquiry", wording="Ja.")], **known)
    with django_assert_num_queries(3):
        choices = [Choice(purpose=key, wording="Ja.") for key in ("enquiry", "reference")]
        give(subject=anna, choices=choices, **known)
