"""After a restore: whoever was erased is erased again, whoever came back by themselves stays (invariant 5)."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from privacy.rights.models import DataRequest
from privacy.rights.services import take
from privacy.rights.states import State
from privacy.subjects import ledger
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase
from tests.factories import relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


@pytest.fixture(autouse=True)
def _own_ledger(settings: Any, tmp_path: Any) -> None:
    """A ledger of this test's own."""
    settings.ERASURE_LEDGER_DIR = tmp_path


def replay() -> dict[str, int]:
    out = StringIO()
    call_command("replay_erasures", stdout=out)
    result: dict[str, int] = json.loads(out.getvalue())
    return result


def test_the_erased_go_again_and_nobody_else() -> None:
    """D5: a restored backup is made by putting the same people back with their old clocks."""
    then = timezone.now() - timedelta(days=100)
    erase([relation(then, email="weg@voorbeeld.example")], reason="request", at=timezone.now())
    relation(then, email="weg@voorbeeld.example")
    bystander = relation(then, email="blijft@voorbeeld.example")
    assert replay() == {"checked": 2, "re_erased": 1}
    assert list(DataSubject.objects.all()) == [bystander]
    assert replay() == {"checked": 1, "re_erased": 0}


def test_whoever_came_back_after_the_erasure_stays() -> None:
    moment = timezone.now()
    erase([relation(moment, email="weg@voorbeeld.example")], reason="request", at=moment)
    back = relation(moment + timedelta(microseconds=1), email="weg@voorbeeld.example")
    assert replay()["re_erased"] == 0
    DataSubject.objects.filter(pk=back.pk).update(created_at=moment, last_contact_at=moment)
    assert replay()["re_erased"] == 1


def test_a_letter_of_before_the_erasure_that_was_taken_down_after_it_stays() -> None:
    """C1: the true date of receipt starts the clock, and a replay takes no open request away."""
    moment = timezone.now()
    erase([relation(moment - timedelta(days=100), email="weg@voorbeeld.example")], reason="request", at=moment)
    request = take(
        email="weg@voorbeeld.example",
        kind=DataRequest.Kind.ACCESS,
        received_at=moment - timedelta(days=3),
        at=moment + timedelta(days=2),
        channel=DataRequest.Channel.LETTER,
    )
    assert request.subject
    assert request.subject.last_contact_at == moment - timedelta(days=3)
    assert replay()["re_erased"] == 0
    request.refresh_from_db()
    assert request.state == State.OPEN


def test_another_key_finds_nobody(settings: Any) -> None:
    """The ledger is useless without its key, to an attacker and to us."""
    then = timezone.now() - timedelta(days=100)
    erase([relation(then, email="weg@voorbeeld.example")], reason="request", at=timezone.now())
    relation(then, email="weg@voorbeeld.example")
    settings.ERASURE_KEY = "another key"
    assert replay()["re_erased"] == 0
    assert len(list(ledger.read())) == 1
