"""A visitor on a phone asks for their data, and sees, corrects and erases them; an officer takes down a phone call."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from privacy.rights.models import DataRequest
from privacy.subjects.models import DataSubject
from tests.my_data import JAN, PostOffice, link_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

NEW = "jan.nieuw@elders.example"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def ask_to_correct(page: Page) -> None:
    """Fill in the form as Jan, who wants something put right, and send it."""
    page.get_by_label("Uw e-mailadres").fill(JAN)
    page.get_by_label("Iets laten verbeteren").check()
    page.get_by_role("button", name="Stuur mij een link").click()


def test_on_a_phone_without_javascript(
    new_page: Callable[..., Page],
    jan: DataSubject,
    post_office: PostOffice,
) -> None:
    """C1, C5, C17, C18: every step with a thumb, and nothing wider than the screen."""
    page = new_page(java_script_enabled=False, **PHONE)
    page.goto("/mijn-gegevens/")
    page.get_by_role("button", name="Stuur mij een link").click()
    expect(page.get_by_role("alert")).to_contain_text("Vul uw e-mailadres in.")
    ask_to_correct(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk in uw mail")
    (mail,) = post_office()
    page.goto(link_in(mail))
    page.get_by_role("button", name="Ja, dat was ik").click()
    expect(page.get_by_text("Mag het iets ronder?")).to_be_visible()
    width = page.locator("main").bounding_box()
    assert width is not None
    assert width["width"] <= 360
    page.get_by_role("link", name="Verbeteren #").last.click()
    page.get_by_label("Naam").fill("Jan Jansen")
    page.get_by_role("button", name="Verbeteren").click()
    expect(page.get_by_role("status")).to_contain_text("Verbeterd")
    page.get_by_label("Typ WISSEN om door te gaan").fill("WISSEN")
    page.get_by_role("button", name="Alles wissen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw gegevens zijn gewist")
    assert not DataSubject.objects.exists()


def test_another_address_on_a_phone_without_javascript(
    new_page: Callable[..., Page],
    jan: DataSubject,
    post_office: PostOffice,
) -> None:
    """C17: offered behind the link, proven in another mailbox with another browser, and shown with what was."""
    page = new_page(java_script_enabled=False, **PHONE)
    page.goto("/mijn-gegevens/")
    ask_to_correct(page)
    page.goto(link_in(post_office()[-1]))
    page.get_by_role("button", name="Ja, dat was ik").click()
    page.get_by_role("link", name="Een ander e-mailadres").click()
    page.get_by_label("Uw nieuwe e-mailadres").fill(NEW)
    page.get_by_label("Nog een keer").fill("jan@elders.exampel")
    page.get_by_role("button", name="Stuur de link").click()
    expect(page.get_by_role("alert")).to_contain_text("Dit is niet hetzelfde adres.")
    page.get_by_label("Nog een keer").fill(NEW)
    page.get_by_role("button", name="Stuur de link").click()
    expect(page.get_by_role("status")).to_contain_text("Wij stuurden een mail naar het nieuwe adres")
    expect(page.get_by_text(f"Bij het adres {JAN}.")).to_be_visible()
    elsewhere = new_page(java_script_enabled=False, **PHONE)
    elsewhere.goto(link_in(next(mail for mail in post_office() if mail.to == [NEW])))
    elsewhere.get_by_role("button", name="Ja, dit is mijn adres").click()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Uw adres is veranderd")
    width = elsewhere.locator("main").bounding_box()
    assert width is not None
    assert width["width"] <= 360
    page.reload()
    expect(page.get_by_text(f"Bij het adres {NEW}.")).to_be_visible()
    assert DataSubject.objects.get().email == NEW


def test_an_officer_takes_down_a_phone_call_and_answers(page: Page, admin_user: Any, jan: DataSubject) -> None:
    """C1, C15, C21."""
    page.goto("/admin/privacy-requests/new/")
    page.fill("[name=username]", admin_user.username)
    page.fill("[name=password]", "password")
    page.click("button[type=submit]")
    page.fill("[name=email]", JAN)
    page.select_option("[name=kind]", "objection")
    page.select_option("[name=identity]", "callback")
    page.get_by_role("button", name="Toevoegen").click()
    expect(page.get_by_text("Beloofd uiterlijk")).to_be_visible()
    page.locator("details", has_text="Bezwaar toewijzen").locator("summary").click()
    page.get_by_label("Wat wij stoppen, voor in de brief").fill("Wij bellen u niet meer.")
    page.get_by_role("button", name="Bezwaar toewijzen").click()
    expect(page.get_by_text("Wij bellen u niet meer.").first).to_be_visible()
    assert DataRequest.objects.get().state == "delivered"
