"""The demo's privacy statement: our own words around the facts of the register."""

from typing import Any

from wagtail.models import Page

from privacy.statement.models import PrivacyStatementPage


def _block(kind: str, heading: str, text: str = "") -> dict[str, Any]:
    return {"type": kind, "value": {"heading": heading, "text": text}}


BODY = [
    _block(
        "text",
        "In het kort",
        "<ul>"
        "<li>Wij bewaren van u alleen wat nodig is om uw vraag te beantwoorden of uw opdracht goed te doen.</li>"
        "<li>Is de bewaartermijn om, dan wist deze website vanzelf wat zij van u heeft.</li>"
        "<li>Wij verkopen niets door. Wie uw gegevens wel ziet, staat hieronder met naam.</li>"
        "<li>U mag altijd weten wat wij van u hebben, het laten verbeteren of laten wissen. Het kost niets.</li>"
        "</ul>",
    ),
    _block(
        "identity", "Wie wij zijn", "<p>Wij bouwen en hosten websites. Voor wat hieronder staat, zijn wij verantwoordelijk.</p>"
    ),
    _block(
        "purposes",
        "Waarvoor wij gegevens gebruiken",
        "<p>Per doel ziet u welke gegevens wij gebruiken, waarom dat mag, hoe lang wij ze bewaren en wie ze ontvangt.</p>",
    ),
    _block(
        "categories",
        "Welke gegevens dat zijn",
        "<p>Bij elke soort staat of u ze moet geven en wat er gebeurt als u dat niet doet. In het contactformulier zijn "
        "alleen uw e-mailadres en uw bericht verplicht.</p>"
        "<p>Bijzondere gegevens, zoals over uw gezondheid, afkomst, geloof of geaardheid, bewaren wij in beginsel niet. "
        "Stuur ze ons niet, en stuur ook geen burgerservicenummer of wachtwoorden via het formulier.</p>",
    ),
    _block(
        "text",
        "Gegevens van uw eigen klanten",
        "<p>Werken wij aan uw website, dan kunnen wij gegevens van uw klanten tegenkomen. Daarvoor bent u verantwoordelijk "
        "en zijn wij verwerker: wij doen ermee wat u ons opdraagt en niets anders. Dat leggen wij met u vast in een "
        "verwerkersovereenkomst.</p>",
    ),
    _block(
        "text",
        "Toestemming",
        "<p>Waar wij toestemming vragen, kruist u zelf een vakje aan; het staat nooit vooraf aan. U kunt uw toestemming "
        "altijd weer intrekken, zonder reden, met een mail naar het adres bovenaan. Wat wij tot dat moment deden, blijft "
        "rechtmatig. Hebben wij verder geen reden om uw gegevens te bewaren, dan wissen wij ze.</p>",
    ),
    _block(
        "recipients",
        "Met wie wij gegevens delen",
        "<p>Dit zijn de bedrijven die gegevens van u krijgen of voor ons bewaren. Anderen krijgen ze niet van ons.</p>",
    ),
    _block(
        "retention",
        "Hoe lang wij gegevens bewaren",
        "<p>Elke nacht wist de website wat over zijn termijn is.</p>",
    ),
    _block(
        "text",
        "Cookies",
        "<p>Wie hier leest, krijgt geen cookies. Op de pagina met het formulier zetten wij er één, csrftoken. Die beschermt "
        "het formulier tegen misbruik en verdwijnt als u uw browser sluit. Volgers, statistieken van anderen en reclame "
        "zijn er niet.</p>",
    ),
    _block("security", "Hoe wij gegevens beveiligen"),
    _block("automated", "Besluiten door een computer"),
    _block("rights", "Uw rechten"),
    _block("complaint", "Een klacht"),
    _block(
        "text",
        "Wijzigingen",
        "<p>Verandert er iets aan wat wij met gegevens doen, dan komt er een nieuwe versie van deze verklaring, met een nummer "
        "en een datum. De oude versies blijven leesbaar.</p>",
    ),
]


def load(home: Page) -> PrivacyStatementPage:
    """Make and publish the statement below `home`; to be called once, after the register.

    Args:
        home: the home page.

    Returns:
        The page, of which version 1 is now in force.
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
    page.save_revision().publish()
    page.refresh_from_db()
    return page
