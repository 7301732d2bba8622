"""The demo's cases, with pictures drawn for them. Two tell of clients who do not exist, and say so: nobody is named here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.images import ImageFile
from django.utils.translation import override
from wagtail.images import get_image_model
from wagtail.models import Locale, Page

from home.models import CaseIndexPage, CasePage

_PICTURES = Path(__file__).parent / "pictures"


@dataclass(frozen=True)
class Case:
    """One case in one language.

    Args:
        picture: name of the drawing.
        slug: end of the address.
        title: the heading.
        intro: question and answer in two sentences.
        alt: the picture in words.
        description: what search engines show.
        note: what the reader must know first; "" for nothing.
        sections: heading -> text.
    """

    picture: str
    slug: str
    title: str
    intro: str
    alt: str
    description: str
    note: str
    sections: dict[str, str]


@dataclass(frozen=True)
class Work:
    """The overview and its cases in one language."""

    slug: str
    title: str
    intro: str
    description: str
    cases: tuple[Case, ...]


_MADE_UP = (
    "<p>Een voorbeeld met een verzonnen klant. Echte klanten laten wij alleen zien als zij dat goedvinden, en zo lang zij dat "
    "goedvinden.</p>"
)
_MADE_UP_EN = (
    "<p>An example with a client we made up. We show real clients only if they agree to it, and for as long as they do.</p>"
)

DUTCH = Work(
    slug="werk",
    title="Werk",
    intro="Wat wij maken, en waarom het zo geworden is. Elk stuk begint bij een vraag van iemand die vooruit wilde.",
    description="Voorbeelden van websites die Koel ICT bouwt: de vraag, wat wij maakten en wat het opleverde.",
    cases=(
        Case(
            picture="contract",
            slug="deze-website",
            title="Een website die doet wat zij belooft",
            intro=(
                "Onze eigen site. De privacyverklaring is hier geen bijlage: het formulier, het bewaren en het wissen doen "
                "wat erin staat."
            ),
            alt="Een vel tekst op een ijsschots, met stippellijnen naar drie blokken; op het middelste staat een vinkje.",
            description="Hoe Koel ICT zijn eigen website bouwde rond de privacyverklaring.",
            note="",
            sections={
                "De vraag": (
                    "<p>Bijna elke website heeft een privacyverklaring, en bijna nooit weet de website zelf wat daarin staat. "
                    "De tekst belooft iets, het formulier vraagt iets anders, en wissen gebeurt als iemand eraan denkt.</p>"
                    "<p>Wij wilden dat die twee niet uit elkaar kunnen lopen.</p>"
                ),
                "Wat wij maakten": (
                    "<p>Wat de verklaring zegt, staat op één plek. De tekst die u leest, de vakjes bij het formulier en het "
                    "wissen in de nacht komen allemaal daaruit. Klopt er iets niet, dan gaat het formulier dicht in plaats "
                    "van dat het te veel vraagt.</p>"
                    "<ul><li>Wie leest, krijgt geen cookies.</li>"
                    "<li>Elke versie van de verklaring blijft leesbaar, met wat er veranderde.</li>"
                    "<li>Wie iets vraagt over zijn gegevens, krijgt antwoord zonder account.</li></ul>"
                ),
                "Wat het oplevert": (
                    "<p>Rust. Wij hoeven niet te onthouden wat wij beloofd hebben, en u hoeft ons niet op ons woord te "
                    "geloven. De pagina’s zijn klein en snel, ook op een oude telefoon.</p>"
                ),
            },
        ),
        Case(
            picture="bakery",
            slug="bestellijst-bakkerij",
            title="Een bakker die weer bakt",
            intro=(
                "Bestellingen kwamen binnen per telefoon, mail en briefje. Nu staat alles op één lijst, en is die om zes uur "
                "klaar."
            ),
            alt="Een bakkerswinkel op een ijsschots: broden in het rek en op de toonbank, met een bestellijst op een scherm.",
            description="Voorbeeld: een bestellijst voor een bakkerij, zodat er ’s nachts gebakken wordt en niet gezocht.",
            note=_MADE_UP,
            sections={
                "De vraag": (
                    "<p>Een bakkerij met twee winkels nam bestellingen aan zoals het uitkwam. Op zaterdag lag er altijd wel "
                    "een briefje onder het verkeerde bord. Zij vroeg niet om een webwinkel, maar om overzicht.</p>"
                ),
                "Wat wij maakten": (
                    "<p>Een bestelpagina met de dingen die echt op bestelling gaan: taarten, grote broden, broodjes voor een "
                    "groep. De winkel zet telefonische bestellingen in dezelfde lijst. Om zes uur ’s avonds gaat de lijst "
                    "dicht en ligt hij klaar voor de oven.</p>"
                    "<p>Klanten geven alleen een naam en een nummer, en die verdwijnen weer als de bestelling is opgehaald.</p>"
                ),
                "Wat het oplevert": (
                    "<p>Eén lijst, en geen briefjes. En een bakker die ’s avonds weet hoe laat hij op moet.</p>"
                ),
            },
        ),
        Case(
            picture="association",
            slug="een-site-voor-een-vereniging",
            title="Van drie websites naar één",
            intro=(
                "Een vereniging met drie afdelingen en drie oude sites. Samen werd het er één, die elke afdeling zelf bijhoudt."
            ),
            alt="Drie kleine ijsschotsen met een schermpje drijven naar één grote schots met een groot scherm.",
            description="Voorbeeld: drie oude websites van een vereniging samengebracht in één site die iedereen bijhoudt.",
            note=_MADE_UP,
            sections={
                "De vraag": (
                    "<p>Elke afdeling had ooit een eigen website laten maken. Twee daarvan kon niemand meer aanpassen. Leden "
                    "vonden nog de agenda van drie jaar terug, en het bestuur kreeg de vragen.</p>"
                ),
                "Wat wij maakten": (
                    "<p>Eén site met één agenda. Elke afdeling heeft er haar eigen deel en haar eigen redacteur, die niets "
                    "van de anderen stuk kan maken. Oude adressen leiden door naar de nieuwe, zodat geen link doodloopt.</p>"
                    "<p>De ledenlijst staat er met opzet niet op. Die hoort in de administratie van de vereniging.</p>"
                ),
                "Wat het oplevert": (
                    "<p>De agenda klopt, omdat bijwerken nog geen minuut kost. En er is nog maar één rekening voor de "
                    "hosting.</p>"
                ),
            },
        ),
    ),
)

ENGLISH = Work(
    slug="our-work",
    title="Work",
    intro="What we make, and why it turned out that way. Each piece starts with somebody who wanted to move forward.",
    description="Examples of websites that Koel ICT builds: the question, what we made and what came of it.",
    cases=(
        Case(
            picture="contract",
            slug="this-website",
            title="A website that does what it promises",
            intro=(
                "Our own site. Its privacy statement is not an appendix: what it says is what the site asks, keeps and erases."
            ),
            alt="A page of text on an ice floe, with dotted lines to three blocks; the middle one has a tick.",
            description="How Koel ICT built its own website around the privacy statement.",
            note="",
            sections={
                "The question": (
                    "<p>Nearly every website has a privacy statement, and the website itself hardly ever knows what it "
                    "says. The text promises one thing, the form asks another, and data is erased when somebody happens to "
                    "remember.</p>"
                    "<p>We wanted to make it impossible for the two to drift apart.</p>"
                ),
                "What we made": (
                    "<p>What the statement says is kept in one place. The text you read, the boxes beside the form and the "
                    "erasing at night all come from there. When something does not match, the form closes rather than ask too "
                    "much.</p>"
                    "<ul><li>If you only read, you get no cookies.</li>"
                    "<li>Every version of the statement stays available, with what changed.</li>"
                    "<li>Ask about your data and you get an answer, without an account.</li></ul>"
                ),
                "What came of it": (
                    "<p>Peace of mind. We do not have to remember what we promised, and you do not have to take our word for "
                    "it. The pages are small and fast, even on an old phone.</p>"
                ),
            },
        ),
        Case(
            picture="bakery",
            slug="order-list-bakery",
            title="A baker who bakes again",
            intro="Orders came in by telephone, by email and on slips of paper. Now there is one list, and it is ready at six.",
            alt="A baker’s shop on an ice floe: loaves on the shelves and the counter, with a list of orders on a screen.",
            description="Example: a list of orders for a bakery, so that nights are for baking and not for searching.",
            note=_MADE_UP_EN,
            sections={
                "The question": (
                    "<p>A bakery with two shops took orders as they came. On Saturdays there was always a slip of paper in "
                    "the wrong place. They did not ask for a web shop, but for an overview.</p>"
                ),
                "What we made": (
                    "<p>A page for ordering what is really made to order: cakes, large loaves, rolls for a group. The shop "
                    "puts orders by telephone on the same list. At six in the evening the list closes, ready for the oven.</p>"
                    "<p>Customers give a name and a number and no more, and those go once the order is collected.</p>"
                ),
                "What came of it": ("<p>One list, and no slips. And a baker who knows in the evening when to get up.</p>"),
            },
        ),
        Case(
            picture="association",
            slug="one-site-for-an-association",
            title="From three websites to one",
            intro=(
                "An association with three branches and three old sites. Now there is one, which each branch keeps up to date "
                "itself."
            ),
            alt="Three small ice floes, each with a little screen, drift towards one large floe with a large screen.",
            description=(
                "Example: three old websites of an association brought together in one that everybody keeps up to date."
            ),
            note=_MADE_UP_EN,
            sections={
                "The question": (
                    "<p>Each branch once had its own website. Two of them nobody could change any more. Members "
                    "still found the calendar of three years ago, and the board got the questions.</p>"
                ),
                "What we made": (
                    "<p>One site with one calendar. Each branch has its own part and its own editor, who cannot break "
                    "anything that belongs to the others. Old addresses lead to the new ones, so that no link comes to a "
                    "dead end.</p>"
                    "<p>The list of members is not on it, on purpose. That belongs in the association’s own records.</p>"
                ),
                "What came of it": (
                    "<p>The calendar is right, because an update takes less than a minute. And there is just one bill for "
                    "hosting.</p>"
                ),
            },
        ),
    ),
)


def pictures() -> dict[str, Any]:
    """Put the drawings into Wagtail's library of images; return them by name."""
    made = {}
    for case in DUTCH.cases:
        for name, title in ((case.picture, case.title), (_by_night(case), f"{case.title} (donker)")):
            with (_PICTURES / f"{name}.webp").open("rb") as file:
                made[name] = get_image_model().objects.create(
                    title=title, description=case.alt, file=ImageFile(file, name=f"{name}.webp")
                )
    return made


def _by_night(case: Case) -> str:
    return f"{case.picture}-night"


def load(home: Page, work: Work, drawn: dict[str, Any], *, locale: Locale, same: CaseIndexPage | None = None) -> CaseIndexPage:
    """Make and publish the overview and its cases below `home`.

    Args:
        home: the home page in that language.
        work: the words.
        drawn: the pictures by name.
        locale: the language.
        same: the overview in the source language, of which this is the translation.
    """
    index = CaseIndexPage(title=work.title, slug=work.slug, intro=work.intro, show_in_menus=True, locale=locale)
    index.search_description = work.description
    others = list(same.get_children()) if same else []
    if same:
        index.translation_key = same.translation_key
    home.add_child(instance=index)
    for number, case in enumerate(work.cases):
        page = CasePage(title=case.title, slug=case.slug, intro=case.intro, locale=locale, picture_alt=case.alt)
        page.search_description = case.description
        page.picture, page.picture_by_night = drawn[case.picture], drawn[_by_night(case)]
        page.body = [
            *([("notice", {"text": case.note, "is_warning": False})] if case.note else []),
            *(("section", {"heading": heading, "text": text}) for heading, text in case.sections.items()),
        ]
        if others:
            page.translation_key = others[number].translation_key
        index.add_child(instance=page)
        page.save_revision().publish()
    index.save_revision().publish()
    return index


def scale_pictures() -> None:
    """Show each page with pictures once, so that the first reader does not wait while they are scaled."""
    for page in (*CaseIndexPage.objects.all(), *CasePage.objects.all()):
        # A request leaves its language behind.
        with override(page.locale.language_code):
            page.make_preview_request()
