"""A change of address and something else at the same moment: one of them first, nothing half, nobody twice."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from contact import possible_spam
from privacy.consent.chain import broken_links
from privacy.retention.services import expire_due
from privacy.rights import acts, new_address, services
from privacy.rights.links import Useless, token_of
from privacy.rights.models import Correction, DataRequest
from privacy.subjects.contact import Contact
from privacy.subjects.models import DataSubject
from privacy.subjects.services import touch
from tests.factories import SubmissionFactory, relation
from tests.locking import at_once, holding, wait_for_waiting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

JAN, NEW, OTHER = "jan@voorbeeld.example", "nieuw@voorbeeld.example", "anders@voorbeeld.example"


@pytest.fixture
def jan() -> DataSubject:
    return relation(timezone.now(), email=JAN)


def offered(person: DataSubject, email: str = NEW) -> str:
    """Return the token in the mail to a new address."""
    request = new_address.offer(person, email=email, language="nl", at=timezone.now())
    return token_of(request.links.get())


def prove(token: str) -> Callable[[], object]:
    return lambda: new_address.prove(token, at=timezone.now())


def addresses() -> set[str]:
    return set(DataSubject.objects.values_list("email", flat=True))


def test_the_same_link_twice(jan: DataSubject) -> None:
    token = offered(jan)
    outcomes = at_once(jan, prove(token), prove(token))
    assert sorted(type(one).__name__ for one in outcomes) == ["Proof", "Useless"]
    assert Correction.objects.count() == 1


def test_two_changes(jan: DataSubject) -> None:
    """Their own, and one that the officer sent a link for: the first counts, and ends the other's link."""
    token = offered(jan)
    asked = services.take(email=JAN, kind="rectification", received_at=timezone.now(), at=timezone.now())
    new_address.offer_for(asked, email=OTHER, user=None, at=timezone.now())
    outcomes = at_once(jan, prove(token), prove(token_of(asked.links.get())))
    assert sorted(type(one).__name__ for one in outcomes) == ["Proof", "Useless"]
    assert len(addresses()) == 1
    assert Correction.objects.count() == 1


def test_erased_by_themselves(jan: DataSubject) -> None:
    """Erased first there is nothing to change, changed first they are erased under the new address."""
    token = offered(jan)
    asked = services.begin(subject=jan, kind="erasure", language="nl", at=timezone.now())
    outcomes = at_once(jan, lambda: acts.erase_person(asked, actor="person", at=timezone.now()), prove(token))
    assert not any(isinstance(one, Exception) and not isinstance(one, Useless) for one in outcomes)
    assert not DataSubject.objects.exists()


def test_while_the_expiry_takes_them(jan: DataSubject) -> None:
    """It passes over a person who is locked; one whom it took has no address to change any more."""
    token = offered(jan)
    late = timezone.now().replace(year=timezone.now().year + 3)
    with holding(f"SELECT FROM privacy_subjects_datasubject WHERE id = {jan.pk} FOR UPDATE"):
        assert expire_due(as_of=late).erased == 0
    outcomes = at_once(jan, prove(token))
    assert [type(one).__name__ for one in outcomes] == ["Proof"]
    assert expire_due(as_of=late).erased == 1
    assert not DataSubject.objects.exists()


def test_somebody_else_begins_with_the_new_address(jan: DataSubject) -> None:
    """Their message is on its way while the button is pressed: whoever is first has it, and the change waits for a person."""
    token = offered(jan)
    outcomes: list[new_address.Proof] = []

    def run() -> None:
        outcomes.append(new_address.prove(token, at=timezone.now()))
        connection.close()

    thread, other = threading.Thread(target=run), connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        columns = "(email, created_at, last_contact_at, hold_reason)"
        cursor.execute(f"INSERT INTO privacy_subjects_datasubject {columns} VALUES (%s, now(), now(), '')", [NEW])  # noqa: S608
    thread.start()
    wait_for_waiting()
    other.commit()
    other.close()
    thread.join()
    assert [proof.is_taken for proof in outcomes] == [True]
    assert addresses() == {JAN, NEW}
    assert DataRequest.objects.get().state == "open"


def test_a_message_with_the_old_address_makes_somebody_new(jan: DataSubject) -> None:
    token = offered(jan)
    at_once(jan, prove(token), lambda: touch(email=JAN, at=timezone.now(), contact=Contact.MESSAGE))
    assert addresses() == {JAN, NEW}
    assert DataSubject.objects.get(email=NEW).pk == jan.pk


def test_what_else_is_done_with_them_reaches_them(jan: DataSubject) -> None:
    """No deadlock with what locks a request, a message or the chain, and no person made anew by what was loaded before."""
    token = offered(jan)
    spam = SubmissionFactory.create(subject=jan, possible_spam=True)
    asked = services.begin(subject=jan, kind="restriction", language="nl", at=timezone.now())
    outcomes = at_once(
        jan,
        prove(token),
        lambda: acts.restrict(asked, actor="person", at=timezone.now()),
        lambda: possible_spam.accept(spam),
        lambda: services.begin(subject=jan, kind="access", language="nl", at=timezone.now()),
    )
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert addresses() == {NEW}
    assert set(DataRequest.objects.values_list("email", flat=True)) == {NEW}
    assert not list(broken_links())
