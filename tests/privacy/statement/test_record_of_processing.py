"""The record of processing (art. 30, law.md E1): complete, the same as the statement (E2), safe to open, not for everybody."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from wagtail.test.utils import WagtailTestUtils

from privacy.register.models import Processor, Purpose, System
from privacy.statement.changes import changed_facts
from privacy.statement.facts import Facts
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.statement.record_of_processing import COLUMNS, rows
from tests.factories import publish, set_period, staff

SCREEN = "/admin/privacy-record/"
FILES = [f"{SCREEN}verwerkingsregister.{extension}" for extension in ("xlsx", "csv", "json")]

pytestmark = pytest.mark.usefixtures("demo_site")


def in_force() -> StatementVersion:
    version = StatementVersion.objects.in_force()
    assert version is not None
    return version


def from_json(client: Client) -> Any:
    return json.loads(client.get(FILES[2]).content)


def from_csv(client: Client) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(FILES[1]).content.decode("utf-8-sig"), newline="")))


def from_xlsx(client: Client) -> Any:
    return load_workbook(io.BytesIO(client.get(FILES[0]).content)).active


class TestContent:
    """What art. 30(1) asks, for every purpose."""

    def test_every_purpose_says_all_that_the_law_asks(self) -> None:
        """E1, 30(1)(a)-(g)."""
        record = rows(in_force().look)
        assert [row["key"] for row in record] == list(Purpose.objects.values_list("key", flat=True))
        for row in record:
            assert set(row) == {"key", *COLUMNS}
            assert [name for name in COLUMNS if not row[name] and name != "transfers"] == []

    def test_one_purpose_in_full(self) -> None:
        (row,) = [row for row in rows(in_force().look) if row["key"] == "assignment"]
        assert row["controller"] == "Koel ICT (Eenmanszaak, KvK 57680701)"
        assert row["contact"] == ["privacy@koel-ict.example", "085 000 00 00", "Kade 12", "1234 AB Voorbeeldstad"]
        assert row["persons"] == "opdrachtgevers en wie bij hen werkt"
        assert row["legal_basis"] == "uitvoering van een overeenkomst (art. 6 lid 1 onder b AVG)"
        assert row["data"][:2] == ["Naam", "Bedrijf"]
        assert row["recipients"][0] == "ZOHO (verwerker): klantenbestand (CRM)"
        assert row["transfers"][0].startswith("ZOHO: India. Opslag in een Europees datacentrum;")
        assert row["period"] == "24 maanden (2 jaar) na het laatste contact"
        assert row["security"][0] == "ZOHO: Alleen met gebruikersnaam en wachtwoord."
        assert "Een firewall houdt ons netwerk dicht voor wie er niets te zoeken heeft." in row["security"]
        assert not [text for text in row["security"] if text.startswith("Acumulus")], "not used for this purpose"

    def test_only_what_is_published_is_in_it(self, admin_client: Client) -> None:
        before = from_json(admin_client)
        set_period(12)
        Purpose.objects.filter(key="enquiry").update(persons="bezoekers")
        assert from_json(admin_client) == before
        publish()
        after = from_json(admin_client)
        assert after["statement"]["version"] == 2
        assert after["processing"][0]["period"] == "12 maanden (1 jaar) na het laatste contact"
        assert after["processing"][0]["persons"] == "bezoekers"

    def test_other_persons_are_another_fact(self) -> None:
        """Invariant 8."""
        Purpose.objects.filter(key="enquiry").update(persons="bezoekers")
        (change,) = changed_facts(
            in_force().facts, PrivacyStatementPage.objects.get(locale__language_code="nl").current_facts()
        )
        assert (change.field, change.old, change.new) == ("betrokkenen", "wie ons een vraag stelt", "bezoekers")

    def test_facts_from_before_there_were_persons(self) -> None:
        """Versions are for ever; what they did not say reads as empty."""
        new = in_force().facts
        old = {**new, "purposes": [{k: v for k, v in row.items() if k != "persons"} for row in new["purposes"]]}
        assert {row["persons"] for row in rows(Facts(old))} == {""}
        changes = changed_facts(old, new)
        assert {(change.field, change.old) for change in changes} == {("betrokkenen", "")}
        assert len(changes) == len(new["purposes"])


class TestSaysTheSame:
    """E2: record, statement and JSON-LD are three ways of reading the same facts."""

    def test_purposes_bases_periods_data_and_recipients(self, admin_client: Client) -> None:
        set_period(13)
        Processor.objects.filter(key="zoho").update(name="ZOHO Nederland")
        publish()
        record = from_json(admin_client)["processing"]
        processes = admin_client.get("/privacy/verklaring.json").json()["dpv:hasProcess"]
        page = WagtailTestUtils.get_soup(admin_client.get("/privacy/").content)
        table = page.find("caption", string=lambda text: "grondslagen" in (text or "")).parent
        lines = [line.find_all(["th", "td"]) for line in table.tbody.find_all("tr")]
        for row, process, (purpose, data, basis, period, recipients) in zip(record, processes, lines, strict=True):
            assert row["purpose"] == process["dpv:hasPurpose"]["dct:title"] == purpose.strong.text
            assert row["period"] == process["dpv:hasStorageCondition"]["dct:description"] == period.text
            assert row["legal_basis"] == basis.text.removesuffix("; die kunt u altijd intrekken")
            assert row["data"] == [part["dct:title"] for part in process["dpv:hasPersonalData"]] == data.text.split(", ")
            names = [part["dpv:hasName"] for part in process["dpv:hasRecipient"]]
            assert recipients.text.split(", ") == (names or ["niemand buiten ons bedrijf"])
            assert [text.split(" (verwerker)")[0] for text in row["recipients"]] == (names or ["niemand buiten ons bedrijf"])
            assert [text.split(": ")[0] for text in row["transfers"]] == names
        assert {row["period"].split(" na ")[0] for row in record} == {"13 maanden", "84 maanden (7 jaar)", "30 dagen"}

    def test_screen_and_files(self, admin_client: Client) -> None:
        labels = [str(label) for label in COLUMNS.values()]
        record = rows(in_force().look)
        texts = [["; ".join(row[name]) if isinstance(row[name], list) else row[name] for name in COLUMNS] for row in record]
        assert from_csv(admin_client) == [labels, *texts]
        assert [[cell.value or "" for cell in line] for line in from_xlsx(admin_client)] == [labels, *texts]
        assert from_json(admin_client)["processing"] == record
        screen = WagtailTestUtils.get_soup(admin_client.get(SCREEN).content).get_text(" ")
        said = [
            text for row in record for name in COLUMNS for text in (row[name] if isinstance(row[name], list) else [row[name]])
        ]
        assert [text for text in said if text not in screen] == []


class TestFiles:
    """What is handed over."""

    def test_name_the_version_they_were_made_from(self, admin_client: Client) -> None:
        for path in FILES:
            answer = admin_client.get(path)
            assert answer.status_code == 200
            assert f'filename="verwerkingsregister-versie-1.{path.rsplit(".", 1)[1]}"' in answer["Content-Disposition"]
        assert from_json(admin_client)["statement"]["sha256"] == in_force().sha256

    @pytest.mark.parametrize("formula", ['=HYPERLINK("https://kwaad.example")', "+1+1", "-1+1", "@SUM(A1)", "\t=1+1"])
    def test_nothing_is_a_formula(self, admin_client: Client, formula: str) -> None:
        """Staff type the register; the authority opens the file."""
        Purpose.objects.filter(key="enquiry").update(name=formula)
        publish()
        place = list(COLUMNS).index("purpose")
        assert from_csv(admin_client)[1][place] == f"'{formula}"
        cell = from_xlsx(admin_client).cell(row=2, column=place + 1)
        assert cell.value == formula
        assert cell.data_type == "s"
        assert cell.quotePrefix, "still text when somebody edits it"

    def test_a_character_that_a_workbook_cannot_hold(self, admin_client: Client) -> None:
        System.objects.filter(key="website").update(security="Dicht\x0b.")
        publish()
        texts = [cell.value for line in from_xlsx(admin_client) for cell in line]
        assert [text for text in texts if text and "Deze website: Dicht." in text]

    def test_no_other_format(self, admin_client: Client) -> None:
        assert admin_client.get(f"{SCREEN}verwerkingsregister.pdf").status_code == 404


class TestWhoMaySee:
    """Whoever may see the versions."""

    def test_with_the_permission(self) -> None:
        client = staff("view_statementversion")
        for path in (SCREEN, *FILES):
            assert client.get(path).status_code == 200
        assert SCREEN in client.get("/admin/").content.decode()

    def test_without_it(self) -> None:
        client = staff("view_purpose")
        for path in (SCREEN, *FILES):
            assert client.get(path)["Location"] == "/admin/"
        assert SCREEN not in client.get("/admin/").content.decode()

    @pytest.mark.parametrize("path", [SCREEN, *FILES])
    def test_a_stranger_is_sent_to_the_login(self, client: Client, path: str) -> None:
        assert client.get(path)["Location"].startswith("/admin/login/")

    def test_without_a_statement_the_screen_says_so(self, admin_client: Client) -> None:
        """Invariant 1."""
        PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
        assert "Er geldt geen privacyverklaring" in admin_client.get(SCREEN).content.decode()
        for path in FILES:
            assert admin_client.get(path).status_code == 404
