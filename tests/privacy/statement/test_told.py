"""What art. 13 and 14 want told beside purposes and periods: officer, rights, complaint, need, source (A1, A2, A9-A14)."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Site
from wagtail.test.utils import WagtailTestUtils

from privacy.register.models import Controller, DataCategory, Processor, Purpose, RightsTexts
from privacy.statement.changes import changed_facts
from privacy.statement.facts import Facts
from privacy.statement.jsonld import document
from privacy.statement.models import StatementVersion
from privacy.statement.record_of_processing import controller
from tests.factories import publish

pytestmark = pytest.mark.usefixtures("demo_site")


def soup(client: Client) -> Any:
    """Return the statement in force as a reader sees it."""
    return WagtailTestUtils.get_soup(client.get("/privacy/").content)


def section(client: Client, heading: str) -> Any:
    """Return one section of the statement."""
    (found,) = (title.parent for title in soup(client).select("h2") if title.text == heading)
    return found


def machine(client: Client) -> dict[str, Any]:
    """Return the same statement for machines."""
    answer: dict[str, Any] = client.get("/privacy/verklaring.json").json()
    return answer


def category_row(client: Client, name: str) -> list[str]:
    """Return the cells of one kind of data."""
    (row,) = (row for row in section(client, "Welke gegevens dat zijn").select("tbody tr") if row.th.text == name)
    return [cell.get_text(" ") for cell in row.find_all(["th", "td"])]


class TestOfficer:
    """A2, 13(1)(b): named where there is one, and nowhere else."""

    OFFICER = {"dpo_name": "N. de Boer", "dpo_email": "fg@koel-ict.example"}

    def test_is_shown_everywhere_with_the_flag(self, client: Client) -> None:
        Controller.objects.update(has_dpo=True, **self.OFFICER)
        version = publish()
        shown = section(client, "Wie wij zijn")
        assert "Functionaris voor gegevensbescherming" in shown.text
        assert "N. de Boer" in shown.text
        assert shown.select_one('a[href="mailto:fg@koel-ict.example"]')
        officer = machine(client)["dpv:hasDataController"]["dpv:hasDataProtectionOfficer"]
        assert officer["dpv:hasName"] == "N. de Boer"
        assert officer["dpv:hasContact"] == ["fg@koel-ict.example"]
        contact = controller(version.look)["contact"]
        assert contact[-1] == "Functionaris voor gegevensbescherming: N. de Boer, fg@koel-ict.example"

    def test_is_nowhere_without_the_flag(self, client: Client) -> None:
        Controller.objects.update(has_dpo=False, **self.OFFICER)
        version = publish()
        for text in (soup(client).text, str(machine(client)), str(controller(version.look)), str(version.facts)):
            assert "Functionaris" not in text
            assert "fg@koel-ict.example" not in text
            assert "DataProtectionOfficer" not in text


def test_the_vat_id_is_on_the_page_and_in_the_json(client: Client) -> None:
    """A1; BW 3:15d(1)."""
    assert "NL000099998B57" in section(client, "Wie wij zijn").text
    assert machine(client)["dpv:hasDataController"]["schema:vatID"] == "NL000099998B57"


def test_says_whether_a_computer_decides(client: Client) -> None:
    """A13, 13(2)(f): an answer in so many words, the register's own, and for machines too."""
    Controller.objects.update(automated_decisions="Nee.\n\nOok <b>geen</b> profielen.")
    publish()
    shown = section(client, "Besluiten door een computer")
    assert [line.text for line in shown.select("p")] == ["Nee.", "Ook <b>geen</b> profielen."]
    assert machine(client)["dpv:hasContext"]["dct:description"] == "Nee.\n\nOok <b>geen</b> profielen."


class TestRights:
    RIGHTS = {
        "access": ("Inzage", "A15"),
        "rectification": ("Rectificatie", "A16"),
        "erasure": ("Wissen", "A17"),
        "restriction": ("Beperken", "A18"),
        "portability": ("Overdragen", "A20"),
        "withdrawal": ("Toestemming intrekken", "A7-3"),
    }

    def test_all_of_them_without_a_row_in_the_database(self, client: Client) -> None:
        """A9, A10, 13(2)(b)-(c): our own sentences serve until an editor says it better."""
        assert not RightsTexts.objects.exists()
        shown = section(client, "Uw rechten")
        said = {right["@id"]: right["dct:description"] for right in machine(client)["dpv:hasRight"]}
        items = {item.strong.text: item.text for item in shown.select("li")}
        assert list(items) == [name for name, _ in self.RIGHTS.values()]
        for name, article in self.RIGHTS.values():
            assert items[name] == f"{name}: {said[f'eu-gdpr:{article}']}"
        assert "blijft rechtmatig" in items["Toestemming intrekken"]
        assert shown.select_one('li a[href="mailto:privacy@koel-ict.example"]'), "A10: a link that works"
        assert "binnen 28 dagen" in machine(client)["dpv:isExercisedAt"]
        assert machine(client)["dpv:isExercisedAt"] in shown.text

    def test_objection_has_a_block_of_its_own(self, client: Client) -> None:
        """A9, 21(4)."""
        block = section(client, "Uw rechten").select_one("aside")
        assert block.h3.text == "Recht van bezwaar"
        (said,) = (right for right in machine(client)["dpv:hasRight"] if right["@id"] == "eu-gdpr:A21")
        assert block.p.text == said["dct:description"]

    def test_the_editors_words_once_published_and_not_before(self, client: Client) -> None:
        """A8: a draft changes nothing for readers; what is filled in is frozen with it."""
        RightsTexts.objects.create(site=Site.objects.get(), access="mail {e-mail} en {naam} antwoordt in {dagen} dagen.")
        assert "antwoordt in" not in soup(client).text
        facts = publish().facts
        words = "mail privacy@koel-ict.example en Koel ICT antwoordt in 28 dagen."
        assert facts["rights"]["access"] == words
        assert f"Inzage: {words}" in [item.text for item in section(client, "Uw rechten").select("li")]

    def test_a_purpose_on_consent_says_that_it_can_be_withdrawn(self, client: Client) -> None:
        """A10."""
        rows = section(client, "Waarvoor wij gegevens gebruiken").select("tbody tr")
        for row, purpose in zip(rows, StatementVersion.objects.get().facts["purposes"], strict=True):
            assert ("altijd intrekken" in row.select("td")[1].text) == (purpose["legal_basis"] == "a")

    def test_without_a_text_there_is_no_empty_line(self, client: Client) -> None:
        """A10: only what rests on consent can be withdrawn."""
        Purpose.objects.filter(legal_basis="a").update(legal_basis="b")
        RightsTexts.objects.create(site=Site.objects.get(), withdrawal="")
        publish()
        assert "intrekken" not in section(client, "Uw rechten").text


def test_the_complaint_leads_to_the_authority(client: Client) -> None:
    """A11, 13(2)(d)."""
    RightsTexts.objects.create(
        site=Site.objects.get(), complaint="Klagen kan bij de", authority_name="CNIL", authority_url="https://www.cnil.fr/"
    )
    publish()
    shown = section(client, "Een klacht")
    assert shown.p.text == "Klagen kan bij de CNIL."
    assert shown.a["href"] == "https://www.cnil.fr/"
    said = machine(client)
    assert said["dpv:hasAuthority"]["dpv:hasName"] == "CNIL"
    assert said["dpv:hasAuthority"]["schema:url"] == "https://www.cnil.fr/"
    assert {"@id": "eu-gdpr:A77", "dct:description": "Klagen kan bij de"} in said["dpv:hasRight"]


class TestData:
    @staticmethod
    def in_json(client: Client, key: str) -> dict[str, Any]:
        """Return one kind of data as machines read it."""
        kinds = (kind for process in machine(client)["dpv:hasProcess"] for kind in process["dpv:hasPersonalData"])
        return next(kind for kind in kinds if kind["dct:identifier"] == key)

    def test_required_with_its_consequence(self, client: Client) -> None:
        """A12, 13(2)(e)."""
        assert category_row(client, "E-mailadres")[3] == "verplicht Zonder e-mailadres kunnen wij u niet antwoorden."
        said = self.in_json(client, "contact_details")
        assert said["dpv:hasNecessity"] == {"@id": "dpv:Required"}
        assert said["dpv:hasConsequence"] == "Zonder e-mailadres kunnen wij u niet antwoorden."

    def test_optional(self, client: Client) -> None:
        """A12."""
        assert category_row(client, "Bedrijf")[3] == "mag u openlaten"
        assert category_row(client, "Telefoonnummers")[3] == "mag u openlaten Zonder telefoonnummer mailen wij u."
        said = self.in_json(client, "company")
        assert said["dpv:hasNecessity"] == {"@id": "dpv:Optional"}
        assert "dpv:hasConsequence" not in said

    def test_of_our_own_making(self, client: Client) -> None:
        """A12: nobody is asked for it."""
        assert category_row(client, "Facturen")[2:] == ["door ons vastgelegd", "niet van toepassing"]
        said = self.in_json(client, "invoices")
        assert said["dpv:hasDataSource"] == {
            "@type": "dpv:DataControllerDataSource",
            "dct:description": "door ons vastgelegd",
        }
        assert "dpv:hasNecessity" not in said

    def test_from_elsewhere_names_the_source_and_when_it_is_told(self, client: Client) -> None:
        """A14, 14(2)(f), 14(3)."""
        assert "binnen een maand" not in section(client, "Welke gegevens dat zijn").text
        DataCategory.objects.filter(key="company").update(source="elsewhere", origin="het Handelsregister (openbaar)")
        publish()
        assert category_row(client, "Bedrijf")[2] == "van een ander: het Handelsregister (openbaar)"
        assert "uiterlijk binnen een maand" in section(client, "Welke gegevens dat zijn").text
        assert self.in_json(client, "company")["dpv:hasDataSource"] == {
            "@type": "dpv:ThirdPartyDataSource",
            "dct:description": "van een ander: het Handelsregister (openbaar)",
        }


def test_the_end_of_an_agreement(client: Client) -> None:
    """E3: on the page and for machines."""
    Processor.objects.filter(key="zoho").update(agreement_ends_on=date(2999, 12, 31))
    publish()
    assert "loopt tot en met 31 december 2999" in section(client, "Met wie wij gegevens delen").text
    recipients = (row for process in machine(client)["dpv:hasProcess"] for row in process["dpv:hasRecipient"])
    zoho = next(row for row in recipients if row["dct:identifier"] == "zoho")
    assert zoho["dpv:hasLegalMeasure"]["dct:valid"]["@value"] == "2999-12-31"


CHANGES = [
    pytest.param(Controller, {"is_vat_registered": False}, "heeft een btw-id", "ja", "nee", id="A1"),
    pytest.param(
        Controller, {"has_dpo": True, "dpo_email": "a@b.example"}, "e-mailadres van de functionaris", "", "a@b.example"
    ),
    pytest.param(Controller, {"automated_decisions": "Ja."}, "besluiten door een computer", None, "Ja.", id="A13"),
    pytest.param(DataCategory, {"is_required": True, "consequence": "Jammer."}, "verplicht", "nee", "ja", id="A12"),
    pytest.param(DataCategory, {"consequence": "Jammer."}, "wat er gebeurt zonder", "", "Jammer.", id="A12 consequence"),
    pytest.param(
        DataCategory, {"source": "ours"}, "waar ze vandaan komen", "van de persoon zelf", "door ons vastgelegd", id="A14"
    ),
    pytest.param(
        Processor, {"agreement_ends_on": date(2999, 1, 2)}, "einde van de overeenkomst", "", "2 januari 2999", id="E3"
    ),
]


@pytest.mark.parametrize(("model", "values", "field", "old", "new"), CHANGES)
def test_each_is_a_fact_whose_change_is_seen(model: Any, values: dict[str, Any], field: str, old: str | None, new: str) -> None:
    """A20: who calls one of these editorial is refused; the list says what changed in words."""
    row = model.objects.get(key="zoho" if model is Processor else "company") if model is not Controller else model.objects.get()
    before = StatementVersion.objects.get().facts
    model.objects.filter(pk=row.pk).update(**values)
    (change,) = (change for change in changed_facts(before, publish().facts) if change.field == field)
    assert change.new == new
    assert old is None or change.old == old


@pytest.mark.parametrize("field", [*TestRights.RIGHTS, "objection", "how_to_ask", "complaint", "authority_name"])
def test_a_text_about_rights_is_a_fact(field: str) -> None:
    """A20: how to use rights is material."""
    before = StatementVersion.objects.get().facts
    RightsTexts.objects.create(site=Site.objects.get(), **{field: "Anders."})
    (change,) = changed_facts(before, publish().facts)
    assert change.what == "Rechten"
    assert change.new == "Anders."


def _as_version_2(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts as they were frozen before the register asked for all this."""
    old = deepcopy(facts) | {"schema_version": 2, "rights": {"answer_within_days": 28}}
    for name in ("is_vat_registered", "has_dpo", "dpo_name", "dpo_email", "automated_decisions"):
        del old["controller"][name]
    for row in old["categories"]:
        for name in ("source", "source_label", "origin_label", "is_required", "consequence"):
            del row[name]
    for row in old["recipients"]:
        del row["agreement_ends_on"], row["agreement_ends_on_label"]
    return old


class TestOlderFacts:
    """A22: versions never change, so they lack what came later."""

    def test_can_be_compared_both_ways(self) -> None:
        new = StatementVersion.objects.get().facts
        old = _as_version_2(new)
        assert changed_facts(old, old) == []
        came = changed_facts(old, new)
        assert {change.old for change in came} == {""}
        assert {change.new for change in changed_facts(new, old)} == {""}
        assert "dpo_email" not in {change.field for change in came}
        assert ("Verantwoordelijke", "heeft een functionaris voor gegevensbescherming") not in {
            (change.what, change.field) for change in came
        }, "an unticked box is nothing"

    def test_are_still_handed_to_machines(self, client: Client) -> None:
        version = StatementVersion.objects.get()
        version.facts = _as_version_2(version.facts)
        found = document(version, version, "https://koel-ict.example/privacy/versies/1/")
        assert {right["@id"] for right in found["dpv:hasRight"]} >= {"eu-gdpr:A15", "eu-gdpr:A77"}
        assert found["dpv:hasProcess"][0]["dpv:hasPersonalData"][0]["dpv:hasDataSource"] == "van uzelf"
        assert controller(version.look)["contact"][0] == "privacy@koel-ict.example"
        assert Facts(version.facts).from_elsewhere() == []
