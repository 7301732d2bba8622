"""What we say about rights and complaints until an editor says it better (art. 13(2)(b)-(d); law.md A9-A11).

Those about a right stand after its name ("Inzage: u vraagt …"), so they begin with a small letter.
"""

from django.utils.translation import gettext_noop as _

#: The texts about rights, in the order of the statement.
RIGHTS = (
    "access",
    "rectification",
    "erasure",
    "restriction",
    "portability",
    "withdrawal",
    "how_to_ask",
    "objection",
)

ACCESS = _("u vraagt wat wij van u hebben en krijgt er een kopie van.")
RECTIFICATION = _("wij verbeteren of vullen aan wat niet klopt.")
ERASURE = _("wij verwijderen uw gegevens, behalve wat de wet ons laat bewaren; dat zeggen wij erbij.")
RESTRICTION = _("wij laten uw gegevens een tijd ongebruikt, bijvoorbeeld zolang u en wij het oneens zijn.")
PORTABILITY = _("u krijgt wat u ons gaf in een bestand dat een ander kan inlezen.")
WITHDRAWAL = _(
    "dat kan altijd, zonder reden en zonder in te loggen: met uw eigen link in de bevestiging die u per mail kreeg, op “Mijn "
    "gegevens”, of met een mail naar {e-mail}. Wat wij tot dan toe deden, blijft rechtmatig."
)
HOW_TO_ASK = _(
    "Het snelst gaat het op “Mijn gegevens”: daar vraagt u een link aan, en daarachter ziet u wat wij van u hebben en kunt u "
    "het zelf ophalen, verbeteren of wissen. Of stuur uw verzoek naar {e-mail} of per post naar ons adres. Het kost niets en "
    "wij vragen geen kopie van uw identiteitsbewijs. Wij antwoorden zo snel wij kunnen, ons streven is binnen {dagen} dagen; "
    "de wet geeft ons een maand, die wij alleen met uitleg en bij ingewikkelde verzoeken met ten hoogste twee maanden "
    "verlengen."
)
OBJECTION = _(
    "Wilt u niet dat wij uw gegevens gebruiken om ons werk te laten zien of u te benaderen? Laat het weten, dan stoppen wij "
    "daar altijd mee. Maakt u bezwaar tegen iets anders dat wij doen omdat wij er belang bij hebben, dan stoppen wij, tenzij "
    "wij zwaarwegende redenen hebben; die leggen wij dan uit."
)
COMPLAINT = _(
    "U mag een klacht eerst bij ons neerleggen, maar dat hoeft niet. U kunt altijd terecht bij de rechter en bij de "
    "toezichthouder:"
)
AUTHORITY_NAME = _("Autoriteit Persoonsgegevens")
OWNER = _("de eigenaar")
AUTHORITY_URL = "https://www.autoriteitpersoonsgegevens.nl/"
