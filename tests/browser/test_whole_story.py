"""One visitor on a phone, from the empty form to withdrawn, by keyboard alone, with JavaScript and without (H2, 7(3), B7).

Every state on the way is looked at by axe, and none is wider than the screen.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from contact.models import Attachment, FormField, Submission
from privacy.consent.mails import confirm_mail, receipt_mail
from privacy.consent.models import ConsentEvent, UnconfirmedConsent
from privacy.consent.services import may
from privacy.mail.models import Mail
from privacy.subjects.models import DataSubject
from tests.browser.keyboard import tab_to
from tests.browser.looking import look, too_wide
from tests.documents import PDF
from tests.factories import ask_for_a_file

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # The broker: what this visitor does is queued, and forgotten after the test.
    pytest.mark.usefixtures("demo_site", "broker"),
]

PHONE = {"width": 360, "height": 740}


class Visitor:
    """Somebody who has a keyboard and nothing else."""

    def __init__(self, page: Page, *, scripts: bool) -> None:
        self.page = page
        self.scripts = scripts
        self.found: dict[str, list[str]] = {}

    def go(self, target: Locator) -> None:
        """Press Tab until the focus is there."""
        tab_to(self.page, target)

    def type(self, target: Locator, text: str) -> None:
        """Go there and type."""
        self.go(target)
        self.page.keyboard.type(text)

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Go there and press a key."""
        self.go(target)
        expect(target).to_be_in_viewport()
        self.page.keyboard.press(key)

    def looks(self, state: str) -> None:
        """Look at this state; axe itself waits for ever where no scripts run."""
        self.found[state] = look(self.page, f"story {state}") if self.scripts else too_wide(self.page)


@pytest.fixture(params=["JavaScript", "no JavaScript"])
def visitor(request: pytest.FixtureRequest, new_page: Callable[..., Page]) -> Iterator[Visitor]:
    """The visitor; nothing that axe found on the way is let pass."""
    has_scripts = request.param == "JavaScript"
    page = new_page(java_script_enabled=has_scripts, viewport=PHONE)
    visitor = Visitor(page, scripts=has_scripts)
    yield visitor
    assert not {state: offences for state, offences in visitor.found.items() if offences}


@pytest.fixture
def drawing(demo_site: None) -> FormField:
    """A question for a file that must be answered."""
    return ask_for_a_file(required=True)


def link_in(kind: str) -> str:
    """Return the path of the link in a mail as it was mailed."""
    write = {"consent.receipt": receipt_mail, "consent.confirm": confirm_mail}[kind]
    message = write(Mail.objects.filter(kind=kind).earliest("pk"))
    assert message is not None
    return next(line for line in message.body.splitlines() if "/toestemming/" in line).removeprefix("http://localhost")


@pytest.mark.usefixtures("drawing")
def test_from_the_empty_form_to_withdrawn(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    document = tmp_path / "schets.pdf"
    document.write_bytes(PDF)

    page.goto("/contact/")
    visitor.looks("empty form")
    visitor.type(page.get_by_role("textbox", name="Naam"), "Jan Jansen")
    visitor.type(page.get_by_role("textbox", name="E-mailadres"), "jan@")
    visitor.press(page.get_by_role("button", name="Bericht versturen"))

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    visitor.looks("error summary")
    expect(page.get_by_role("textbox", name="Naam")).to_have_value("Jan Jansen")
    expect(summary.get_by_role("link")).to_have_count(4)
    visitor.press(summary.get_by_role("link", name="Vul een volledig e-mailadres in"))
    email = page.get_by_role("textbox", name="E-mailadres")
    expect(email).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("jan@voorbeeld.example")
    visitor.type(page.get_by_role("textbox", name="Uw bericht"), "Regel een")
    page.keyboard.press("Enter")
    page.keyboard.type("regel twee")
    # The window that offers files is the system's own; that the keyboard gets to its button is ours.
    visitor.go(page.get_by_label("Tekening"))
    page.get_by_label("Tekening").set_input_files(document)
    visitor.press(page.get_by_label("Ja, Koel ICT mag mijn naam"), "Space")
    visitor.press(page.get_by_label("Ja, Koel ICT mag mij af"), "Space")
    visitor.looks("filled in")
    visitor.press(page.get_by_role("button", name="Bericht versturen"))

    page.wait_for_url("**/contact/bedankt/**")
    visitor.looks("thank-you page")
    person = DataSubject.objects.get()
    assert Submission.objects.get().form_data["message"].splitlines() == ["Regel een", "regel twee"]
    assert Attachment.objects.get().filename == "schets.pdf"
    assert may(subject=person, purpose="enquiry")
    assert not may(subject=person, purpose="newsletter")

    page.goto(link_in("consent.confirm"))
    visitor.looks("question to confirm")
    assert UnconfirmedConsent.objects.exists(), "opening a link confirms nothing"
    visitor.press(page.get_by_role("button", name="Ja, dat klopt"))
    expect(page.get_by_text("staat vast")).to_be_visible()
    assert may(subject=person, purpose="newsletter")

    page.goto(link_in("consent.receipt"))  # the first click, in the mail
    visitor.looks("own page")
    visitor.press(page.get_by_role("button", name="Toestemming intrekken (Uw vraag beantwoorden)"))  # the second
    expect(page.get_by_role("heading", name="Ingetrokken: Uw vraag beantwoorden")).to_be_visible()
    visitor.looks("withdrawn")
    assert not may(subject=person, purpose="enquiry")
    assert may(subject=person, purpose="newsletter")
    assert ConsentEvent.objects.count() == 3
