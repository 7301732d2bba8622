"""The demo's privacy statement: our own words around the facts of the register."""

from typing import Any

from wagtail.models import Page

from privacy.statement.models import PrivacyStatementPage


def block(kind: str, heading: str, text: str = "") -> dict[str, Any]:
    """Return a section as the page stores it."""
    return {"type": kind, "value": {"heading": heading, "text": text}}


BODY = [
    block(
        "text",
        "In het kort",
        "<ul>"
        "<li>Wij bewaren van u alleen wat nodig is om uw vraag te beantwoorden of uw opdracht goed te doen.</li>"
        "<li>Is de bewaartermijn om, dan wist deze website vanzelf wat zij van u heeft.</li>"
        "<li>Wij verkopen niets door. Wie uw gegevens wel ziet, staat hieronder met naam.</li>"
        "<li>U mag altijd weten wat wij van u hebben, het laten verbeteren of laten wissen. Het kost niets.</li>"
        "</ul>",
    ),
    block(
        "identity", "Wie wij zijn", "<p>Wij bouwen en hosten websites. Voor wat hieronder staat, zijn wij verantwoordelijk.</p>"
    ),
    block(
        "purposes",
        "Waarvoor wij gegevens gebruiken",
        "<p>Per doel ziet u welke gegevens wij gebruiken, waarom dat mag, hoe lang wij ze bewaren en wie ze ontvangt.</p>",
    ),
    block(
        "categories",
        "Welke gegevens dat zijn",
        "<p>Bij elke soort staat of u ze moet geven en wat er gebeurt als u dat niet doet. In het contactformulier zijn "
        "alleen uw e-mailadres en uw bericht verplicht.</p>"
        "<p>Bijzondere gegevens, zoals over uw gezondheid, afkomst, geloof of geaardheid, bewaren wij in beginsel niet. "
        "Stuur ze ons niet, en stuur ook geen burgerservicenummer of wachtwoorden via het formulier.</p>",
    ),
    block(
        "text",
        "Gegevens van uw eigen klanten",
        "<p>Werken wij aan uw website, dan kunnen wij gegevens van uw klanten tegenkomen. Daarvoor bent u verantwoordelijk "
        "en zijn wij verwerker: wij doen ermee wat u ons opdraagt en niets anders. Dat leggen wij met u vast in een "
        "verwerkersovereenkomst.</p>",
    ),
    block(
        "text",
        "Toestemming",
        "<p>Waar wij toestemming vragen, kruist u zelf een vakje aan; het staat nooit vooraf aan. U kunt uw toestemming "
        "altijd weer intrekken, zonder reden en zonder inloggen, via de link in de bevestiging die u per mail krijgt, of met "
        "een mail naar het adres bovenaan. Wat wij tot dat moment deden, blijft rechtmatig. Hebben wij verder geen reden om "
        "uw gegevens te bewaren, dan wissen wij ze. Vragen wij toestemming om u te mailen, dan geldt die pas als u uw adres "
        "hebt bevestigd.</p>"
        "<p>Bij de bevestiging zit een ondertekend bewijs van wat u koos. Of zo’n bewijs echt is, ziet u op "
        '<a href="/toestemming/controle/">Bewijs controleren</a>.</p>',
    ),
    block(
        "recipients",
        "Met wie wij gegevens delen",
        "<p>Dit zijn de bedrijven die uw gegevens krijgen of voor ons bewaren. Anderen krijgen ze niet van ons.</p>",
    ),
    block(
        "retention",
        "Hoe lang wij gegevens bewaren",
        "<p>Elke nacht wist de website wat over zijn termijn is.</p>",
    ),
    block(
        "cookies",
        "Cookies",
        "<p>Wie hier leest, krijgt geen cookies. Wie een formulier opent, krijgt er één, voor de veiligheid van dat formulier. "
        "Volgers, statistieken van anderen en reclame zijn er niet.</p>",
    ),
    block("security", "Hoe wij gegevens beveiligen"),
    block("automated", "Besluiten door een computer"),
    block("rights", "Uw rechten"),
    block("complaint", "Een klacht"),
    block(
        "text",
        "Wijzigingen",
        "<p>Verandert er iets aan wat wij met gegevens doen, dan komt er een nieuwe versie van deze verklaring, met een nummer "
        "en een datum. Doet die ertoe, dan laten wij het u per mail weten. De oude versies blijven leesbaar.</p>",
    ),
]


def load(home: Page) -> PrivacyStatementPage:
    """Make the statement below `home`, as a draft; to be called once, after the register.

    Args:
        home: the home page.
    """
    page = PrivacyStatementPage(
        title="Privacyverklaring",
        slug="privacy",
        search_description="Wat Koel ICT van u bewaart, waarvoor, hoe lang, en wat uw rechten zijn.",
        body=BODY,
        change_note="Eerste versie op deze website.",
        live=False,
    )
    home.add_child(instance=page)
    return page
