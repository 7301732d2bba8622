"""The same form sent twice is one message: a double click, a reload, a proxy that tries again."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from config.testing import wait_until
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

import contact.services
from contact.models import Submission
from contact.services import SAME_MESSAGE_WITHIN
from privacy.consent.models import ConsentEvent
from privacy.subjects.models import DataSubject
from tests.factories import form_number, relation, send


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
def test_one_after_the_other(client: Client) -> None:
    """The second gets the same answer; it stores nothing and moves nobody's clock, whatever it says."""
    number = form_number(client.get("/contact/"))
    first = send(client, submission_id=number)
    stored = DataSubject.objects.get().last_contact_at
    second = send(client, submission_id=number, email="piet@voorbeeld.example", message="Anders", consent_newsletter="on")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"]) == (302, "/contact/bedankt/")
    assert Submission.objects.get().form_data["message"] == "Hoe duur is een website?"
    assert ConsentEvent.objects.count() == 1
    assert DataSubject.objects.get().last_contact_at == stored


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
def test_two_forms_of_one_person_are_two_messages(client: Client) -> None:
    send(client)
    send(client, email="JAN@voorbeeld.example")
    assert Submission.objects.count() == 2
    assert DataSubject.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
class TestTheSameMessageUnderAnotherNumber:
    """The back button: the form comes anew, since no browser may keep it (I15), and the browser puts the text back."""

    SAME: ClassVar = {"phone": "06 1", "message": "Bel mij"}

    def test_is_one_message_and_gets_the_same_answer(self, client: Client) -> None:
        send(client, **self.SAME)
        clock = DataSubject.objects.get().last_contact_at
        response = send(client, **self.SAME)
        assert (response.status_code, response["Location"]) == (302, "/contact/bedankt/")
        assert Submission.objects.count() == ConsentEvent.objects.count() == 1
        assert DataSubject.objects.get().last_contact_at == clock

    @pytest.mark.parametrize(
        "change", [{"message": "Bel mij!"}, {"consent_newsletter": "on"}, {"email": "piet@voorbeeld.example"}]
    )
    def test_with_anything_changed_is_another(self, client: Client, change: dict[str, str]) -> None:
        send(client, **self.SAME)
        send(client, **self.SAME | change)
        assert Submission.objects.count() == 2

    def test_after_a_while_is_another(self, client: Client) -> None:
        send(client, **self.SAME)
        Submission.objects.update(submit_time=F("submit_time") - SAME_MESSAGE_WITHIN - timedelta(seconds=1))
        send(client, **self.SAME)
        assert Submission.objects.count() == 2


@pytest.fixture
def slow_first(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold the first message, stored but not committed, until the second waits for it in the database."""
    give = contact.services.give

    def give_when_another_waits(**arguments: Any) -> Any:
        wait_until(others_that_wait)
        return give(**arguments)

    monkeypatch.setattr(contact.services, "give", give_when_another_waits)
    return


def others_that_wait() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("demo_site", "broker", "slow_first")
@pytest.mark.parametrize("second", ["jan@voorbeeld.example", "piet@voorbeeld.example"], ids=["same", "other address"])
@pytest.mark.parametrize("known", [False, True], ids=["new person", "known person"])
def test_both_at_once(second: str, known: bool) -> None:
    before = int(known)
    if known:
        relation(timezone.now() - timedelta(days=300), email="jan@voorbeeld.example")
    number = form_number(Client().get("/contact/"))
    answers: list[int] = []

    def visit(email: str) -> None:
        answers.append(send(Client(), submission_id=number, email=email, phone="06 1").status_code)
        connection.close()

    threads = [threading.Thread(target=visit, args=[email]) for email in ("jan@voorbeeld.example", second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [302, 302]
    assert Submission.objects.count() == ConsentEvent.objects.count() == 1 + before
    # Of somebody else who used the same number nothing stays, not even an address.
    assert {person.email for person in DataSubject.objects.all()} in ({"jan@voorbeeld.example"}, {second}) or known
