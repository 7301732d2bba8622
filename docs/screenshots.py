"""Makes the pictures of these documents: `.venv/bin/python docs/screenshots.py [ADDRESS]` beside a running `make run`.

The pictures of the editors' guide tell one story, which is walked through for real: a recipient is added and version 2 is
published. So it takes a fresh demo (stop `make run`, remove `.data`, start it again) and fails where the story no longer works.
"""

import io
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect, sync_playwright

DOCS = Path(__file__).parent
PASSWORD = DOCS.parent / ".data" / "admin-password"
#: A laptop's window; that of the admin is higher, so that what matters fits in.
WINDOW = {"width": 1280, "height": 860}
ADMIN_WINDOW = {"width": 1280, "height": 1000}
#: Screens are drawn in few colours; a picture of these many is a quarter of the size.
COLOURS = 96
#: Pages for readers are drawn in more: with fewer their sun turns grey.
PAGE_COLOURS = 192
#: Milliseconds that a person takes over a form; what is sent faster counts as possible spam.
HUMAN = 4_000
#: Seconds in which the worker collects a copy.
COLLECTED_WITHIN = 60
#: Milliseconds that a message of Wagtail takes to slide in.
SLIDE = 600
#: Width of the menu.
MENU = 200
#: Pixels around what a picture shows.
MARGIN = 40
#: What the eye should go to, and what floats over it.
STYLE = """
    [data-shown] { outline: 3px solid #c2185b !important; outline-offset: 5px; border-radius: 4px; }
    .w-minimap, .xdsoft_datetimepicker { visibility: hidden !important; }
"""
NO_FOOTER = ".footer { visibility: hidden !important; }"

#: Scrolls an element below the bar on top.
TO_THE_TOP = """element => {
    element.style.scrollMarginTop = "100px";
    element.scrollIntoView({behavior: "instant", block: "start"});
}"""

VISITORS = {
    "anna": "Wat kost een website?",
    "bram": "Kunt u onze webwinkel verhuizen? Bel anders mijn compagnon Piet, 085 000 00 12.",
    "celia": "Wij zoeken hosting.",
}
#: What in Bram's message is about somebody else.
SOMEBODY_ELSE = "Piet, 085 000 00 12"
NEW = {
    "name": "Postduif",
    "key": "postduif",
    "service": "versturen van onze nieuwsbrief",
    "country": "Verenigde Staten",
    "agreement": "Verwerkersovereenkomst Postduif",
    "agreement_date": "02-11-2026",
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
SENTENCE_EN = " We send our newsletter with Postduif."
NOTE_EN = "Ook in het Engels: onze nieuwsbrief gaat met Postduif."


CASE = {
    "title": "Een etalage voor Anna",
    "intro": "Anna wilde dat klanten haar werk eerst rustig bekijken. Dat kan nu.",
    "client": "Anna de Vries, meubelmaker",
    "client_email": "anna@voorbeeld.example",
}


def own_page(email: str) -> str:
    """Return the address of a person's own page of consents, out of the mails that `make run` keeps."""
    for file in sorted((PASSWORD.parent / "mail").rglob("*")):
        if file.is_file():
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            body = mail.get_body(("plain",)) if email in str(mail["To"]) else None
            if body and (found := re.search(r"^http\S+/toestemming/[\w-]+/$", body.get_content(), re.MULTILINE)):
                return found[0]
    raise LookupError(f"no mail to {email} has the link")


class Camera:
    """Takes pictures of parts of a page and stores them small.

    Args:
        page: what to look at.
        folder: where the pictures go.
        left: width in pixels of the menu, which is in no picture of a part.
        colours: how many a picture has at most.
    """

    def __init__(self, page: Page, folder: Path, *, left: int = 0, colours: int = COLOURS) -> None:
        self.page = page
        self.left = left
        self.colours = colours
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str, *parts: Locator, show: Locator | None = None, footer: bool = False) -> None:
        """Take the smallest picture with all `parts` in it; without any, of the window.

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
            self.page.wait_for_timeout(SLIDE)
            parts[0].evaluate(TO_THE_TOP)
            clip = self._around([box for part in parts if (box := part.bounding_box())])
        taken = self.page.screenshot(
            clip=clip, style=STYLE if footer else STYLE + NO_FOOTER, animations="disabled", caret="hide"
        )  # type: ignore[arg-type]
        if show:
            show.evaluate("element => delete element.dataset.shown")
        with Image.open(io.BytesIO(taken)) as picture:
            few = picture.convert("RGB").quantize(self.colours, dither=Image.Dither.NONE)
            few.save(self.folder / f"{name}.png", optimize=True)

    def _around(self, boxes: list[FloatRect]) -> FloatRect:
        """Return what surrounds all boxes, within the window."""
        window = self.page.viewport_size or WINDOW
        left, top = max(self.left, min(box["x"] for box in boxes) - MARGIN), max(0, min(box["y"] for box in boxes) - MARGIN)
        right = min(max(box["x"] + box["width"] for box in boxes) + MARGIN, window["width"])
        bottom = min(max(box["y"] + box["height"] for box in boxes) + MARGIN, window["height"])
        return {"x": left, "y": top, "width": right - left, "height": bottom - top}


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
        self.picture = Camera(page, DOCS / "editors" / "images", left=MENU)
        self.public_picture = Camera(visitor, self.picture.folder, colours=PAGE_COLOURS)

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
        self.note_a_withdrawal()
        self.show_the_work()

    def people_write(self) -> None:
        """Fill in the contact form a few times, so that there is somebody to tell of the change."""
        self.visitor.goto(f"{self.address}/privacy/")
        expect(self.visitor.get_by_text("Versie 1,"), "the demo is fresh").to_be_visible()
        for name, question in VISITORS.items():
            self.visitor.goto(f"{self.address}/contact/")
            self.visitor.get_by_role("textbox", name="E-mailadres").fill(f"{name}@voorbeeld.example")
            self.visitor.get_by_role("textbox", name="Uw bericht").fill(question)
            self.visitor.get_by_label("Ja, Koel ICT mag mijn naam").check()
            self.visitor.wait_for_timeout(HUMAN)
            self.visitor.get_by_role("button", name="Bericht versturen").click()
            expect(self.visitor.get_by_role("heading", level=1)).to_contain_text("Bedankt")

    def log_in(self) -> None:
        """Log in, see the first page, open the menu."""
        self.page.goto(f"{self.address}/admin/")
        self.page.get_by_label("Gebruikersnaam").fill("beheer")
        self.page.get_by_label("Wachtwoord").fill(PASSWORD.read_text().strip())
        self.picture.take("inloggen", self.page.get_by_role("main"))
        self.page.get_by_role("button", name="Inloggen").click()
        reviews = self.page.locator("#privacy-reviews-section")
        expect(reviews).to_be_visible()
        self.picture.take("eerste-scherm")
        self.picture.take("te-doen", self.page.locator("#privacy-todo-section"))
        self.page.goto(f"{self.address}/admin/contact-messages/")
        self.picture.take("berichten")
        self.page.goto(f"{self.address}/admin/")
        self.page.get_by_role("button", name="Privacy").click()
        self.page.get_by_role("button", name="Register", exact=True).click()
        recipients = self.page.get_by_role("link", name="Ontvangers")
        expect(recipients).to_be_visible()
        self.page.wait_for_timeout(SLIDE)
        self.picture.take("menu", show=recipients)
        recipients.click()

    def add_the_recipient(self) -> None:
        """Fill in the form for Postduif, and forget two things."""
        add = self.page.get_by_role("link", name="Ontvanger toevoegen")
        self.picture.take("ontvangers", add, self.page.get_by_role("table"), show=add)
        add.click()
        for name, value in NEW.items():
            self.field(name).fill(value)
        calendar = self.page.locator(".xdsoft_datetimepicker").filter(visible=True)
        expect(calendar).to_be_visible()
        self.page.get_by_role("heading", level=2).first.click()
        expect(calendar, "a click beside it closes the calendar").to_be_hidden()
        self.picture.take("ontvanger-wie", self.page.get_by_role("heading", level=2).first, self.field("service"))
        self.picture.take("ontvanger-waar", self.panel("Waar"))
        self.picture.take("ontvanger-overeenkomst", self.label("agreement"), self.field("agreement_version"))
        self.picture.take("ontvanger-engels", self.panel("In het Engels"))
        self.page.get_by_role("button", name="Toevoegen").click()
        notice = self.page.get_by_text("Wijzigingen gelden pas")
        self.picture.take(
            "nog-niet-van-kracht", self.page.get_by_role("heading", level=1), self.page.get_by_role("table"), show=notice
        )

    def tie_it_to_a_purpose(self) -> None:
        """Tick Postduif at the purpose that it is used for."""
        self.page.goto(f"{self.address}/admin/privacy-purpose/")
        self.page.get_by_role("link", name="U laten weten wat wij doen").click()
        tick = self.page.get_by_label("Postduif", exact=True)
        tick.check()
        self.picture.take(
            "doel", self.page.locator("#id_recipients"), self.field("retention_rule"), show=tick.locator("xpath=..")
        )
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
        self.page.keyboard.press("Escape")
        expect(publish).to_be_hidden()

    def meet_the_gate(self) -> None:
        """Publish too early, twice; follow each link to the very field, and fill it in."""
        for number, (name, value) in enumerate(LATER.items(), 1):
            self.press_publish()
            refusal = self.page.locator(".messages li.error")
            expect(refusal.get_by_role("link"), "one thing is missing at a time").to_have_count(1)
            self.picture.take(f"ontbreekt-{number}", refusal)
            with self.page.context.expect_page() as opened:
                refusal.get_by_role("link").click()
            other = opened.value
            other.bring_to_front()
            field = other.locator(f"#id_{name}")
            expect(field).to_be_in_viewport()
            Camera(other, self.picture.folder, left=MENU).take(
                f"het-vak-{number}", field.locator("xpath=ancestor::section"), show=field
            )
            field.fill(value)
            other.get_by_role("button", name="Opslaan").click()
            expect(other.get_by_text("bijgewerkt")).to_be_visible()
            other.close()

    def publish(self) -> None:
        """See what changes, and say why."""
        self.press_publish()
        self.page.wait_for_url("**/publiceren/")
        facts = self.page.get_by_role("table", name="Veranderde feiten")
        self.picture.take("feiten", self.page.locator(".privacy-lead"), facts)
        text = self.page.get_by_role("group", name="Verschil in de tekst")
        text.get_by_text(SENTENCE.strip()).evaluate("element => element.scrollIntoView({block: 'center'})")
        self.picture.take("tekstverschil", text)
        self.page.get_by_label("Wat is er veranderd, en waarom?").fill(NOTE)
        button = self.page.get_by_role("button", name="Publiceren")
        self.picture.take("vertel-het", self.page.locator("#wijziging-section"), button)
        expect(self.page.get_by_text(f"{len(VISITORS)} mensen krijgen bericht")).to_be_visible()
        button.click()
        done = self.page.get_by_text("Versie 2 van de privacyverklaring is gepubliceerd")
        self.picture.take("gepubliceerd", done)

    def translate_the_text(self) -> None:
        """Say the same in English; that is a version too, of which nobody is told."""
        self.page.goto(f"{self.address}/admin/")
        self.page.get_by_role("link", name="Bewerken").click()
        self.page.get_by_role("button", name="Toon/verberg status").click()
        self.page.get_by_role("button", name="Taal wijzigen").click()
        other = self.page.get_by_role("link", name="Engels")
        expect(other).to_be_visible()
        self.picture.take("taal-wijzigen", show=other)
        other.click()
        self.write("Ontvangers en systemen", SENTENCE_EN)
        self.picture.take("engelse-tekst", self.section("Ontvangers en systemen"))
        self.press_publish()
        self.page.wait_for_url("**/publiceren/")
        self.page.get_by_label("Redactioneel").check()
        self.page.get_by_label("Wat is er veranderd, en waarom?").fill(NOTE_EN)
        self.picture.take("redactioneel", self.page.locator("#wijziging-section"))
        self.page.get_by_role("button", name="Publiceren").click()
        expect(self.page.get_by_text("Versie 3 van de privacyverklaring is gepubliceerd")).to_be_visible()

    def look_back(self) -> None:
        """See the first page again, how far the notices are, the list of versions and what changed."""
        self.page.goto(f"{self.address}/admin/")
        self.picture.take(
            "eerste-scherm-daarna", self.page.get_by_text("versie 3 geldt sinds"), self.page.locator("#privacy-reviews-section")
        )
        self.page.get_by_role("button", name="Nagelopen: Wachtwoord").click()
        self.picture.take("nagelopen", self.page.get_by_text("is nagelopen"))
        self.page.goto(f"{self.address}/admin/privacy-versions/")
        self.page.get_by_role("link", name="Versie 2").click()
        progress = self.page.get_by_text(f"van {len(VISITORS)} mensen")
        self.picture.take("bericht", progress.locator("xpath=ancestor::dd/preceding-sibling::dt[1]"), progress)
        self.visitor.goto(f"{self.address}/privacy/versies/")
        self.public_picture.take("versies")
        self.visitor.get_by_role("link", name="Wat er veranderde in versie 2").click()
        self.public_picture.take("verschil")

    def show_the_work(self) -> None:
        """Write a case about a client, who must consent first; afterwards she takes it back, and the case is gone."""
        self.page.goto(f"{self.address}/admin/pages/search/?q=Werk&content_type=home.caseindexpage")
        self.page.get_by_role("link", name="Werk", exact=True).first.click()
        number = re.findall(r"/pages/([0-9]+)/", self.page.url)[0]
        self.page.goto(f"{self.address}/admin/pages/add/home/casepage/{number}/")
        for name, value in CASE.items():
            self.field(name).fill(value)
        self.field("ground").select_option(label="toestemming van de klant")
        self.picture.take("casus-grond", self.field("client"), self.field("client_email"), show=self.field("ground"))
        self.press_publish()
        refusal = self.page.locator(".messages li.error")
        expect(refusal).to_be_visible()
        self.picture.take("casus-geweigerd", refusal)
        consents = own_page(CASE["client_email"])
        self.visitor.goto(consents)
        consent = self.visitor.locator("#reference")
        give = consent.get_by_role("button", name="Toestemming geven")
        self.public_picture.take("klant-geeft-toestemming", consent, show=give)
        give.click()
        take_back = self.visitor.locator("#reference").get_by_role("button", name="Toestemming intrekken")
        expect(take_back).to_be_visible()
        self.press_publish()
        expect(self.page.get_by_text("gepubliceerd").first).to_be_visible()
        case, heading = f"{self.address}/werk/een-etalage-voor-anna/", self.visitor.get_by_role("heading", level=1)
        self.visitor.goto(case)
        expect(heading).to_have_text(CASE["title"])
        self.visitor.goto(consents)
        take_back.click()
        expect(give).to_be_visible()
        self.visitor.goto(case)
        # Taken away at once (410); a moment later the worker has erased it, and nothing is known of it any more (404).
        is_gone = re.compile("Deze pagina is (weggehaald|er niet)")
        expect(heading, "a withdrawal takes the case away at once").to_have_text(is_gone)

    def note_a_withdrawal(self) -> None:
        """See where somebody's withdrawal by telephone is noted."""
        self.page.goto(f"{self.address}/admin/privacy-consent/")
        self.page.get_by_role("link", name=CASE["client_email"]).first.click()
        now = self.page.locator("#stand-section")
        expect(now).to_be_visible()
        self.picture.take("toestemming-vastleggen", now, self.page.locator("#vastleggen-section"))

    def press_publish(self) -> None:
        """Press "Publiceren" in the editor."""
        self.open_actions()
        self.page.get_by_role("button", name="Publiceren").click()

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
        visitor.set_default_timeout(15_000)
        visitor.goto(f"{address}/privacy/")
        Camera(visitor, DOCS / "images", colours=PAGE_COLOURS).take("statement")
        editor = chromium.new_page(viewport=ADMIN_WINDOW, locale="nl-NL")
        editor.set_default_timeout(15_000)
        Story(editor, visitor, address).tell()
        officers_pages(editor, visitor, address)


def officers_pages(officer: Page, visitor: Page, address: str) -> None:
    """Take the pictures of `rechten.md`: what a visitor sees, and a request by phone from its form to its work screen.

    Args:
        officer: the browser of somebody who is logged in.
        visitor: the browser of somebody who is not.
        address: of the site.
    """
    visitor.goto(f"{address}/mijn-gegevens/")
    Camera(visitor, DOCS / "images", colours=PAGE_COLOURS).take("mijn-gegevens")
    picture = Camera(officer, DOCS / "images")
    officer.goto(f"{address}/admin/privacy-requests/new/")
    officer.get_by_label("E-mailadres van de betrokkene").fill("anna@voorbeeld.example")
    officer.get_by_label("Soort verzoek").select_option("objection")
    officer.get_by_label("Hoe wij weten wie het is").select_option("callback")
    officer.get_by_label("Toelichting").fill("Wil niet meer gebeld worden.")
    officer.evaluate("window.scrollTo(0, 0)")
    picture.take("verzoek-vastleggen")
    officer.get_by_role("button", name="Toevoegen").click()
    expect(officer.get_by_text("Beloofd uiterlijk")).to_be_visible()
    picture.take("verzoek")
    look_through(officer, address)


def look_through(officer: Page, address: str) -> None:
    """Ask for a copy that names somebody else: looked through, words left out and put back, and seen as the person will.

    Args:
        officer: the browser of somebody who is logged in.
        address: of the site.
    """
    picture = Camera(officer, DOCS / "images", left=MENU)
    officer.goto(f"{address}/admin/privacy-requests/new/")
    officer.get_by_label("E-mailadres van de betrokkene").fill("bram@voorbeeld.example")
    officer.get_by_label("Hoe wij weten wie het is").select_option("callback")
    officer.get_by_role("button", name="Toevoegen").click()
    review = officer.get_by_role("heading", name="Nakijken")
    for _ in range(COLLECTED_WITHIN):
        if review.is_visible():
            break
        officer.wait_for_timeout(1_000)
        officer.reload()
    expect(review).to_be_visible()
    message = officer.locator(".request__text").filter(has_text=SOMEBODY_ELSE)
    message.get_by_label("Weg te laten woorden, letterlijk").fill(SOMEBODY_ELSE)
    message.get_by_label("Reden, kort").fill("gaat over een ander")
    leave_out = message.get_by_role("button", name="Weglaten")
    picture.take("nakijken", review, message, officer.get_by_role("heading", name="Het verzoek"), show=leave_out)
    leave_out.click()
    put_back = officer.get_by_role("button", name="Toch niet weglaten")
    expect(put_back).to_be_visible()
    searched = officer.get_by_role("heading", name="Waar gezocht is").locator("xpath=following-sibling::ul[1]")
    picture.take("weggelaten", officer.get_by_role("heading", name="Weggelaten"), searched, show=put_back)
    with officer.context.expect_page() as opened:
        officer.get_by_role("link", name="Bekijk de brief").click()
    letter = opened.value
    letter.set_viewport_size(WINDOW)
    expect(letter.get_by_text("weggelaten:").first).to_be_visible()
    left_out = letter.get_by_text("weggelaten:").first
    left_out.evaluate("element => element.scrollIntoView({block: 'center'})")
    Camera(letter, DOCS / "images").take("brief-vooraf")
    letter.close()


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the machine's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-sync",
                "--lang=nl-NL",
            ],
            env={**os.environ, "LANGUAGE": "nl"},
        )
        yield chromium
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
