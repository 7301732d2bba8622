"""Two clicks from the mail to withdrawn: by keyboard, without JavaScript, on the narrowest phone (7(3), B7, H2)."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from privacy.consent.mails import receipt_mail
from privacy.consent.models import ConsentEvent, UnconfirmedConsent
from privacy.consent.services import may
from privacy.mail.models import Mail
from privacy.subjects.models import DataSubject
from tests.browser.looking import look, too_wide
from tests.factories import ConsentEventFactory, publish, set_period

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # The broker: what these visitors do is queued, and forgotten after the test.
    pytest.mark.usefixtures("demo_site", "broker"),
]


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def visitor(request: pytest.FixtureRequest, new_page: Callable[..., Page]) -> Page:
    """A visitor on a phone."""
    return new_page(java_script_enabled=request.param == "with JavaScript", viewport={"width": 360, "height": 740})


def write(page: Page) -> None:
    """Send the form with both boxes ticked."""
    page.goto("/contact/")
    page.get_by_role("textbox", name="E-mailadres").fill("jan@voorbeeld.example")
    page.get_by_role("textbox", name="Uw bericht").fill("Hoe duur is een website?")
    page.get_by_label("Ja, Koel ICT mag mijn naam").check()
    page.get_by_label("Ja, Koel ICT mag mij af").check()
    page.get_by_role("button", name="Bericht versturen").click()
    page.wait_for_url("**/contact/bedankt/**")


def mailed() -> tuple[str, str]:
    """Return the link in the receipt as it was mailed, without its host, and the file beside it."""
    message = receipt_mail(Mail.objects.get(kind="consent.receipt"))
    assert message is not None
    (link,) = [line for line in message.body.splitlines() if "/toestemming/" in line]
    content = message.attachments[0][1]
    return link.removeprefix("http://localhost"), content.decode() if isinstance(content, bytes) else str(content)


def test_two_clicks_from_the_mail_to_withdrawn(visitor: Page) -> None:
    write(visitor)
    expect(visitor.get_by_text("bevestiging per mail")).to_be_visible()
    person = DataSubject.objects.get()
    visitor.goto(mailed()[0])  # the first click, in the mail
    visitor.get_by_role("button", name="Toestemming intrekken (Uw vraag beantwoorden)").click()  # the second
    expect(visitor.get_by_role("heading", name="Ingetrokken: Uw vraag beantwoorden")).to_be_visible()
    assert not may(subject=person, purpose="enquiry")
    visitor.reload()
    visitor.get_by_role("button", name="Toestemming geven (Uw vraag beantwoorden)").click()
    expect(visitor.get_by_text("staat vast")).to_be_visible()
    assert may(subject=person, purpose="enquiry")
    assert ConsentEvent.objects.count() == 3
    assert not [cookie for cookie in visitor.context.cookies() if cookie["name"] != "csrftoken"]


def test_confirms_an_address(visitor: Page) -> None:
    write(visitor)
    visitor.goto(f"{mailed()[0]}bevestigen/newsletter/")
    assert UnconfirmedConsent.objects.exists()
    visitor.get_by_role("button", name="Ja, dat klopt").click()
    expect(visitor.get_by_text("staat vast")).to_be_visible()
    assert may(subject=DataSubject.objects.get(), purpose="newsletter")


def test_checks_a_receipt(visitor: Page) -> None:
    write(visitor)
    receipt = mailed()[1]
    visitor.goto("/toestemming/controle/")
    visitor.get_by_label("Het bestand uit de mail").set_input_files(
        {"name": "toestemming.json", "mimeType": "application/json", "buffer": receipt.encode()}
    )
    visitor.get_by_role("button", name="Controleren").click()
    expect(visitor.get_by_role("heading", name="Dit bewijs klopt", exact=True)).to_be_visible()
    changed = json.loads(receipt)
    changed["receipt"]["parties"][0]["name"] = "Iemand anders"
    visitor.get_by_label("De inhoud van het bestand").fill(json.dumps(changed))
    visitor.get_by_role("button", name="Controleren").click()
    expect(visitor.get_by_role("heading", name="Dit bewijs klopt niet")).to_be_visible()


def test_by_keyboard_alone(page: Page) -> None:
    """H2: WCAG 2.1.1."""
    write(page)
    page.goto(mailed()[0])
    button = page.get_by_role("button", name="Toestemming intrekken (Uw vraag beantwoorden)")
    for _ in range(30):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ingetrokken: Uw vraag beantwoorden")).to_be_visible()


def test_axe_finds_nothing_and_nothing_is_too_wide(new_page: Callable[..., Page]) -> None:
    """H2; on the narrowest phone too."""
    page = new_page(viewport={"width": 320, "height": 640})
    write(page)
    link, receipt = mailed()
    person = DataSubject.objects.get()
    ConsentEventFactory.create(subject=person, purpose="reference")
    set_period(36)
    publish()
    found = {}

    def is_fine(name: str) -> None:
        found[name] = [*too_wide(page), *look(page, f"consent {name}")]

    for name, path in (
        ("page", link),
        ("confirm", f"{link}bevestigen/newsletter/"),
        ("page in English", link.replace("/toestemming/", "/en/consent/")),
        ("unknown", "/toestemming/onbekend/"),
        ("check", "/toestemming/controle/"),
    ):
        page.goto(path)
        is_fine(name)
    for text in ("geen bewijs", receipt):
        page.get_by_label("De inhoud van het bestand").fill(text)
        page.get_by_role("button", name="Controleren").click()
        page.get_by_role("heading", name="Dit bewijs klopt").first.wait_for()
        is_fine(f"checked {text[:6]}")
    page.goto(link)
    page.get_by_role("button", name="Toestemming intrekken (Ons werk laten zien)").click()
    page.get_by_role("status").wait_for()
    is_fine("withdrawn")
    assert not {name: offences for name, offences in found.items() if offences}
