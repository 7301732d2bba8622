"""Makes the pictures of these documents: `.venv/bin/python docs/screenshots.py [ADDRESS]` beside a running `make run`.

The pictures of the editors' guide tell one story, which is walked through for real: a recipient is added and version 2 is
published. So it takes a fresh demo (stop `make run`, remove `.data`, start it again) and fails where the story no longer works.
"""

import io
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

DOCS = Path(__file__).parent
PASSWORD = DOCS.parent / ".data" / "admin-password"
#: A laptop's window; that of the admin is higher, so that what matters fits in.
WINDOW = {"width": 1280, "height": 860}
ADMIN_WINDOW = {"width": 1280, "height": 1000}
#: Screens are drawn in few colours; a picture of these many is a quarter of the size.
COLOURS = 96
#: What the eye should go to, and what floats over it.
STYLE = """
    [data-shown] { outline: 3px solid #c2185b !important; outline-offset: 5px; border-radius: 4px; }
    .w-minimap { visibility: hidden !important; }
"""
NO_FOOTER = ".footer { visibility: hidden !important; }"

VISITORS = {"anna": "Wat kost een website?", "bram": "Kunt u onze webwinkel verhuizen?", "celia": "Wij zoeken hosting."}
NEW = {
    "name": "Postduif",
    "key": "postduif",
    "service": "versturen van onze nieuwsbrief",
    "country": "Verenigde Staten",
    "agreement": "Verwerkersovereenkomst Postduif",
    "agreement_date": "2026-11-02",
    "agreement_version": "3",
    "name_en": "Postduif",
    "service_en": "sending our newsletter",
    "country_en": "United States",
    "agreement_en": "Data processing agreement with Postduif",
}
LATER = {
    "transfer": "Modelbepalingen van de Europese Commissie. Een kopie vraagt u bij ons op.",
    "transfer_en": "Standard contractual clauses of the European Commission. Ask us for a copy.",
}
SENTENCE = " Onze nieuwsbrief versturen wij met Postduif."
NOTE = "Wij versturen onze nieuwsbrief voortaan met Postduif."
DAYS_OF_NOTICE = 14


class Camera:
    """Takes pictures of parts of a page and stores them small.

    Args:
        page: what to look at.
        folder: where the pictures go.
    """

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str, *parts: Locator, show: Locator | None = None, footer: bool = False) -> None:
        """Take the smallest picture, as wide as the window, with all `parts` in it; without any, of the window.

        Args:
            name: of the file, without ending.
            *parts: what must be in it, from top to bottom.
            show: what to draw a line around.
            footer: whether the bar with buttons at the bottom stays in sight.
        """
        if show:
            show.evaluate("element => element.dataset.shown = ''")
        clip = None
        if parts:
            parts[0].evaluate("element => window.scrollBy(0, element.getBoundingClientRect().top - 90)")
            self.page.wait_for_timeout(300)  # smooth scrolling
            boxes = [box for part in parts if (box := part.bounding_box())]
            top = max(0, min(box["y"] for box in boxes) - 24)
            bottom = min(max(box["y"] + box["height"] for box in boxes) + 24, self.page.viewport_size["height"])  # type: ignore[index]
            clip = {"x": 0, "y": top, "width": WINDOW["width"], "height": bottom - top}
        taken = self.page.screenshot(clip=clip, style=STYLE if footer else STYLE + NO_FOOTER, animations="disabled", caret="hide")  # type: ignore[arg-type]
        if show:
            show.evaluate("element => delete element.dataset.shown")
        with Image.open(io.BytesIO(taken)) as picture:
            few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(self.folder / f"{name}.png", optimize=True)


class Story:
    """An editor's way from "we now also use Postduif" to a published version, picture by picture.

    Args:
        page: the editor's browser.
        visitor: the browser of somebody who reads the site.
        address: of the site.
    """

    def __init__(self, page: Page, visitor: Page, address: str) -> None:
        self.page = page
        self.visitor = visitor
        self.address = address
        self.picture = Camera(page, DOCS / "editors" / "images")
        self.public_picture = Camera(visitor, self.picture.folder)

    def tell(self) -> None:
        """Walk through all of it."""
        self.people_write()
        self.log_in()
        self.add_the_recipient()
        self.tie_it_to_a_purpose()
        self.change_the_text()
        self.meet_the_gate()
        self.publish()
        self.translate_the_text()
        self.look_back()

    def people_write(self) -> None:
        """Fill in the contact form a few times, so that there is somebody to tell of the change."""
        self.visitor.goto(f"{self.address}/privacy/")
        expect(self.visitor.get_by_text("Versie 1,"), "the demo is fresh").to_be_visible()
        for name, question in VISITORS.items():
            self.visitor.goto(f"{self.address}/contact/")
            self.visitor.get_by_role("textbox", name="E-mailadres").fill(f"{name}@voorbeeld.example")
            self.visitor.get_by_role("textbox", name="Uw bericht").fill(question)
            self.visitor.get_by_label("Ja, Koel ICT mag mijn naam").check()
            self.visitor.get_by_role("button", name="Bericht versturen").click()
            expect(self.visitor.get_by_role("heading", level=1)).to_contain_text("Bedankt")

    def log_in(self) -> None:
        """Log in, see the first page, open the menu."""
        self.page.goto(f"{self.address}/admin/")
        self.page.get_by_label("Gebruikersnaam").fill("beheer")
        self.page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD.read_text().strip())
        self.picture.take("inloggen", self.page.get_by_role("main"))
        self.page.get_by_role("button", name="Inloggen").click()
        reviews = self.page.locator("#privacy-reviews-section")
        self.picture.take("eerste-scherm", self.page.get_by_role("heading", level=1), reviews)
        self.page.get_by_role("button", name="Privacy").click()
        self.page.get_by_role("button", name="Register", exact=True).click()
        recipients = self.page.get_by_role("link", name="Ontvangers")
        expect(recipients).to_be_visible()
        self.page.wait_for_timeout(500)  # the menu slides
        self.picture.take("menu", self.page.get_by_role("link", name="Mails"), show=recipients)
        recipients.click()

    def add_the_recipient(self) -> None:
        """Fill in the form for Postduif, and forget two things."""
        add = self.page.get_by_role("link", name="Ontvanger toevoegen")
        self.picture.take("ontvangers", add, self.page.get_by_role("table"), show=add)
        add.click()
        self.page.get_by_text("In het Engels").click()
        for name, value in NEW.items():
            self.field(name).fill(value)
        self.picture.take("ontvanger-wie", self.page.get_by_role("heading", level=2).first, self.field("service"))
        self.picture.take("ontvanger-waar", self.panel("Waar"))
        self.picture.take("ontvanger-overeenkomst", self.label("agreement"), self.field("agreement_version"))
        self.picture.take("ontvanger-engels", self.panel("In het Engels"))
        self.page.get_by_role("button", name="Toevoegen").click()
        notice = self.page.get_by_text("Wijzigingen gelden pas")
        self.picture.take("nog-niet-van-kracht", self.page.get_by_role("heading", level=1), self.page.get_by_role("table"), show=notice)

    def tie_it_to_a_purpose(self) -> None:
        """Tick Postduif at the purpose that it is used for."""
        self.page.goto(f"{self.address}/admin/privacy-purpose/")
        self.page.get_by_role("link", name="U laten weten wat wij doen").click()
        tick = self.page.get_by_label("Postduif", exact=True)
        tick.check()
        self.picture.take("doel", self.page.locator("#id_recipients"), self.field("retention_rule"), show=tick.locator("xpath=.."))
        self.page.get_by_role("button", name="Opslaan").click()
        expect(self.page.get_by_text("Wijzigingen gelden pas")).to_be_visible()

    def change_the_text(self) -> None:
        """Go to the statement and write a sentence above the list of recipients."""
        self.page.get_by_role("link", name="Naar de verklaring").click()
        self.write("Ontvangers en systemen", SENTENCE)
        self.picture.take("tekst", self.section("Ontvangers en systemen"))
        self.open_actions()
        publish = self.page.get_by_role("button", name="Publiceren")
        self.picture.take("knop-publiceren", publish, self.page.locator("footer"), show=publish, footer=True)

    def meet_the_gate(self) -> None:
        """Publish too early; follow the link to the very field, and fill it in."""

    def publish(self) -> None:
        """See what changes, say why, choose a day."""

    def translate_the_text(self) -> None:
        """Say the same in English."""

    def look_back(self) -> None:
        """See the list of versions, the difference, and how far the notices are."""

    def field(self, name: str) -> Locator:
        """Return the control of this name."""
        return self.page.locator(f"#id_{name}")

    def label(self, name: str) -> Locator:
        """Return the label of the control of this name."""
        return self.page.locator(f"label[for=id_{name}]").first

    def panel(self, heading: str) -> Locator:
        """Return a group of fields."""
        return self.page.locator(".w-panel").filter(has=self.page.get_by_role("heading", name=heading, exact=True)).last

    def section(self, kind: str) -> Locator:
        """Return a section of the statement."""
        return self.page.locator("#statement-sections section").filter(has_text=kind).first

    def write(self, kind: str, text: str) -> None:
        """Type at the end of the text of a section."""
        self.section(kind).get_by_role("textbox").last.click()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text)

    def open_actions(self) -> None:
        """Open the list behind the arrow beside "Bewaar concept"."""
        self.page.get_by_role("button", name="Meer acties").last.click()
        expect(self.page.get_by_role("button", name="Publiceren")).to_be_visible()


def main(address: str) -> None:
    """Take all pictures."""
    with browser() as chromium:
        visitor = chromium.new_page(viewport=WINDOW, locale="nl-NL")
        visitor.goto(f"{address}/privacy/")
        Camera(visitor, DOCS / "images").take("statement")
        editor = chromium.new_page(viewport=ADMIN_WINDOW, locale="nl-NL")
        Story(editor, visitor, address).tell()


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the machine's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
        )
        yield chromium
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
