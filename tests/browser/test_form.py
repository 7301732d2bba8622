"""The form in a real browser: on a phone, by keyboard alone, without JavaScript; with files, errors, and the way back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import OperationalError
from playwright.sync_api import Page, expect

import contact.services
from contact.models import FormField, Submission
from tests.browser.looking import look
from tests.documents import PDF
from tests.factories import contact_page, every_kind_of_field

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo_site", "broker"),
]

PHONE = {"width": 360, "height": 740}


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def visitor(request: pytest.FixtureRequest, new_page: Callable[..., Page]) -> Page:
    return new_page(java_script_enabled=request.param == "with JavaScript", viewport=PHONE)


@pytest.fixture
def every_kind(demo_site: None) -> None:
    """A field of every kind that is not on the demo's form already."""
    every_kind_of_field(contact_page(), required=False)


def fill_in(page: Page, *, consent: bool = True) -> None:
    page.get_by_role("textbox", name="E-mailadres").fill("jan@voorbeeld.example")
    page.get_by_role("textbox", name="Uw bericht").fill("Regel een\nregel twee")
    if consent:
        page.get_by_label("Ja, Koel ICT mag mijn naam").check()


def send(page: Page) -> None:
    page.get_by_role("button", name="Bericht versturen").click()


@pytest.mark.usefixtures("every_kind")
def test_every_kind_of_field_is_sent_and_comes_back_after_an_error(visitor: Page, tmp_path: Path) -> None:
    """All that was typed and chosen stays; the one thing that a browser cannot keep is asked for again."""
    document = tmp_path / "schets.pdf"
    document.write_bytes(PDF)
    visitor.goto("/contact/")
    fill_in(visitor, consent=False)
    visitor.get_by_label("Vraag url").fill("https://voorbeeld.example/")
    visitor.get_by_label("Vraag number").fill("1,5")
    visitor.get_by_label("Vraag date (niet verplicht)").fill("2026-12-31")
    visitor.get_by_label("Vraag datetime").fill("2026-12-31T15:30")
    visitor.get_by_label("Vraag checkbox (niet verplicht)").check()
    visitor.get_by_role("group", name="Vraag checkboxes").get_by_label("groen").check()
    visitor.get_by_label("Vraag dropdown").select_option("groen")
    visitor.get_by_role("group", name="Vraag multiselect").get_by_label("rood").check()
    visitor.get_by_role("group", name="Vraag radio").get_by_label("groen").check()
    visitor.get_by_label("Vraag file").set_input_files(document)
    send(visitor)

    expect(visitor.get_by_role("alert")).to_be_focused()
    expect(visitor.get_by_label("Vraag file")).to_have_accessible_description(
        "Wat u wilt. PDF, foto (JPEG, PNG, WebP), Word (docx), OpenDocument (odt) of platte tekst, hoogstens 10 MB. "
        "Fout: Kies “schets.pdf” opnieuw: uw browser onthoudt gekozen bestanden niet."
    )
    visitor.get_by_label("Vraag file").set_input_files(document)
    visitor.get_by_label("Ja, Koel ICT mag mijn naam").check()
    send(visitor)
    visitor.wait_for_url("**/contact/bedankt/**")
    stored = Submission.objects.get()
    assert {name: stored.form_data[f"a_{name}"] for name in ("url", "number", "date", "radio", "dropdown", "file")} == {
        "url": "https://voorbeeld.example/",
        "number": "1.5",
        "date": "2026-12-31",
        "radio": "groen",
        "dropdown": "groen",
        "file": "schets.pdf",
    }
    assert stored.form_data["a_datetime"].startswith("2026-12-31T15:30")
    assert (stored.form_data["a_checkbox"], stored.form_data["a_checkboxes"]) == (True, ["groen"])
    assert stored.attachments.get().filename == "schets.pdf"


def test_the_back_button_after_sending_stores_nothing_twice(visitor: Page) -> None:
    """Chromium fetches the form anew, under another number, and puts text and ticks back."""
    visitor.goto("/contact/")
    fill_in(visitor)
    send(visitor)
    visitor.wait_for_url("**/contact/bedankt/**")
    visitor.go_back()
    expect(visitor.get_by_role("textbox", name="Uw bericht")).to_have_value("Regel een\nregel twee")
    send(visitor)
    visitor.wait_for_url("**/contact/bedankt/**")
    assert Submission.objects.count() == 1


def test_two_tabs_are_two_forms(visitor: Page) -> None:
    """Each has its own number and the same cookie; one does not hinder the other, and each counts once."""
    visitor.goto("/contact/")
    fill_in(visitor)
    other = visitor.context.new_page()
    other.goto("/contact/")
    fill_in(other)
    other.get_by_role("textbox", name="Uw bericht").fill("Nog iets anders")
    send(other)
    other.wait_for_url("**/contact/bedankt/**")
    for _ in range(2):
        send(visitor)
        visitor.wait_for_url("**/contact/bedankt/**")
        visitor.go_back()
    assert Submission.objects.count() == 2


def test_an_expired_form_comes_back_filled_in(visitor: Page) -> None:
    visitor.goto("/contact/")
    fill_in(visitor)
    visitor.context.clear_cookies()
    send(visitor)
    expect(visitor.get_by_role("alert")).to_contain_text("Het formulier stond lang open")
    expect(visitor.get_by_role("alert")).to_be_focused()
    expect(visitor.get_by_role("textbox", name="Uw bericht")).to_have_value("Regel een\nregel twee")
    consent = visitor.get_by_label("Ja, Koel ICT mag mijn naam")
    expect(consent).not_to_be_checked()
    assert not Submission.objects.exists()
    consent.check()
    send(visitor)
    visitor.wait_for_url("**/contact/bedankt/**")
    assert Submission.objects.count() == 1


@pytest.mark.usefixtures("every_kind")
def test_axe_finds_nothing_in_any_field_nor_on_the_page_without_a_database(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """H2; and on a phone nothing is wider than the screen."""
    found = {}

    def is_fine(state: str) -> None:
        found[state] = look(page, f"contact {state}")

    page.goto("/contact/")
    is_fine("every kind of field")
    fill_in(page, consent=False)
    send(page)
    page.get_by_role("alert").wait_for()
    is_fine("every kind of field, with errors")
    page.get_by_label("Ja, Koel ICT mag mijn naam").check()
    monkeypatch.setattr(contact.services, "touch", refuses)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw bericht is niet opgeslagen")
    expect(page.get_by_role("textbox", name="Uw bericht")).to_have_value("Regel een\nregel twee")
    expect(page.get_by_label("Vraag file")).to_have_attribute("type", "file")
    is_fine("not stored")
    monkeypatch.undo()
    page.get_by_role("button", name="Nog een keer versturen").click()
    page.wait_for_url("**/contact/bedankt/**")
    assert Submission.objects.count() == 1
    assert not {state: wrong for state, wrong in found.items() if wrong}


def refuses(**arguments: object) -> None:
    raise OperationalError("server closed the connection unexpectedly")


@pytest.mark.usefixtures("every_kind")
def test_links_in_the_summary_lead_to_every_kind_of_field(page: Page) -> None:
    """H2: WCAG 2.4.3, 3.3.1; by keyboard, also where a question is a group of boxes."""
    FormField.objects.filter(clean_name__in=["a_radio", "a_checkboxes", "a_date", "a_file"]).update(required=True)
    page.goto("/contact/")
    fill_in(page)
    send(page)
    summary = page.get_by_role("alert")
    for said, name in {
        "Maak een keuze bij “Vraag radio”.": "a_radio",
        "Maak een keuze bij “Vraag checkboxes”.": "a_checkboxes",
        "Vul “Vraag date” in.": "a_date",
        "Kies een bestand bij “Vraag file”.": "a_file",
    }.items():
        link = summary.get_by_role("link", name=said)
        link.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.name") == name
    expect(page.get_by_role("group", name="Vraag radio")).to_have_accessible_description(
        "Wat u wilt. Fout: Maak een keuze bij “Vraag radio”."
    )
