"""Certificates of erasure: true to the row and the line they are made from, and without a word about whose it was (D4)."""

import json
import re
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator

from privacy.retention import certificate
from privacy.retention.classes import end_classes
from privacy.retention.models import ClassRun, RetentionRun
from privacy.retention.services import expire_due
from privacy.rights import acts
from privacy.rights.models import DataRequest
from privacy.statement.models import StatementVersion
from privacy.subjects import ledger
from privacy.subjects.addresses import readdress
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase
from tests.classes import mail, unconfirmed
from tests.factories import publish, relation, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "erasure-certificate.schema.json").read_text())
ANNA = "anna@voorbeeld.example"


@pytest.fixture(autouse=True)
def _ledger(settings: Any, tmp_path: Path) -> None:
    settings.ERASURE_LEDGER_DIR = tmp_path / "ledger"


def read(client: Client, kind: str, key: Any) -> dict[str, Any]:
    """Return the JSON of a certificate, checked against its schema, and with the page that says the same."""
    response = client.get(reverse(f"privacy-certificates:{kind}_json", args=[key]))
    found: dict[str, Any] = json.loads(response.content)
    checker = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert not list(checker.iter_errors(found))
    page = client.get(reverse(f"privacy-certificates:{kind}", args=[key])).content.decode()
    assert found["reference"] in page
    if found["statement"]:
        assert found["statement"]["sha256"] in page
        where = Client().get(urlsplit(found["statement"]["url"]).path).content.decode()
        (heading,) = re.findall(r"Onder “(.*?)” moet hetzelfde getal staan", page)
        there = where.split(f">{heading}</h2>")[1]
        assert found["statement"]["sha256"] in there, "whoever checks it finds it where they are sent"
    for text in (page, response.content.decode()):
        assert "anna" not in text
        assert ledger.pseudonym(ANNA) not in text
    return found


def test_of_a_run(admin_client: Client) -> None:
    """D4: rule, counts, times, and the statement version by number and hash."""
    for number in range(3):
        relation(timezone.now() - timedelta(days=800), email=f"anna{number}@voorbeeld.example")
    relation(timezone.now() - timedelta(days=800), held=True)
    outcome = expire_due()
    publish()  # what is in force later changes nothing
    found = read(admin_client, "run", outcome.run)
    version = StatementVersion.objects.get(number=1)
    assert (found["kind"], found["people"], found["run"]["due"], found["run"]["held"]) == ("run", 3, 4, 1)
    assert {row["source"]: row["rows"] for row in found["by_source"]} == outcome.by_source
    assert (found["rule"]["key"], found["rule"]["months"], found["reason"]["code"]) == ("relations", 24, "expired")
    assert (found["statement"]["version"], found["statement"]["sha256"]) == (1, version.sha256)
    assert (
        reverse("privacy-certificates:run", args=[outcome.run])
        in admin_client.get(reverse("privacy-runs:index")).content.decode()
    )


def test_of_a_night_in_which_nobody_went(admin_client: Client) -> None:
    """It says so, and gives no reason for what did not happen; who was due and stayed is counted."""
    relation(timezone.now() - timedelta(days=800), held=True)
    run = expire_due().run
    assert read(admin_client, "run", run)["people"] == 0
    page = admin_client.get(reverse("privacy-certificates:run", args=[run])).content.decode()
    assert "is niemand gewist." in page
    assert "Aan de beurt: 1. Vastgehouden: 1." in page
    assert "Waarom" not in page
    assert "<table>" not in page


def test_a_night_in_which_nobody_was_due_has_nobody_in_the_list(admin_client: Client) -> None:
    expire_due()
    page = admin_client.get(reverse("privacy-runs:index")).content.decode()
    assert re.search(r'<td[^>]*data-label="Gewist"[^>]*>\s*niemand\s*</td>', page)


def test_of_a_class(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    """D4: rule, table, count, time, number; reached from the list, which names nobody and costs the same for many."""
    now = timezone.now()
    (row,) = unconfirmed(now - timedelta(days=9))
    DataSubject.objects.filter(pk=row.subject_id).update(email=ANNA)
    mail(now - timedelta(days=800))
    ended = {run.source: run for run in end_classes()}
    publish()  # what is in force later changes nothing
    found = read(admin_client, "class_run", ended["consent.unconfirmed"].pk)
    assert (found["kind"], found["people"], found["everything"]) == ("class", None, False)
    assert found["by_source"] == [{"source": "consent.unconfirmed", "label": "Vakjes die niemand bevestigde", "rows": 1}]
    rule = StatementVersion.objects.get(number=1).look.rule("unconfirmed")
    assert rule
    assert {key: found["rule"][key] for key in ("key", "months", "days")} == {"key": "unconfirmed", "months": 0, "days": 7}
    assert (found["statement"]["version"], found["run"]["due"], found["run"]["held"]) == (1, None, None)
    page = admin_client.get(reverse("privacy-certificates:class_run", args=[ended["consent.unconfirmed"].pk])).content.decode()
    assert "één stuk gewist" in page
    assert rule["name"] in page

    for number in range(10):
        ClassRun.objects.create(
            source="gone" if number % 2 else "site.log",
            rule="gone" if number % 2 else "site",
            months=1,
            days=0,
            version=ended["mail.settled"].version,
            as_of=now,
            started_at=now,
            finished_at=now,
            rows=1,
        )
    with django_assert_max_num_queries(15):
        listed = admin_client.get(reverse("privacy-class-runs:index")).content.decode()
    for run in ended.values():
        assert reverse("privacy-certificates:class_run", args=[run.pk]) in listed
        assert run.what in listed
    assert rule["name"] in listed
    assert "7 dagen" in listed
    assert "anna" not in listed
    only = admin_client.get(reverse("privacy-class-runs:index"), {"source": "consent.unconfirmed"}).content.decode()
    assert reverse("privacy-certificates:class_run", args=[ended["mail.settled"].pk]) not in only
    rows = b"".join(admin_client.get(reverse("privacy-class-runs:index"), {"export": "csv"})).decode()  # type: ignore[arg-type]
    assert "consent.unconfirmed,unconfirmed,0,7,1," in rows


def test_of_a_person_who_expired(admin_client: Client) -> None:
    relation(timezone.now() - timedelta(days=800), email=ANNA)
    outcome = expire_due()
    (line,) = ledger.read()
    publish()
    found = read(admin_client, "person", line.id)
    assert (found["kind"], found["people"], found["everything"], found["run"]["number"]) == ("person", 1, True, outcome.run)
    assert {row["source"]: row["rows"] for row in found["by_source"]} == dict(line.counts)
    assert (found["rule"]["months"], found["statement"]["version"]) == (24, 1)


def test_of_an_erasure_on_request_by_its_reference(admin_client: Client) -> None:
    """C18: the officer finds it with the request, and hands it over; it knows the reference and no name."""
    person = relation(timezone.now(), email=ANNA)
    request = DataRequest.objects.create(subject=person, email=ANNA, kind="erasure", received_at=timezone.now())
    acts.erase_person(request, actor="officer", at=timezone.now())
    request.refresh_from_db()
    (line,) = ledger.read()
    assert request.erasure == line.id
    screen = admin_client.get(reverse("privacy-requests:inspect", args=[request.pk])).content.decode()
    assert reverse("privacy-certificates:person", args=[line.id]) in screen
    found = read(admin_client, "person", line.id)
    assert (found["reason"]["code"], found["rule"], found["run"]) == ("request", None, None)
    assert found["statement"]["version"] == 1


def test_of_a_part(admin_client: Client) -> None:
    person = relation(timezone.now(), email=ANNA)
    erase([person], reason="consent withdrawn", at=timezone.now(), sources=["contact.submissions"])
    (line,) = ledger.read()
    found = read(admin_client, "person", line.id)
    assert (found["everything"], found["reason"]["code"]) == (False, "consent withdrawn")
    assert "een deel gewist" in admin_client.get(reverse("privacy-certificates:person", args=[line.id])).content.decode()


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ("expired", "relations"),
        ("request", None),
        ("consent withdrawn", None),
        ("possible spam expired", "possible_spam"),
        ("possible spam erased by hand", None),
        ("replayed", None),
    ],
)
def test_what_the_site_says_itself_is_said_in_words(reason: str, rule: str | None, admin_client: Client) -> None:
    """Whatever stands in the ledger for a program; only an officer's own reason is shown as it is."""
    erase([relation(timezone.now(), email=ANNA)], reason=reason, at=timezone.now())
    (line,) = ledger.read()
    found = read(admin_client, "person", line.id)
    assert (found["reason"]["code"], found["rule"] and found["rule"]["key"]) == (reason, rule)
    assert found["reason"]["text"].endswith(" AVG).")


def test_no_reason_is_forgotten() -> None:
    """Each that the code gives stands in the list above."""
    rooms = [path for room in ("contact", "home", "privacy") for path in (ROOT / room).rglob("*.py")]
    given = {reason for path in rooms for reason in re.findall(r'\breason="([a-z ]+)"', path.read_text())}
    assert given == certificate._REASONS.keys()


def test_the_version_is_the_one_of_that_day(admin_client: Client) -> None:
    """One that was published later, or before it held, is not it."""
    erase([relation(timezone.now(), email=ANNA)], reason="oude dossiers", at=timezone.now())
    (line,) = ledger.read()
    assert publish().number == 2
    found = read(admin_client, "person", line.id)
    assert (found["statement"]["version"], found["reason"]["code"], found["reason"]["text"]) == (1, "other", "oude dossiers")
    assert StatementVersion.objects.in_force_at(timezone.now() - timedelta(days=9000)) is None


class TestFind:
    """The screen that looks in the ledger."""

    def post(self, client: Client, what: str) -> Any:
        return client.post(reverse("privacy-certificates:index"), {"what": what})

    def test_by_reference_or_address(self, admin_client: Client) -> None:
        erase([relation(timezone.now(), email=ANNA)], reason="request", at=timezone.now())
        (line,) = ledger.read()
        address = reverse("privacy-certificates:person", args=[line.id])
        assert self.post(admin_client, line.id).url == address
        assert self.post(admin_client, " Anna@Voorbeeld.example ").url == address
        erase([relation(timezone.now(), email=ANNA)], reason="request", at=timezone.now())
        page = self.post(admin_client, ANNA).content.decode()
        for one in ledger.lines_under(ledger.pseudonym(ANNA)):
            assert f", alles, kenmerk {one.id}" in page, "two of one minute are told apart"
        assert "anna" not in page.lower()

    def test_by_an_address_that_was_left_since(self, admin_client: Client, django_capture_on_commit_callbacks: Any) -> None:
        """Art. 16 and 17: who had their address put right and is erased later asks for the proof by either."""
        person = relation(timezone.now(), email=ANNA)
        with django_capture_on_commit_callbacks(execute=True):
            readdress(person, email="nieuw@voorbeeld.example", at=timezone.now())
        person.refresh_from_db()
        erase([person], reason="request", at=timezone.now())
        (line,) = ledger.read()
        address = reverse("privacy-certificates:person", args=[line.id])
        assert self.post(admin_client, "nieuw@voorbeeld.example").url == address
        page = self.post(admin_client, ANNA).content.decode()
        assert address in page
        assert "Onder het nieuwe adres" in page, "whoever has that address now is somebody else"
        # And who has the address since, is erased too and asks for theirs sees which is which.
        erase([relation(timezone.now(), email=ANNA)], reason="request", at=timezone.now())
        page = self.post(admin_client, ANNA).content.decode()
        own, later = page.split("Onder het nieuwe adres")
        (theirs,) = ledger.lines_under(ledger.pseudonym(ANNA))
        assert (theirs.id in own, line.id in own) == (True, False)
        assert (theirs.id in later, line.id in later) == (False, True)

    def test_not_by_a_change_of_address_that_did_not_happen(self, admin_client: Client) -> None:
        """The ledger knows it before the commit; the other address may be anybody's."""
        with suppress(RuntimeError), transaction.atomic():
            readdress(relation(timezone.now(), email=ANNA), email="nieuw@voorbeeld.example", at=timezone.now())
            raise RuntimeError("killed")
        erase([relation(timezone.now(), email="nieuw@voorbeeld.example")], reason="request", at=timezone.now())
        assert "kent dit kenmerk of adres niet" in self.post(admin_client, ANNA).content.decode()

    def test_no_line_of_a_process_that_died_before_the_commit(self, admin_client: Client) -> None:
        """The ledger has everybody at least once; who is still here has no proof that they are not, and later has one."""
        run = expire_due().run
        RetentionRun.objects.update(state="running", finished_at=None)
        person = relation(timezone.now() - timedelta(days=800), email=ANNA)
        with suppress(RuntimeError), transaction.atomic():
            erase([person], reason="expired", at=timezone.now(), run=run)
            raise RuntimeError("killed")
        assert "kent dit kenmerk of adres niet" in self.post(admin_client, ANNA).content.decode()
        assert expire_due(as_of=None).run == run
        died, committed = ledger.lines_under(ledger.pseudonym(ANNA))
        assert self.post(admin_client, ANNA).url == reverse("privacy-certificates:person", args=[committed.id])
        assert (read(admin_client, "run", run)["people"], died.id != committed.id) == (1, True)

    def test_says_when_there_is_none(self, admin_client: Client) -> None:
        for what in ("wie@voorbeeld.example", "0123456789abcdef-1"):
            assert "kent dit kenmerk of adres niet" in self.post(admin_client, what).content.decode()
        assert admin_client.get(reverse("privacy-certificates:person", args=["nergens-1"])).status_code == 404


def test_none_of_what_is_still_going_on(admin_client: Client) -> None:
    relation(timezone.now() - timedelta(days=800))
    run = expire_due().run
    RetentionRun.objects.update(state="running", finished_at=None)
    assert admin_client.get(reverse("privacy-certificates:run", args=[run])).status_code == 404
    assert "privacy-certificates/opschoning" not in admin_client.get(reverse("privacy-runs:index")).content.decode()


def test_only_who_may_see_runs() -> None:
    relation(timezone.now() - timedelta(days=800))
    run = expire_due().run
    (line,) = ledger.read()
    client = staff()
    mail(timezone.now() - timedelta(days=800))
    (ended,) = [one.pk for one in end_classes() if one.source == "mail.settled"]
    for name, key in (("run", run), ("class_run", ended), ("person", line.id)):
        for view in (name, f"{name}_json"):
            assert client.get(reverse(f"privacy-certificates:{view}", args=[key])).status_code == 302
    for space in ("privacy-certificates", "privacy-class-runs"):
        assert client.get(reverse(f"{space}:index")).status_code == 302
