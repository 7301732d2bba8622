"""The inbox by keyboard alone: found, read, answered, and judged when it looks like spam; nothing sideways on a telephone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from contact.models import Opening, Submission
from privacy.subjects.models import ContactMoment
from tests.browser.keyboard import follow, tab_to
from tests.browser.looking import look
from tests.factories import AttachmentFactory, DataSubjectFactory, SubmissionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

LIST = "/admin/contact-messages/"


def message(text: str = "Hoe duur is een website?", **fields: Any) -> Submission:
    """Make a message of somebody new."""
    person = DataSubjectFactory.create(last_contact_at=timezone.now() - timedelta(days=1))
    data = {"email": person.email, "message": text}
    made: Submission = SubmissionFactory.create(subject=person, form_data=data, **fields)
    return made


def test_a_message_is_handled_by_keyboard_alone(staff: Callable[..., Page]) -> None:
    """2.1.1, 2.4.7: from the list to answered, with a call taken down on the way."""
    message("Iets anders.")
    found = message("Kunt u mij bellen over een webwinkel?")
    page = staff()
    page.goto(LIST)
    follow(page, page.locator("a[href*='state=new']"))
    page.wait_for_url("**state=new")
    follow(page, page.locator(f"a[href='{LIST}inspect/{found.pk}/']"))
    expect(page.get_by_text("Kunt u mij bellen over een webwinkel?")).to_be_visible()
    follow(page, page.locator("a[href*='/moment/']"))
    tab_to(page, page.locator("input[name=kind][value=phone]"))
    follow(page, page.locator("form button[type=submit]"))
    expect(page.get_by_text("Het contactmoment is vastgelegd")).to_be_visible()
    follow(page, page.locator("form[action$='/answered/'] button"))
    expect(page.get_by_text("Dit bericht is nu: beantwoord.")).to_be_visible()
    found.refresh_from_db()
    assert found.state == "answered"
    assert ContactMoment.objects.get().subject == found.subject
    assert Opening.objects.filter(message=found.pk).count() == 3


def test_several_by_keyboard_alone(staff: Callable[..., Page]) -> None:
    """2.1.1: boxes, button, confirmation; beside possible spam stand the buttons of possible spam."""
    for _ in range(2):
        message("Viagra", possible_spam=True)
    fine = message()
    page = staff()
    page.goto(f"{LIST}?state=spam")
    tab_to(page, page.locator("th input[type=checkbox]"))
    page.keyboard.press("Space")
    expect(page.get_by_role("link", name="Gekozen berichten afsluiten")).to_be_hidden()
    follow(page, page.locator("a[href*='/erase/']"))
    expect(page.get_by_text("Dit geldt voor 2 berichten")).to_be_visible()
    follow(page, page.locator("button.serious"))
    expect(page.get_by_text("2 berichten: gedaan.")).to_be_visible()
    assert Submission.objects.get() == fine


def test_screens_fit_and_pass_axe(staff: Callable[..., Page]) -> None:
    """1.4.10, 1.4.3, 4.1.2: list, message, possible spam, contact moment, confirmation, report."""
    found, spam = message("Lang woord: " + "x" * 200), message(possible_spam=True)
    AttachmentFactory.create(submission=found)
    page = staff()
    places = {
        "list": LIST,
        "spam": f"{LIST}?state=spam",
        "empty": f"{LIST}?state=closed&q=niets",
        "message": f"{LIST}inspect/{found.pk}/",
        "possible": f"{LIST}inspect/{spam.pk}/",
        "erase": f"{LIST}erase/{spam.pk}/",
        "moment": f"/admin/privacy-subjects/moment/{found.subject_id}/",
        "person": f"/admin/privacy-subjects/inspect/{found.subject_id}/",
        "bulk": f"/admin/bulk/contact/submission/erase/?id={spam.pk}&next={LIST}",
        "openings": "/admin/contact-openings/",
        "home": "/admin/",
    }
    problems = {}
    for name, address in places.items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        if name == "list":
            page.locator("td input[type=checkbox]").first.check()
        problems[name] = look(page, f"admin inbox {name}", context="main")
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.querySelector('main').scrollWidth - document.documentElement.clientWidth")
            # Wagtail's header with a download in it is 10 px too wide; the first page is as wide as the panels of others.
            if wide > 10 and name != "home":
                problems[name].append(f"{width}: {wide} px too wide")
    assert not {name: wrong for name, wrong in problems.items() if wrong}


def test_an_address_without_an_end_leaves_the_other_columns_in_sight(staff: Callable[..., Page]) -> None:
    """1.4.10: what a visitor types decides nothing about the rest of the list."""
    message()
    long = DataSubjectFactory.create(email=f"{'d' * 64}@{'e' * 63}.{'f' * 63}.example", last_contact_at=timezone.now())
    SubmissionFactory.create(subject=long, form_data={"email": long.email, "message": "Dag."})
    page = staff()
    page.set_viewport_size({"width": 1280, "height": 900})
    for address in (LIST, "/admin/privacy-subjects/"):
        page.goto(address)
        box = page.locator("table.listing th").last.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 1280
