"""The history: what changed is shown in facts and in words, and nobody can alter it unseen."""

import hashlib
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from wagtail.test.utils import WagtailTestUtils

from privacy.register.models import Controller, Processor, Purpose
from privacy.statement.changes import Change, changed_facts
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from tests.factories import publish, set_period

pytestmark = pytest.mark.usefixtures("demo_site")


def version(number: int) -> StatementVersion:
    return StatementVersion.objects.get(number=number)


class TestDifference:
    """`/privacy/versies/<n>/verschil/`."""

    def test_a_changed_period_shows_in_facts_and_in_words(self, client: Client) -> None:
        """A20: what changed, where, from what to what; understandable without colour."""
        set_period(12)
        publish("Kortere termijn.")
        html = client.get("/privacy/versies/2/verschil/").content.decode()
        assert "Kortere termijn." in html
        assert "<del>24 maanden (2 jaar)</del>" in html
        assert "<ins>12 maanden (1 jaar)</ins>" in html
        assert html.count("<ins>") > 2, "the text itself is compared as well"
        assert "<del>24 maanden (2 jaar)</del> <ins>12 maanden (1 jaar)</ins> na" in html, "what was, and then what is"

    def test_only_what_changed_is_listed(self) -> None:
        Controller.objects.update(phone="085 111 11 11")
        Processor.objects.filter(key="zoho").update(country="Ierland")
        Purpose.objects.get(key="assignment").recipients.remove(Processor.objects.get(key="specialist"))
        Processor.objects.filter(key="specialist").delete()
        publish()
        assert changed_facts(version(1).facts, version(2).facts) == [
            Change(what="Verantwoordelijke", field="telefoon", old="085 000 00 00", new="085 111 11 11"),
            Change(
                what="Doel “Opdrachten uitvoeren”",
                field="ontvangers",
                old="ZOHO, Een collega-internetspecialist, Voorbeeld Mail B.V., Voorbeeld Opslag B.V.",
                new="ZOHO, Voorbeeld Mail B.V., Voorbeeld Opslag B.V.",
            ),
            Change(what="Ontvanger “ZOHO”", field="land", old="India", new="Ierland"),
            Change(what="Ontvanger", field="", old="Een collega-internetspecialist", new=""),
        ]

    def test_text_alone(self, client: Client) -> None:
        page = PrivacyStatementPage.objects.get(locale__language_code="nl")
        page.body[0].value["heading"] = "Kortweg"
        page.save_revision().publish()
        html = client.get("/privacy/versies/2/verschil/").content.decode()
        assert "Aan de feiten is niets veranderd" in html
        assert "<ins>Kortweg</ins>" in html

    def test_any_two_versions(self, client: Client) -> None:
        set_period(12)
        publish()
        set_period(6)
        publish()
        html = client.get("/privacy/versies/3/verschil/?with=1").content.decode()
        assert "van versie 1 naar versie 3" in html
        assert "<del>24 maanden (2 jaar)</del>" in html
        assert "<ins>6 maanden</ins>" in html
        other_way = client.get("/privacy/versies/1/verschil/?with=3").content.decode()
        # Above it only the page's own address differs.
        assert other_way.partition("<main")[2] == html.partition("<main")[2] != ""

    def test_the_first_version_and_nonsense(self, client: Client) -> None:
        assert "eerste versie" in client.get("/privacy/versies/1/verschil/").content.decode()
        assert client.get("/privacy/versies/2/verschil/").status_code == 404
        assert client.get("/privacy/versies/1/verschil/?with=x").status_code == 200

    def test_hostile_names_stay_text(self, client: Client) -> None:
        Processor.objects.filter(key="zoho").update(name="<script>alert(1)</script>")
        publish()
        assert "<script>alert" not in client.get("/privacy/versies/2/verschil/").content.decode()


class TestVerification:
    """`manage.py statement_verify`: a row altered by hand is found (A19, E2)."""

    def verify(self) -> tuple[dict[str, Any], int]:
        out = StringIO()
        code = 0
        try:
            call_command("statement_verify", stdout=out)
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        return json.loads(out.getvalue()), code

    @pytest.fixture(autouse=True)
    def _three_versions(self, demo_site: None) -> None:
        publish()
        publish()

    def alter(self, number: int, assignment: str) -> None:
        """Do what a person with a database client and no scruples does."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # a superuser's way round triggers
            cursor.execute(f"UPDATE privacy_statement_statementversion SET {assignment} WHERE number = %s", [number])  # noqa: S608

    def test_untouched(self) -> None:
        assert self.verify() == ({"ok": True, "versions": 3, "first_broken": None}, 0)

    @pytest.mark.parametrize(
        ("assignment", "what"),
        [
            ("html = html || ' '", "html"),
            ("""facts = jsonb_set(facts, '{retention,0,months}', '1')""", "facts"),
            ("change_note = 'Niets bijzonders.'", "chain"),
            ("effective_on = effective_on - 1", "chain"),
            ("sha256 = repeat('0', 64)", "chain"),
        ],
    )
    def test_names_what_was_altered(self, assignment: str, what: str) -> None:
        self.alter(2, assignment)
        assert self.verify() == ({"ok": False, "versions": 3, "first_broken": {"number": 2, "what": what}}, 1)

    def test_a_clever_alteration_shows_in_the_next_version(self) -> None:
        altered = version(2)
        altered.change_note = "Niets bijzonders."
        self.alter(2, f"change_note = 'Niets bijzonders.', sha256 = '{altered.chained_sha256()}'")
        assert self.verify()[0]["first_broken"] == {"number": 3, "what": "previous"}

    def test_a_version_that_is_gone(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # a superuser's way round triggers
            gone = "(SELECT id FROM privacy_statement_statementversion WHERE number = 2)"
            cursor.execute(f"DELETE FROM privacy_statement_statementtranslation WHERE version_id IN {gone}")  # noqa: S608 (our own)
            cursor.execute("DELETE FROM privacy_statement_statementversion WHERE number = 2")
        assert self.verify()[0]["first_broken"] == {"number": 3, "what": "number"}

    def test_a_reader_can_check_it_alone(self, client: Client) -> None:
        """The page names the hash, and the bare text has it."""
        text = client.get("/privacy/versies/2/tekst.txt")
        assert text["Content-Type"] == "text/plain; charset=utf-8"
        assert hashlib.sha256(text.content).hexdigest() in client.get("/privacy/versies/2/").content.decode()


class TestForMachines:
    """`verklaring.json`: the same facts in the W3C Data Privacy Vocabulary."""

    def test_says_what_the_page_says(self, client: Client) -> None:
        """E2: purposes, bases, data, recipients and periods are the same in both."""
        answer = client.get("/privacy/verklaring.json")
        assert answer["Content-Type"] == "application/ld+json"
        found = answer.json()
        page = client.get("/privacy/").content.decode()
        facts = version(1).facts
        assert [row["dct:identifier"] for row in found["dpv:hasProcess"]] == [row["key"] for row in facts["purposes"]]
        for process, purpose in zip(found["dpv:hasProcess"], facts["purposes"], strict=True):
            assert process["dpv:hasPurpose"]["dct:title"] in page
            assert process["dpv:hasLegalBasis"] == {"@id": f"eu-gdpr:A6-1-{purpose['legal_basis']}"}
            assert {row["dct:identifier"] for row in process["dpv:hasPersonalData"]} == set(purpose["categories"])
            assert {row["dct:identifier"] for row in process["dpv:hasRecipient"]} == set(purpose["recipients"])
            assert process["dpv:hasStorageCondition"]["dct:description"] in page
        durations = {row["dpv:hasStorageCondition"]["dpv:hasDuration"]["@value"] for row in found["dpv:hasProcess"]}
        assert durations == {"P24M", "P84M", "P30D"}

    def test_every_version_has_its_own(self, client: Client) -> None:
        before = client.get("/privacy/versies/1/verklaring.json").json()
        set_period(12)
        publish()
        assert client.get("/privacy/versies/1/verklaring.json").json() == before
        assert client.get("/privacy/verklaring.json").json() == client.get("/privacy/versies/2/verklaring.json").json()
        assert before["@id"].endswith("/privacy/versies/1/")

    def test_nothing_without_a_statement(self, client: Client) -> None:
        assert client.get("/privacy/versies/9/verklaring.json").status_code == 404
        PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
        assert client.get("/privacy/verklaring.json").status_code == 404

    def test_needs_no_other_server(self, client: Client) -> None:
        """The context stands in the document; every prefix used in it is declared there."""
        found = client.get("/privacy/verklaring.json").json()
        assert isinstance(found["@context"], dict)

        def prefixes(node: Any) -> set[str]:
            if isinstance(node, dict):
                own = {name.split(":")[0] for name in node if ":" in name}
                types = {value.split(":")[0] for name, value in node.items() if name == "@type" and ":" in value}
                return own | types | {prefix for value in node.values() for prefix in prefixes(value)}
            return {prefix for value in node for prefix in prefixes(value)} if isinstance(node, list) else set()

        used = prefixes({name: value for name, value in found.items() if name != "@context"})
        assert used <= set(found["@context"])


@pytest.mark.parametrize(
    "path", ["/privacy/versies/", "/privacy/versies/1/", "/en/privacy/versions/", "/en/privacy/versions/1/"]
)
def test_versions_lead_to_the_statement_while_there_is_one(client: Client, path: str) -> None:
    """An editor took it off: what was published stays to be read, and nothing claims that it still holds."""

    def leads_there() -> bool:
        page = WagtailTestUtils.get_soup(client.get(path).content)
        return bool(page.main.select("a[href$='/privacy/']"))

    assert leads_there()
    for page in PrivacyStatementPage.objects.all():
        page.unpublish()
    assert client.get(path).status_code == 200
    assert not leads_there()
