"""The words of the demo's own pages: Dutch at reading level B1, our sentences, the client's facts.

No page but the privacy statement names a period, a recipient or a legal basis: the published statement is the one place for
those, and everything else would only be a second one to keep true.
"""

from datetime import date
from typing import Any

from wagtail.models import Page

Stream = list[tuple[str, Any]]


HOME_TITLE = "Koel ICT"
HOME_SEO_TITLE = "Websites bouwen en hosten"
HOME_DESCRIPTION = "Koel ICT bouwt en host websites, en gaat zuinig om met uw gegevens."


def home_body(*, about: Page, contact: Page, privacy: Page, work: Page) -> Stream:
    """Return the blocks of the home page, with links to these pages."""
    return [
        (
            "opening",
            {
                "heading": "Een koel hoofd voor uw website",
                "text": (
                    "Koel ICT bouwt websites en zorgt dat ze online staan. Wij luisteren eerst, zeggen dan eerlijk wat "
                    "nodig is en wat niet, en maken het daarna netjes af."
                ),
                "first_link": {"text": "Stel uw vraag", "page": contact},
                "second_link": {"text": "Zo werken wij", "page": about},
            },
        ),
        (
            "services",
            {
                "heading": "Wat wij voor u doen",
                "text": (
                    "Een goede website is rustig om te lezen, snel geladen en makkelijk bij te houden. Daar houden wij ons "
                    "mee bezig, van het eerste gesprek tot lang na de start."
                ),
                "services": [
                    {
                        "symbol": "build",
                        "heading": "Websites bouwen",
                        "text": (
                            "<p>Wij maken uw website van begin tot eind: de indeling, de techniek en de puntjes op de i. U "
                            "kijkt mee terwijl hij groeit.</p>"
                        ),
                    },
                    {
                        "symbol": "host",
                        "heading": "Websites hosten",
                        "text": (
                            "<p>Uw website heeft een plek nodig waar hij altijd te vinden is. Die plek regelen wij, en u "
                            "hebt er één aanspreekpunt voor.</p>"
                        ),
                    },
                    {
                        "symbol": "advice",
                        "heading": "Een vakgenoot erbij",
                        "text": (
                            "<p>Vraagt uw plan om kennis die wij niet in huis hebben? Dan stellen wij een andere "
                            "specialist voor. U beslist of die meekijkt.</p>"
                        ),
                    },
                ],
            },
        ),
        (
            "work",
            {
                "heading": "Wat wij maken",
                "text": "Onze eigen site, en twee voorbeelden van hoe wij een vraag aanpakken.",
                "index": work,
                "link_text": "Bekijk al ons werk",
            },
        ),
        (
            "promises",
            {
                "heading": "Wat wij beloven over uw gegevens, doet deze site ook",
                "text": (
                    "<p>Onze privacyverklaring is geen kleine lettertjes achteraf. Het formulier, het bewaren en het "
                    "wissen volgen precies wat daar staat.</p>"
                ),
                "promises": [
                    {
                        "heading": "U leest hier ongestoord",
                        "text": (
                            "Lezen zonder cookies, zonder volgers en zonder meekijkers. Alleen een formulier zet een "
                            "cookie, zolang uw browser openstaat, om het versturen veilig te maken."
                        ),
                    },
                    {
                        "heading": "Eerst uw toestemming",
                        "text": (
                            "Stuurt u ons een bericht via het formulier, dan vragen wij of wij het mogen bewaren. Ja "
                            "zeggen doet u zelf, en intrekken kan altijd."
                        ),
                    },
                    {
                        "heading": "Bewaren houdt een keer op",
                        "text": (
                            "Wat wij bewaren, bewaren wij tot een afgesproken moment. Berichten die via deze site kwamen, "
                            "wist de site daarna zelf, zonder dat iemand eraan hoeft te denken."
                        ),
                    },
                    {
                        "heading": "U mag het zien",
                        "text": "Vraag gerust wat wij van u hebben. U krijgt altijd antwoord, en het kost u niets.",
                    },
                ],
                "link": {"text": "Lees de hele privacyverklaring", "page": privacy},
            },
        ),
        (
            "call",
            {
                "heading": "Hebt u een plan, een vraag of een website die hapert?",
                "text": "Vertel het in uw eigen woorden. Een paar zinnen zijn genoeg om mee te beginnen.",
                "link": {"text": "Naar het contactformulier", "page": contact},
            },
        ),
    ]


ABOUT_TITLE, ABOUT_SLUG = "Over ons", "over-ons"
ABOUT_DESCRIPTION = "Wie Koel ICT is en hoe wij een opdracht aanpakken."
ABOUT_INTRO = "Koel ICT is een klein Nederlands webbedrijf. Wij bouwen websites voor onze klanten en hosten ze ook."


def about_body(*, contact: Page, privacy: Page) -> Stream:
    """Return the text of "Over ons"."""
    return [
        (
            "section",
            {
                "heading": "Klein, en dat is handig",
                "text": (
                    "<p>Koel ICT is een eenmanszaak. U vindt ons in het Handelsregister onder nummer 57680701. Klein "
                    "betekent korte lijnen: wie uw vraag leest, weet ook hoe uw website in elkaar zit.</p>"
                ),
            },
        ),
        (
            "section",
            {
                "heading": "Zo pakken wij een opdracht aan",
                "text": (
                    "<ol><li><b>Eerst praten.</b> Wat moet de website doen, en voor wie? Soms is het antwoord kleiner dan "
                    "u dacht.</li>"
                    "<li><b>Dan afspreken.</b> U krijgt een voorstel met wat wij maken en wat het kost. Pas als u ja zegt, "
                    "beginnen wij.</li>"
                    "<li><b>Bouwen en laten zien.</b> U kijkt onderweg mee, zodat u aan het eind niet voor verrassingen "
                    "staat.</li>"
                    "<li><b>Online, en verder.</b> Host u bij ons, dan blijven wij uw aanspreekpunt nadat de website de "
                    "lucht in is.</li></ol>"
                ),
            },
        ),
        (
            "section",
            {
                "heading": "Zuinig op wat u ons toevertrouwt",
                "text": (
                    "<p>Voor ons werk krijgen wij soms de sleutels van uw website: een inlognaam, bestanden, gegevens van "
                    "uw eigen klanten. Daar gaan wij zuinig mee om. Stuur inloggegevens daarom liever niet via het "
                    f'<a linktype="page" id="{contact.pk}">contactformulier</a>; wij spreken met u een veiliger weg af.</p>'
                    "<p>Vragen wij een andere specialist om hulp, dan overleggen wij dat eerst met u.</p>"
                    f'<p>Hoe het precies zit, staat in onze <a linktype="page" id="{privacy.pk}">privacyverklaring</a>.</p>'
                ),
            },
        ),
        (
            "section",
            {
                "heading": "Laten zien wat wij maken",
                "text": (
                    "<p>Op een mooie website zijn wij trots, en dan vertellen wij er graag over. Of uw website daarbij mag "
                    "zijn, beslist u.</p>"
                ),
            },
        ),
    ]


TERMS_TITLE, TERMS_SLUG = "Algemene voorwaarden", "algemene-voorwaarden"
TERMS_DESCRIPTION = "De afspraken die gelden als u Koel ICT een opdracht geeft, in gewone taal."
TERMS_INTRO = "Dit zijn de afspraken die gelden als u ons een opdracht geeft. In gewone taal, zodat u weet waar u aan toe bent."


def terms_body(*, contact: Page, privacy: Page) -> Stream:
    """Return the general terms: fair to both sides, and nothing in them that the law would strike out."""
    sections = {
        "1. Wanneer deze voorwaarden gelden": (
            "<p>Deze voorwaarden horen bij elke offerte van Koel ICT en bij elke opdracht die u ons geeft. U krijgt ze samen "
            "met de offerte, zodat u ze kunt lezen voordat u ja zegt. Spreken wij samen iets anders af, dan leggen wij dat "
            "vast en gaat die afspraak voor.</p>"
            "<p>Bent u consument, dan houdt u alle rechten die de wet u geeft. Geen zin in deze voorwaarden verandert daar "
            "iets aan.</p>"
        ),
        "2. Offerte en opdracht": (
            "<p>In de offerte staat wat wij maken of doen, wat het kost en hoe lang het aanbod geldt. De opdracht begint als "
            "u schriftelijk akkoord geeft; een mail is genoeg. Wilt u onderweg iets anders of iets extra’s, dan zeggen wij "
            "eerst wat dat betekent voor de prijs en de planning. Wij gaan pas verder als u het daarmee eens bent.</p>"
        ),
        "3. Wat u van ons mag verwachten": (
            "<p>Wij werken zorgvuldig en naar goed vakmanschap. Wij houden u op de hoogte en zeggen het op tijd als iets "
            "niet lukt. Een datum in de planning is een streven, tenzij wij hem uitdrukkelijk hebben toegezegd. Halen wij "
            "een toegezegde datum niet, dan geeft u ons schriftelijk nog een redelijke tijd om het werk alsnog af te maken. "
            "Lukt het ook dan niet, dan mag u de opdracht beëindigen.</p>"
        ),
        "4. Wat wij van u nodig hebben": (
            "<p>Voor ons werk hebben wij dingen van u nodig: teksten, beeld, toegang tot systemen, antwoorden. Komen die "
            "later, dan schuift de planning mee. Zorg dat u de teksten en beelden die u aanlevert ook mag gebruiken.</p>"
        ),
        "5. Nakijken en oplevering": (
            "<p>Is het werk klaar, dan vragen wij u het na te kijken. Klopt er iets niet met wat wij hebben afgesproken, dan "
            "herstellen wij dat zonder extra kosten. Ontdekt u later een fout die er bij de oplevering al in zat, meld het "
            "dan zo snel mogelijk; ook dan lossen wij het op.</p>"
        ),
        "6. Prijs en betaling": (
            "<p>Bij elke prijs zeggen wij of de btw erin zit; voor consumenten is dat altijd zo. Op de factuur staat voor "
            "welke datum u betaalt. Lukt dat een keer niet, bel of mail dan even. Blijft betaling uit, dan sturen wij eerst "
            "een kosteloze herinnering. Daarna mogen wij de wettelijke rente en de wettelijke incassokosten rekenen.</p>"
        ),
        "7. Hosting": (
            "<p>Host u uw website bij ons, dan doen wij wat redelijk is om hem bereikbaar en veilig te houden. Helemaal "
            "zonder storing kan niemand beloven. Gepland onderhoud melden wij vooraf als u daar iets van merkt. U gebruikt "
            "de hosting niet voor iets dat strafbaar is of anderen schaadt. Gebeurt dat toch, dan mogen wij de website "
            "tijdelijk afsluiten, en wij vertellen u meteen waarom.</p>"
        ),
        "8. Van wie wat is": (
            "<p>Wat u aanlevert, blijft van u. Wat wij speciaal voor u maken, mag u na betaling gebruiken en aanpassen "
            "zolang u wilt, ook bij een ander bedrijf. Bouwstenen die wij voor meer klanten gebruiken, blijven van ons; u "
            "mag ze in uw website blijven gebruiken. Voor software van anderen geldt de licentie van de maker.</p>"
        ),
        "9. Vertrouwelijk en persoonsgegevens": (
            "<p>Wat wij van elkaar te weten komen en wat vertrouwelijk is, houden wij voor ons, ook na de opdracht. Hoe wij "
            f'met uw gegevens omgaan, leest u in onze <a linktype="page" id="{privacy.pk}">privacyverklaring</a>. Werken '
            "wij voor u met gegevens van uw eigen klanten, dan sluiten wij daarover een verwerkersovereenkomst voordat wij "
            "beginnen.</p>"
        ),
        "10. Als wij schade veroorzaken": (
            "<p>Doen wij iets niet of niet goed, dan krijgen wij eerst de kans om het te herstellen, als dat nog kan en van "
            "u te vragen is. Hebt u dan nog schade door onze fout, dan vergoeden wij die.</p>"
            "<p>Geeft u de opdracht voor uw bedrijf of beroep, dan vergoeden wij ten hoogste het bedrag van de opdracht, of "
            "bij doorlopend werk wat u in de twaalf maanden ervoor hebt betaald. Die grens geldt niet bij opzet of bewuste "
            "roekeloosheid, niet bij letsel en niet waar de wet een grens verbiedt. Rechten die mensen op grond van de "
            "privacywet hebben, blijven altijd heel.</p>"
            "<p>Voor consumenten geldt hier geen grens van ons, maar gewoon de wet.</p>"
        ),
        "11. Overmacht": (
            "<p>Soms kan een van ons iets niet nakomen zonder dat hij daar iets aan kan doen, bijvoorbeeld bij een grote "
            "storing buiten ons bereik. Dan wacht de verplichting tot het weer kan. Duurt het zo lang dat wachten niet "
            "redelijk meer is, dan mag ieder van ons stoppen. U betaalt dan alleen voor wat al af is en waar u iets aan "
            "hebt.</p>"
        ),
        "12. Stoppen": (
            "<p>Doorlopende afspraken zoals hosting kunt u elke maand opzeggen, met een opzegtermijn van één maand. Wij "
            "houden voor opzeggen een termijn van drie maanden aan, zodat u tijd hebt om te verhuizen. Bij vertrek krijgt u "
            "uw bestanden mee en werken wij mee aan de overstap.</p>"
            "<p>Koopt u als consument op afstand, dan hebt u meestal veertien dagen bedenktijd. Wij vertellen u dat bij de "
            "offerte.</p>"
        ),
        "13. Deze voorwaarden wijzigen": (
            "<p>Passen wij deze voorwaarden aan, dan gelden de nieuwe voor nieuwe opdrachten. Voor een lopende afspraak "
            "laten wij het u ten minste een maand vooraf weten. Bent u het er niet mee eens, dan blijft voor die afspraak "
            "het oude gelden of mag u zonder kosten opzeggen.</p>"
        ),
        "14. Niet tevreden?": (
            f'<p>Vertel het ons, bijvoorbeeld via <a linktype="page" id="{contact.pk}">het contactformulier</a>. Meestal '
            "komen wij er samen uit. Lukt dat niet, dan kunt u naar de rechter. Op onze afspraken is het Nederlandse recht "
            "van toepassing; woont u als consument in een ander land, dan houdt u ook de bescherming van dat land.</p>"
        ),
    }
    return [("section", {"heading": heading, "text": text}) for heading, text in sections.items()]


#: When the general terms were last revised; an editor changes it on the page.
TERMS_REVISED_ON = date(2026, 11, 1)
