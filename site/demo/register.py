"""The register of the demo site: the client's facts as rows, corrected and completed for today's law.

What the facts do not give (address, mail, telephone, where ZOHO stores) is made up or stated with care, and listed in
`docs/decisions/` for the owner to check.
"""

from datetime import date
from typing import Any

from django.utils import timezone
from wagtail.models import Site

from privacy.register.models import (
    Controller,
    Cookie,
    DataCategory,
    Processor,
    Purpose,
    RetentionRule,
    SecurityMeasure,
    System,
)

CONTROLLER = {
    "name": "Koel ICT",
    "legal_form": "Eenmanszaak",
    "kvk_number": "57680701",
    "address": "Kade 12\n1234 AB Voorbeeldstad",
    "email": "privacy@koel-ict.example",
    "phone": "085 000 00 00",
    # The example that the tax office itself gives of such a number.
    "is_vat_registered": True,
    "vat_id": "NL000099998B57",
    "automated_decisions": "Wij nemen geen besluiten over u door een computer alleen, en wij maken geen profielen.",
}

_YOU = "van uzelf"

CATEGORIES: list[dict[str, Any]] = [
    {"key": "name", "name": "Naam", "description": "Uw voor- en achternaam.", "origin": _YOU},
    {"key": "company", "name": "Bedrijf", "description": "De naam van uw bedrijf.", "origin": _YOU},
    {
        "key": "address",
        "name": "Adres",
        "description": "Straat, postcode en plaats.",
        "origin": _YOU,
        "is_required": True,
        "consequence": "Geeft u ons een opdracht, dan kunnen wij zonder adres geen factuur sturen.",
    },
    {
        "key": "contact_details",
        "name": "E-mailadres",
        "description": "Het adres waarop wij u mailen, soms meer dan één.",
        "origin": _YOU,
        "is_required": True,
        "consequence": "Zonder e-mailadres kunnen wij u niet antwoorden.",
    },
    {
        "key": "phone",
        "name": "Telefoonnummers",
        "description": "Vast en mobiel.",
        "origin": _YOU,
        "consequence": "Zonder telefoonnummer mailen wij u.",
    },
    {"key": "websites", "name": "Websites", "description": "De adressen van uw websites.", "origin": _YOU},
    {
        "key": "logins",
        "name": "Inloggegevens",
        "description": "Waarmee wij bij uw website kunnen om eraan te werken. Nooit via het formulier.",
        "origin": _YOU,
        "consequence": "Zonder kunnen wij niet in uw website werken; een eigen account voor ons is ook goed.",
    },
    {
        "key": "files",
        "name": "Bestanden",
        "description": "Wat u ons aanlevert voor een opdracht. Daar kunnen gegevens van uw eigen klanten in staan.",
        "origin": "van u als opdrachtgever",
    },
    {
        "key": "mail",
        "name": "Mailwisseling",
        "description": "Wat u en wij elkaar schrijven.",
        "origin": "van uzelf en van ons",
    },
    {
        "key": "message",
        "name": "Bericht",
        "description": "Wat u ons via het contactformulier vraagt.",
        "origin": _YOU,
        "is_required": True,
        "consequence": "Zonder bericht weten wij niet wat u wilt vragen.",
    },
    {
        "key": "contact_moments",
        "name": "Contactmomenten",
        "description": "Wanneer wij contact met elkaar hadden.",
        "source": DataCategory.Source.OURS,
    },
    {
        "key": "consent",
        "name": "Toestemmingen",
        "description": "Waar u toestemming voor gaf of die introk, wanneer, en bij welke tekst.",
        "origin": _YOU,
        "consequence": "Waar u geen toestemming voor geeft, dat doen wij niet.",
    },
    {
        "key": "spam_signs",
        "name": "Aanwijzingen voor spam",
        "description": "Of een bericht op spam lijkt en waarom: te snel verstuurd, veel links, zonder de controle tegen spam. "
        "En hoe vaak er vanaf uw netwerkadres iets komt, onder een code die niet terug te rekenen is en elke dag verandert.",
        "source": DataCategory.Source.OURS,
    },
    {
        "key": "invoices",
        "name": "Facturen",
        "description": "Wat wij u in rekening brachten en wanneer u betaalde.",
        "source": DataCategory.Source.OURS,
    },
]

SYSTEMS = [
    ("acumulus", "Acumulus", "financiële administratie", "bij de leverancier", "Alleen met gebruikersnaam en wachtwoord."),
    ("zoho", "ZOHO", "klantenbestand (CRM)", "bij de leverancier", "Alleen met gebruikersnaam en wachtwoord."),
    (
        "mail",
        "E-mailprogramma",
        "mailwisseling",
        "op onze computers en bij de leverancier",
        "Alleen met gebruikersnaam en wachtwoord.",
    ),
    ("website", "Deze website", "contactformulier", "op onze server", "Dichtgezet voor wie er niet hoort, altijd over TLS."),
    ("phones", "Telefoons", "adresboek en mail, gelijk met de programma's hierboven", "bij ons", "Op slot met een code."),
    ("cloud", "Cloudopslag", "bestanden van opdrachten", "bij de leverancier", "Alleen met gebruikersnaam en wachtwoord."),
]

PROCESSORS = [
    {
        "key": "acumulus",
        "name": "Acumulus",
        "service": "financiële administratie",
        "country": "Nederland",
        "agreement": "Verwerkersovereenkomst",
        "agreement_date": date(2025, 1, 6),
    },
    {
        "key": "zoho",
        "name": "ZOHO",
        "service": "klantenbestand (CRM)",
        "country": "India",
        "transfer": "Opslag in een Europees datacentrum; voor toegang van buiten de EER gelden de modelbepalingen van de "
        "Europese Commissie. Een kopie vraagt u bij ons op.",
        "agreement": "Voorwaarden voor verwerkers van ZOHO",
        "agreement_date": date(2025, 1, 6),
        "url": "https://www.zoho.com/privacy.html",
    },
    {
        "key": "specialist",
        "name": "Een collega-internetspecialist",
        "service": "hulp bij een opdracht; alleen nadat wij het met u hebben besproken en u het goedvindt",
        "country": "Nederland",
        "agreement": "Verwerkersovereenkomst, per opdracht aangevuld en met u afgestemd",
        "agreement_date": date(2025, 1, 6),
    },
    {
        "key": "mailbox",
        "name": "Voorbeeld Mail B.V.",
        "service": "onze mailboxen, en het versturen van de mails van deze website",
        "country": "Nederland",
        "agreement": "Verwerkersovereenkomst",
        "agreement_date": date(2025, 1, 6),
    },
    {
        "key": "storage",
        "name": "Voorbeeld Opslag B.V.",
        "service": "cloudopslag van de bestanden van opdrachten",
        "country": "Nederland",
        "agreement": "Verwerkersovereenkomst",
        "agreement_date": date(2025, 1, 6),
    },
]

RULES = [
    {
        "key": "relations",
        "name": "Alles over relaties: berichten, contactgegevens, bestanden, mail en toestemmingen",
        "months": 24,
        "start_event": RetentionRule.StartEvent.LAST_CONTACT,
        "reason": "Opdrachtgevers komen soms na lange tijd terug met een vervolgvraag. Horen wij zo lang niets, dan hebben "
        "wij de gegevens niet meer nodig.",
    },
    {
        "key": "possible_spam",
        "name": "Berichten die onze website voor mogelijke spam houdt",
        "days": 30,
        "start_event": RetentionRule.StartEvent.RECORDED,
        "reason": "Lang genoeg om een bericht van een mens ertussenuit te halen; daarna heeft niemand er iets aan.",
    },
    {
        "key": "unconfirmed",
        "name": "Een vakje dat u aankruiste en niet bevestigde",
        "days": 7,
        "start_event": RetentionRule.StartEvent.RECORDED,
        "reason": "Zo lang werkt de link in de mail. Daarna doen wij alsof u niets aankruiste.",
    },
    {
        "key": "requests",
        "name": "Uw verzoeken om inzage, wissen of iets anders, en onze antwoorden",
        "months": 24,
        "start_event": RetentionRule.StartEvent.CLOSED,
        "reason": "Daarmee kunnen wij laten zien dat wij op tijd en goed antwoordden. Bent u gewist, dan blijft er alleen van "
        "over dat iemand iets vroeg, zonder naam, adres of brief.",
    },
    {
        "key": "exports",
        "name": "Het bestand met uw gegevens dat wij op uw verzoek klaarzetten",
        "days": 7,
        "start_event": RetentionRule.StartEvent.RECORDED,
        "reason": "Lang genoeg om het op te halen. Na het ophalen gaat het de volgende dag al weg.",
    },
    {
        "key": "objections",
        "name": "Een code van uw e-mailadres als u geen mailing wilt",
        "months": 120,
        "start_event": RetentionRule.StartEvent.RECORDED,
        "reason": "Zo laten wij u met rust, ook als wij u verder vergeten zijn. Het adres zelf is er niet uit af te leiden.",
    },
    {
        "key": "site",
        "name": "Beheer van deze website: logboeken, oude pagina's, opmerkingen van de redactie, verstuurde mails, sessies",
        "months": 12,
        "start_event": RetentionRule.StartEvent.RECORDED,
        "reason": "Gaat er iets mis, dan kunnen wij een jaar terugzien wat er gebeurde. Wordt u gewist, dan halen wij uw "
        "gegevens hier ook uit. Een sessie van een medewerker eindigt binnen twee weken.",
    },
    {
        "key": "proof",
        "name": "Het bewijs dat wij wissen wat wij beloven: aantallen en tijden, zonder namen",
        "months": 60,
        "start_event": RetentionRule.StartEvent.RECORDED,
        "reason": "Zo lang kan iemand ons vragen het te laten zien (art. 5 lid 2 AVG).",
    },
    {
        "key": "fiscal",
        "name": "Facturen en de administratie daaromheen",
        "months": 84,
        "start_event": RetentionRule.StartEvent.END_OF_YEAR,
        "reason": "De belastingwet verplicht ons daartoe (art. 52 lid 4 AWR). Wij gebruiken ze verder nergens voor.",
    },
]

PURPOSES: list[dict[str, Any]] = [
    {
        "key": "enquiry",
        "name": "Uw vraag beantwoorden",
        "description": "Wij lezen uw bericht, antwoorden u en weten bij een vervolg waar het over ging.",
        "persons": "wie ons een vraag stelt",
        "legal_basis": Purpose.Basis.CONSENT,
        "consent_wording": "Ja, {naam} mag mijn naam, mijn bedrijf, mijn e-mailadres, mijn telefoonnummer en mijn bericht "
        "bewaren om mijn vraag te beantwoorden, tot uiterlijk {termijn} na ons laatste contact. Ik kan dit altijd intrekken "
        "via de link in de bevestiging die ik per mail krijg, of met een mail naar {e-mail}; dan wordt mijn bericht gewist.",
        "categories": ["name", "company", "contact_details", "phone", "message", "contact_moments"],
        "systems": ["website", "mail", "phones"],
        "recipients": ["mailbox"],
        "rule": "relations",
    },
    {
        "key": "assignment",
        "name": "Opdrachten uitvoeren",
        "description": "Wij bouwen, onderhouden en hosten uw website en houden u op de hoogte.",
        "persons": "opdrachtgevers en wie bij hen werkt",
        "legal_basis": Purpose.Basis.CONTRACT,
        "categories": [
            "name",
            "company",
            "address",
            "contact_details",
            "phone",
            "websites",
            "logins",
            "files",
            "mail",
            "contact_moments",
        ],
        "systems": ["zoho", "mail", "phones", "cloud"],
        "recipients": ["zoho", "specialist", "mailbox", "storage"],
        "rule": "relations",
    },
    {
        "key": "relations",
        "name": "Onze relaties kennen",
        "description": "Wij weten met wie wij zaken doen en kunnen u terugvinden als u belt of mailt.",
        "persons": "klanten, oud-klanten en andere zakelijke relaties",
        "legal_basis": Purpose.Basis.LEGITIMATE_INTEREST,
        "interest": "een klein bedrijf moet zijn klanten kennen en kunnen terugbellen",
        "categories": ["name", "company", "contact_details", "phone", "websites", "contact_moments"],
        "systems": ["zoho", "phones"],
        "recipients": ["zoho"],
        "rule": "relations",
    },
    {
        "key": "administration",
        "name": "Factureren en onze administratie",
        "description": "Wij sturen facturen en houden de boeken bij die de belastingwet vraagt.",
        "persons": "opdrachtgevers",
        "legal_basis": Purpose.Basis.LEGAL_OBLIGATION,
        "law": "art. 52 Algemene wet inzake rijksbelastingen",
        "categories": ["name", "company", "address", "contact_details", "invoices"],
        "systems": ["acumulus"],
        "recipients": ["acumulus"],
        "rule": "fiscal",
    },
    {
        "key": "newsletter",
        "name": "U laten weten wat wij doen",
        "description": "Wij sturen u af en toe een mail over ons werk, alleen als u dat wilt.",
        "persons": "wie onze berichten wil krijgen",
        "legal_basis": Purpose.Basis.CONSENT,
        "consent_wording": "Ja, {naam} mag mij af en toe een mail sturen over haar werk, op het adres dat ik hierboven "
        "invul. Ik kan dit altijd intrekken via de link in elke mail, of met een mail naar {e-mail}. Laat ik dit vakje "
        "leeg, dan heeft dat geen gevolgen voor mijn vraag.",
        "needs_confirmation": True,
        "categories": ["name", "contact_details"],
        "systems": ["mail"],
        "recipients": ["mailbox"],
        "rule": "relations",
    },
    {
        "key": "reference",
        "name": "Ons werk laten zien",
        "description": "Wij tonen een opdracht met uw naam op onze website of op sociale media, na overleg met u.",
        "persons": "opdrachtgevers die dat goedvinden",
        "legal_basis": Purpose.Basis.CONSENT,
        "consent_wording": "Ja, {naam} mag mijn naam, mijn bedrijf en mijn website noemen als voorbeeld van haar werk, op "
        "haar website en op sociale media. Ik kan dit altijd intrekken via de link in de bevestiging die ik per mail krijg, "
        "of met een mail naar {e-mail}.",
        "categories": ["name", "company", "websites"],
        "systems": ["website"],
        "recipients": [],
        "rule": "relations",
    },
    {
        "key": "spam",
        "name": "Spam buiten houden",
        "description": "Wij zetten berichten die op spam lijken apart en kijken ze na. Een computer beslist niet of u antwoord "
        "krijgt; dat doen wij.",
        "persons": "wie ons formulier gebruikt",
        "legal_basis": Purpose.Basis.LEGITIMATE_INTEREST,
        "interest": "wij willen berichten van mensen niet kwijtraken tussen die van robots",
        "categories": ["name", "company", "contact_details", "phone", "message", "contact_moments", "spam_signs"],
        "systems": ["website"],
        "recipients": [],
        "rule": "possible_spam",
    },
    {
        "key": "accountability",
        "name": "Laten zien dat wij ons aan de wet houden",
        "description": "Wij leggen vast waar u toestemming voor gaf en wat u ons vroeg, zodat wij dat kunnen aantonen.",
        "persons": "wie toestemming gaf of een beroep deed op een recht",
        "legal_basis": Purpose.Basis.LEGAL_OBLIGATION,
        "law": "art. 5 lid 2, art. 7 lid 1 en art. 12 AVG",
        "categories": ["contact_details", "contact_moments", "consent"],
        "systems": ["website", "mail"],
        "recipients": ["mailbox"],
        "rule": "relations",
    },
]

MEASURES = [
    ("accounts", "Wachtwoorden op alle programma's", "Al onze programma's openen alleen met gebruikersnaam en wachtwoord.", 12),
    ("firewall", "Firewall", "Een firewall houdt ons netwerk dicht voor wie er niets te zoeken heeft.", 12),
    ("website", "Website dichtgezet en over TLS", "Deze website is extra dichtgezet en altijd versleuteld (TLS).", 6),
    ("phones", "Telefoons op slot", "Onze telefoons zijn op slot met een code en een wachtwoord.", 12),
    (
        "authorisations",
        "Rechten per functie",
        "Wie bij ons werkt, kan alleen bij wat voor zijn of haar taak nodig is; wij houden die lijst bij.",
        12,
    ),
    ("cloud", "Cloud achter een wachtwoord", "Onze cloudopslag opent alleen met gebruikersnaam en wachtwoord.", 12),
    ("wifi", "Wachtwoord van de wifi-router", "Het wachtwoord van onze wifi vernieuwen wij elke drie maanden.", 3),
]

COOKIES = [
    (
        "csrftoken",
        "Beschermt een formulier tegen verzending door een ander dan u.",
        "tot u uw browser sluit",
        "wie een formulier opent",
    ),
    (
        "mijn_gegevens",
        "Houdt de bladzijde “Mijn gegevens” voor u open, en wordt alleen daarheen gestuurd.",
        "30 minuten, of tot u op Sluiten drukt",
        "wie de link in de mail over zijn gegevens gebruikt",
    ),
    (
        "mijn_gegevens_en",
        "Doet hetzelfde op de Engelse bladzijde “My data”.",
        "30 minuten, of tot u op Sluiten drukt",
        "wie de link in de mail over zijn gegevens gebruikt",
    ),
    ("sessionid", "Onthoudt dat een medewerker is ingelogd.", "hoogstens twee weken", "alleen wie de site beheert"),
    (
        "wagtail_sidebar_collapsed",
        "Onthoudt of het menu van het beheer dicht staat.",
        "tot de browser wordt gesloten",
        "alleen wie de site beheert",
    ),
]


def load() -> None:
    """Fill the register of the default site; to be called once, on an empty one."""
    site = Site.objects.get(is_default_site=True)
    today = timezone.localdate()
    Controller.objects.update_or_create(site=site, defaults=CONTROLLER)
    categories = {row["key"]: DataCategory.objects.create(**row, sort_order=order) for order, row in enumerate(CATEGORIES)}
    systems = {
        key: System.objects.create(key=key, name=name, kind=kind, location=location, security=security, sort_order=order)
        for order, (key, name, kind, location, security) in enumerate(SYSTEMS)
    }
    processors = {
        row["key"]: Processor.objects.create(**row, last_reviewed_on=today, sort_order=order)
        for order, row in enumerate(PROCESSORS)
    }
    rules = {
        row["key"]: RetentionRule.objects.create(**row, last_reviewed_on=today, sort_order=order)
        for order, row in enumerate(RULES)
    }
    for order, row in enumerate(PURPOSES):
        links = {name: row[name] for name in ("categories", "systems", "recipients")}
        columns = {name: value for name, value in row.items() if name not in {*links, "rule"}}
        purpose = Purpose.objects.create(**columns, retention_rule=rules[str(row["rule"])], sort_order=order)
        purpose.categories.set(categories[key] for key in links["categories"])
        purpose.systems.set(systems[key] for key in links["systems"])
        purpose.recipients.set(processors[key] for key in links["recipients"])
    for order, (key, name, text, months) in enumerate(MEASURES):
        # The password of the Wi-Fi waits to be renewed, so that the demo shows what that looks like.
        reviewed = None if key == "wifi" else today
        SecurityMeasure.objects.create(
            key=key, name=name, public_text=text, review_months=months, last_reviewed_on=reviewed, sort_order=order
        )
    for order, (name, purpose, lifetime, audience) in enumerate(COOKIES):
        Cookie.objects.create(name=name, purpose=purpose, lifetime=lifetime, audience=audience, sort_order=order)
