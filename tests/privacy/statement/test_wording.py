"""What a statement must not say, must show, and may not call editorial (law.md A18, A20)."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.statement.wording import RULES, faults
from tests.factories import confirm, contact_page, publish, set_period

pytestmark = pytest.mark.usefixtures("demo_site")


def page_that_says(sentence: str) -> PrivacyStatementPage:
    """Return the statement page, not saved, with a section that holds this sentence."""
    page = PrivacyStatementPage.objects.get(locale__language_code="nl")
    page.body.append(("text", {"heading": "Nieuw", "text": f"<p>{sentence}</p>"}))
    return PrivacyStatementPage.from_serializable_data(page.serializable_data())


def codes(page: PrivacyStatementPage) -> list[str]:
    return [fault.code for fault in faults(page.body)]


def test_the_demo_says_nothing_wrong() -> None:
    assert codes(PrivacyStatementPage.objects.get(locale__language_code="nl")) == []


#: Rule -> language -> sentences that it refuses, and neighbours of theirs that are fine.
SENTENCES: dict[str, dict[str, tuple[list[str], list[str]]]] = {
    "A18.implied_consent": {
        "nl": (
            [
                "Door gebruik te maken van deze website gaat u akkoord met deze verklaring.",
                "Door het <b>gebruik</b> van het formulier geeft u toestemming.",
                "Door onze site te blijven gebruiken stemt u in met cookies.",
            ],
            [
                "Wij vragen uw toestemming met een vakje dat u zelf aankruist.",
                "Door een vakje aan te kruisen geeft u toestemming.",
            ],
        ),
        "en": (
            ["By using this site you agree to this statement.", "By continuing to browse, you consent to cookies."],
            ["You give consent by ticking a box yourself.", "By law you may withdraw your consent."],
        ),
    },
    "A18.liability": {
        "nl": (
            [
                "Wij zijn niet aansprakelijk voor fouten.",
                "Aan deze verklaring kunnen geen rechten worden ontleend.",
                "Wij aanvaarden geen enkele aansprakelijkheid.",
                "Iedere aansprakelijkheid is uitgesloten.",
                "Gebruik van de site is op eigen risico.",
            ],
            [
                "Voor de gegevens van uw klanten bent u verantwoordelijk en zijn wij verwerker.",
                "Bent u het niet met ons eens? U kunt altijd naar de rechter.",
                "Onze aansprakelijkheid volgt uit de wet.",
            ],
        ),
        "en": (
            ["We are not liable for errors.", "We accept no liability.", "You use this form at your own risk."],
            ["We are not responsible for your clients' data; you are.", "You may claim damages from us."],
        ),
    },
    "A18.check_regularly": {
        "nl": (
            [
                "Wij mogen deze tekst te allen tijde wijzigen.",
                "Wij kunnen dit zonder aankondiging aanpassen.",
                "Wij raden u aan te kijken, want deze verklaring kan op elk moment wijzigen.",
                "Raadpleeg deze pagina daarom regelmatig.",
            ],
            [
                "Verandert er iets, dan komt er een nieuwe versie.",
                "U kunt te allen tijde uw toestemming intrekken.",
                "U kunt uw gegevens te allen tijde laten wijzigen.",
                "Wij kijken regelmatig of onze beveiliging nog goed is.",
            ],
        ),
        "en": (
            [
                "We may change this statement at any time.",
                "Please check this page regularly.",
                "This policy may be updated without notice.",
            ],
            ["You may change your choice at any time.", "When something changes, there is a new version."],
        ),
    },
    "A18.third_parties": {
        "nl": (
            [
                "Wij geven uw gegevens nooit aan derden.",
                "Uw gegevens worden niet gedeeld met derden.",
                "Wij delen niets, ook niet met derde partijen.",
            ],
            ["Wie uw gegevens krijgt, staat hieronder met naam.", "Deze site laadt niets van derden."],
        ),
        "en": (
            ["We never share your data with third parties.", "We do not sell data to any third party."],
            ["Everyone who receives your data is named below.", "We do not use third-party cookies."],
        ),
    },
    "A7.as_long_as_needed": {
        "nl": (
            ["Wij bewaren gegevens zo lang als nodig.", "Wij bewaren niets langer dan noodzakelijk."],
            ["Twee jaar na ons laatste contact wissen wij alles.", "Wij bewaren alleen wat nodig is."],
        ),
        "en": (
            ["We keep data for as long as necessary.", "We keep nothing longer than is needed."],
            ["We erase everything two years after our last contact.", "We keep only what is necessary."],
        ),
    },
    "A18.placeholder": {
        "nl": (
            ["Neem contact op met [naam invullen].", "Bel ons op ____.", "De termijn is n.t.b.", "Beste {naam}"],
            ["Noot [1] mag gewoon, net als drie puntjes...", "Bel ons op 085 000 00 00."],
        ),
        "en": (
            ["Lorem ipsum dolor.", "Contact [company name].", "Our address: TBD"],
            ["See note [2] below.", "The law (GDPR) says so..."],
        ),
    },
}
REFUSED = [
    pytest.param(sentence, code, id=f"{code} {language} {sentence[:40]}")
    for code, languages in SENTENCES.items()
    for language, (refused, _) in languages.items()
    for sentence in refused
]
FINE = [fine for languages in SENTENCES.values() for _, sentences in languages.values() for fine in sentences]


def test_every_rule_has_sentences_in_both_languages() -> None:
    """A18: another rule is another row here too."""
    assert set(SENTENCES) == {rule.code for rule in RULES}
    assert all(refused and fine for languages in SENTENCES.values() for refused, fine in languages.values())
    assert all(set(languages) == {"nl", "en"} for languages in SENTENCES.values())


@pytest.mark.parametrize(("sentence", "code"), REFUSED)
def test_refused_sentences(sentence: str, code: str) -> None:
    """A7, A18: each of these is refused, wherever it stands and however it is marked up."""
    assert codes(page_that_says(sentence)) == [code]


@pytest.mark.parametrize("sentence", FINE)
def test_sentences_that_are_fine(sentence: str) -> None:
    """A18: a neighbour that says something true is left alone."""
    assert codes(page_that_says(sentence)) == []


def test_dead_links_are_refused_and_living_ones_are_not() -> None:
    """A18: a link to a page that is gone, or not live, leads a reader nowhere."""
    contact = contact_page()
    link = f'Zie <a linktype="page" id="{contact.pk}">contact</a>.'
    assert codes(page_that_says(link)) == []
    Page.objects.filter(pk=contact.pk).update(live=False)
    assert codes(page_that_says(link)) == ["A18.dead_link"]
    assert codes(page_that_says('Zie <a id="99999" linktype="page">niets</a>.')) == ["A18.dead_link"]


def test_links_to_a_heading_lead_somewhere() -> None:
    """A18: an anchor is made from its heading, so it dies when the heading changes."""
    assert codes(page_that_says('Zie <a href="#par-uw-rechten">uw rechten</a>.')) == []
    (fault,) = faults(page_that_says('Zie <a href="#par-uw-plichten">uw plichten</a>.').body)
    assert (fault.code, fault.found) == ("A18.dead_link", "#par-uw-plichten")


def test_nothing_refused_goes_live() -> None:
    page = page_that_says("Wij geven uw gegevens nooit aan derden.")
    with pytest.raises(ValidationError, match="derden"):
        page.save_revision(clean=False).publish()
    assert StatementVersion.objects.count() == 1


@pytest.mark.parametrize("kind", ["identity", "purposes", "recipients", "retention", "rights", "complaint"])
def test_a_block_the_law_asks_for_cannot_be_left_out(kind: str) -> None:
    """A1, A3, A5, A7, A9, A11: what is not on the page is not told."""
    page = PrivacyStatementPage.objects.get(locale__language_code="nl")
    del page.body[next(number for number, block in enumerate(page.body) if block.block_type == kind)]
    with pytest.raises(ValidationError, match="Zet het blok"):
        page.save_revision().publish()


class TestEditorialOrMaterial:
    """Invariant 8: facts changed is a material version; the editor cannot call it editorial."""

    def edit(self, **changes: Any) -> PrivacyStatementPage:
        page = PrivacyStatementPage.objects.get(locale__language_code="nl")
        for name, value in changes.items():
            setattr(page, name, value)
        page.save_revision().publish()
        return page

    def test_text_alone_may_be_editorial(self, client: Client) -> None:
        self.edit(is_editorial=True, change_note="Tikfout.")
        assert StatementVersion.objects.in_force().is_material is False  # type: ignore[union-attr]
        html = client.get("/privacy/versies/").content.decode()
        assert html.count("redactionele wijziging") == html.count("wezenlijke wijziging") == 1

    def test_facts_may_not(self) -> None:
        set_period(12)
        with pytest.raises(ValidationError, match="wezenlijke wijziging"):
            self.edit(is_editorial=True)
        assert StatementVersion.objects.count() == 1
        self.edit(is_editorial=False)
        assert StatementVersion.objects.in_force().is_material is True  # type: ignore[union-attr]

    def test_the_editor_is_told_and_cannot_choose(self, admin_client: Client) -> None:
        """Whatever a browser sends: the screen has no such choice, and nothing takes it."""
        set_period(12)
        screen = admin_client.get(
            reverse("privacy_statement_publish", args=[PrivacyStatementPage.objects.get(locale__language_code="nl").pk])
        )
        assert "Dit is een wezenlijke wijziging" in screen.content.decode()
        assert 'name="kind"' not in screen.content.decode()
        confirm(admin_client, kind="editorial")
        assert StatementVersion.objects.get(number=2).is_material is True

    def test_the_mark_does_not_stick(self, admin_client: Client) -> None:
        """The next round of changes begins unmarked and without a note."""
        self.edit(is_editorial=True, change_note="Tikfout.")
        page = PrivacyStatementPage.objects.get(locale__language_code="nl")
        assert (page.is_editorial, page.change_note) == (False, "")
        html = admin_client.get(reverse("privacy_statement_publish", args=[page.pk])).content.decode()
        assert 'name="kind"' in html
        assert "checked" not in html
        assert "Tikfout." not in html

    def test_the_mark_is_part_of_the_proof(self) -> None:
        publish()
        version = StatementVersion.objects.get(number=2)
        assert version.sha256 == version.chained_sha256()
        version.is_material = False
        assert version.sha256 != version.chained_sha256()
