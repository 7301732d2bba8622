"""The same form sent twice is one message: a double click, a reload, a proxy that tries again."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from config.testing import wait_until
from django.db import connection
from django.test import Client

import contact.services
from contact.models import Submission
from privacy.consent.models import ConsentEvent
from privacy.subjects.models import DataSubject
from tests.factories import form_number, send


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
def test_both_at_once(second: str) -> None:
    number = form_number(Client().get("/contact/"))
    answers: list[int] = []

    def visit(email: str) -> None:
        answers.append(send(Client(), submission_id=number, email=email).status_code)
        connection.close()

    threads = [threading.Thread(target=visit, args=[email]) for email in ("jan@voorbeeld.example", second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [302, 302]
    assert Submission.objects.count() == DataSubject.objects.count() == ConsentEvent.objects.count() == 1
