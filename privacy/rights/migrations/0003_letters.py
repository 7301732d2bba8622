"""The words of the letters, for editors to change from here on; these are the only copy in the code."""

from django.db import migrations

#: Kind -> language -> subject and text.
LETTERS = {
    'confirmation': {
        'nl': (
            'Wij hebben uw verzoek ontvangen ({kenmerk})',
            (
                'Geachte heer of mevrouw,\n'
                '\n'
                'Op {ontvangen} vroeg u ons om: {verzoek}. U krijgt uiterlijk op {beloofd} antwoord; de wet geeft ons tot en met {uiterlijk}. Het kost u niets.\n'
                '\n'
                'Met vriendelijke groet,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
        'en': (
            'We have received your request ({kenmerk})',
            (
                'Dear sir or madam,\n'
                '\n'
                'On {ontvangen} you asked us for: {verzoek}. You will have our answer by {beloofd}; the law gives us until {uiterlijk}. It is free of charge.\n'
                '\n'
                'Kind regards,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
    },
    'question': {
        'nl': (
            'Wij hebben nog iets van u nodig ({kenmerk})',
            (
                'Geachte heer of mevrouw,\n'
                '\n'
                'Om uw verzoek van {ontvangen} te beantwoorden hebben wij dit nog nodig:\n'
                '\n'
                '{vraag}\n'
                '\n'
                'Stuur ons nooit een kopie van uw identiteitsbewijs. Zodra wij uw antwoord hebben, gaan wij verder.\n'
                '\n'
                'Met vriendelijke groet,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
        'en': (
            'We need something else from you ({kenmerk})',
            (
                'Dear sir or madam,\n'
                '\n'
                'To answer your request of {ontvangen} we still need this:\n'
                '\n'
                '{vraag}\n'
                '\n'
                'Never send us a copy of your identity document. We go on as soon as we have your answer.\n'
                '\n'
                'Kind regards,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
    },
    'extension': {
        'nl': (
            'Uw antwoord duurt langer ({kenmerk})',
            (
                'Geachte heer of mevrouw,\n'
                '\n'
                'Uw verzoek van {ontvangen} kunnen wij niet binnen een maand beantwoorden. De reden:\n'
                '\n'
                '{reden}\n'
                '\n'
                'Wij verlengen de termijn daarom met {maanden} maand(en). U krijgt ons antwoord uiterlijk op {uiterlijk} (art. 12 lid 3 AVG).\n'
                '\n'
                'Bent u het er niet mee eens? U kunt een klacht indienen bij de Autoriteit Persoonsgegevens (www.autoriteitpersoonsgegevens.nl), of binnen zes weken een verzoekschrift indienen bij de rechtbank (art. 35 UAVG).\n'
                '\n'
                'Met vriendelijke groet,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
        'en': (
            'Our answer takes longer ({kenmerk})',
            (
                'Dear sir or madam,\n'
                '\n'
                'We cannot answer your request of {ontvangen} within one month. The reason:\n'
                '\n'
                '{reden}\n'
                '\n'
                'We therefore extend the term by {maanden} month(s). You will have our answer by {uiterlijk} at the latest (art. 12(3) GDPR).\n'
                '\n'
                'Do you disagree? You can lodge a complaint with the Dutch data protection authority (Autoriteit Persoonsgegevens, www.autoriteitpersoonsgegevens.nl), or petition the district court within six weeks (art. 35 UAVG).\n'
                '\n'
                'Kind regards,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
    },
    'refusal': {
        'nl': (
            'Wij doen niet wat u vroeg ({kenmerk})',
            (
                'Geachte heer of mevrouw,\n'
                '\n'
                'Op {ontvangen} vroeg u ons om: {verzoek}. Dat doen wij niet. De reden:\n'
                '\n'
                '{reden}\n'
                '\n'
                'Bent u het er niet mee eens? U kunt een klacht indienen bij de Autoriteit Persoonsgegevens (www.autoriteitpersoonsgegevens.nl), of binnen zes weken een verzoekschrift indienen bij de rechtbank (art. 35 UAVG).\n'
                '\n'
                'Met vriendelijke groet,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
        'en': (
            'We do not do what you asked ({kenmerk})',
            (
                'Dear sir or madam,\n'
                '\n'
                'On {ontvangen} you asked us for: {verzoek}. We do not comply. The reason:\n'
                '\n'
                '{reden}\n'
                '\n'
                'Do you disagree? You can lodge a complaint with the Dutch data protection authority (Autoriteit Persoonsgegevens, www.autoriteitpersoonsgegevens.nl), or petition the district court within six weeks (art. 35 UAVG).\n'
                '\n'
                'Kind regards,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
    },
    'nothing_held': {
        'nl': (
            'Wij hebben niets van u ({kenmerk})',
            (
                'Geachte heer of mevrouw,\n'
                '\n'
                'Op {ontvangen} vroeg iemand met dit e-mailadres ons om: {verzoek}. Wij hebben gezocht en bewaren niets bij dit adres. Schreef u ons ooit met een ander adres? Doe het verzoek dan opnieuw met dat adres.\n'
                '\n'
                'Was u het niet? Dan hoeft u niets te doen. Dit adres wissen wij weer.\n'
                '\n'
                'Bent u het er niet mee eens? U kunt een klacht indienen bij de Autoriteit Persoonsgegevens (www.autoriteitpersoonsgegevens.nl), of binnen zes weken een verzoekschrift indienen bij de rechtbank (art. 35 UAVG).\n'
                '\n'
                'Met vriendelijke groet,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
        'en': (
            'We hold nothing about you ({kenmerk})',
            (
                'Dear sir or madam,\n'
                '\n'
                'On {ontvangen} somebody with this e-mail address asked us for: {verzoek}. We searched, and hold nothing under this address. Did you ever write to us with another address? Then please ask again with that one.\n'
                '\n'
                'Was it not you? Then you need not do anything. We delete this address again.\n'
                '\n'
                'Do you disagree? You can lodge a complaint with the Dutch data protection authority (Autoriteit Persoonsgegevens, www.autoriteitpersoonsgegevens.nl), or petition the district court within six weeks (art. 35 UAVG).\n'
                '\n'
                'Kind regards,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
    },
    'delivered': {
        'nl': (
            'Uw gegevens staan klaar ({kenmerk})',
            (
                'Geachte heer of mevrouw,\n'
                '\n'
                'Op {ontvangen} vroeg u ons om: {verzoek}. Uw gegevens staan klaar. Open deze link en druk op de knop:\n'
                '\n'
                '{link}\n'
                '\n'
                'De link werkt {dagen} dagen. Na het ophalen kunt u het nog een dag lang opnieuw doen; daarna wissen wij het bestand. Alleen deze link opent het: ook wij kunnen dat niet. Geef hem aan niemand.\n'
                '\n'
                'U krijgt een zip met een brief (index.html), en dezelfde gegevens als tabel en als JSON.\n'
                '\n'
                '{ontbreekt}\n'
                '\n'
                'Bent u het er niet mee eens? U kunt een klacht indienen bij de Autoriteit Persoonsgegevens (www.autoriteitpersoonsgegevens.nl), of binnen zes weken een verzoekschrift indienen bij de rechtbank (art. 35 UAVG).\n'
                '\n'
                'Met vriendelijke groet,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
        'en': (
            'Your data are ready ({kenmerk})',
            (
                'Dear sir or madam,\n'
                '\n'
                'On {ontvangen} you asked us for: {verzoek}. Your data are ready. Open this link and press the button:\n'
                '\n'
                '{link}\n'
                '\n'
                'The link works for {dagen} days. Once downloaded, you can repeat it for one day; then we delete the file. Only this link opens it: we cannot either. Give it to nobody.\n'
                '\n'
                'You get a zip with a letter (index.html), and the same data as tables and as JSON.\n'
                '\n'
                '{ontbreekt}\n'
                '\n'
                'Do you disagree? You can lodge a complaint with the Dutch data protection authority (Autoriteit Persoonsgegevens, www.autoriteitpersoonsgegevens.nl), or petition the district court within six weeks (art. 35 UAVG).\n'
                '\n'
                'Kind regards,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
    },
    'rectified': {
        'nl': (
            'Uw gegevens zijn verbeterd ({kenmerk})',
            (
                'Geachte heer of mevrouw,\n'
                '\n'
                'Wij hebben dit veranderd:\n'
                '\n'
                '{verbeterd}\n'
                '\n'
                'Wat er eerst stond, bewaren wij bij uw verzoek. Wie deze gegevens van ons kreeg, laten wij het weten; u kunt ons vragen wie dat zijn (art. 19 AVG).\n'
                '\n'
                'Met vriendelijke groet,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
        'en': (
            'Your data have been corrected ({kenmerk})',
            (
                'Dear sir or madam,\n'
                '\n'
                'We have changed this:\n'
                '\n'
                '{verbeterd}\n'
                '\n'
                'What stood there before is kept with your request. We tell whoever received these data from us; you may ask us who they are (art. 19 GDPR).\n'
                '\n'
                'Kind regards,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
    },
    'erased': {
        'nl': (
            'Uw gegevens zijn gewist ({kenmerk})',
            (
                'Geachte heer of mevrouw,\n'
                '\n'
                'Op {ontvangen} vroeg u ons uw gegevens te wissen. Dat is gedaan.\n'
                '\n'
                'Dit blijft:\n'
                '\n'
                '{blijft}\n'
                '\n'
                'Dat u erom vroeg bewaren wij zonder uw naam of adres, om te kunnen aantonen dat wij het deden. Dit e-mailadres wissen wij zodra deze mail weg is. In reservekopieën verdwijnen uw gegevens vanzelf; zetten wij er een terug, dan wissen wij u opnieuw.\n'
                '\n'
                'Bent u het er niet mee eens? U kunt een klacht indienen bij de Autoriteit Persoonsgegevens (www.autoriteitpersoonsgegevens.nl), of binnen zes weken een verzoekschrift indienen bij de rechtbank (art. 35 UAVG).\n'
                '\n'
                'Met vriendelijke groet,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
        'en': (
            'Your data have been erased ({kenmerk})',
            (
                'Dear sir or madam,\n'
                '\n'
                'On {ontvangen} you asked us to erase your data. That is done.\n'
                '\n'
                'This stays:\n'
                '\n'
                '{blijft}\n'
                '\n'
                'That you asked is kept without your name or address, so that we can show that we did it. We delete this e-mail address as soon as this mail has gone. Your data disappear from backups by themselves; should we restore one, we erase you again.\n'
                '\n'
                'Do you disagree? You can lodge a complaint with the Dutch data protection authority (Autoriteit Persoonsgegevens, www.autoriteitpersoonsgegevens.nl), or petition the district court within six weeks (art. 35 UAVG).\n'
                '\n'
                'Kind regards,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
    },
    'restricted': {
        'nl': (
            'Het gebruik van uw gegevens is beperkt ({kenmerk})',
            (
                'Geachte heer of mevrouw,\n'
                '\n'
                'Op {ontvangen} vroeg u ons het gebruik van uw gegevens te beperken. Vanaf nu bewaren wij ze alleen: wij gebruiken ze niet en wissen ze niet, tot u anders beslist. Heffen wij de beperking op, dan hoort u dat vooraf.\n'
                '\n'
                'Met vriendelijke groet,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
        'en': (
            'The use of your data is restricted ({kenmerk})',
            (
                'Dear sir or madam,\n'
                '\n'
                'On {ontvangen} you asked us to restrict the use of your data. From now on we only keep them: we neither use nor erase them, until you decide otherwise. If we lift the restriction, we tell you beforehand.\n'
                '\n'
                'Kind regards,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
    },
    'lifted': {
        'nl': (
            'De beperking wordt opgeheven ({kenmerk})',
            (
                'Geachte heer of mevrouw,\n'
                '\n'
                'Op {ontvangen} vroeg u ons het gebruik van uw gegevens te beperken. Wij heffen die beperking nu op; daarna gelden weer de gewone doelen en termijnen van onze privacyverklaring (art. 18 lid 3 AVG).\n'
                '\n'
                'Bent u het er niet mee eens? U kunt een klacht indienen bij de Autoriteit Persoonsgegevens (www.autoriteitpersoonsgegevens.nl), of binnen zes weken een verzoekschrift indienen bij de rechtbank (art. 35 UAVG).\n'
                '\n'
                'Met vriendelijke groet,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
        'en': (
            'The restriction is lifted ({kenmerk})',
            (
                'Dear sir or madam,\n'
                '\n'
                'On {ontvangen} you asked us to restrict the use of your data. We now lift that restriction; after that the ordinary purposes and periods of our privacy statement apply again (art. 18(3) GDPR).\n'
                '\n'
                'Do you disagree? You can lodge a complaint with the Dutch data protection authority (Autoriteit Persoonsgegevens, www.autoriteitpersoonsgegevens.nl), or petition the district court within six weeks (art. 35 UAVG).\n'
                '\n'
                'Kind regards,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
    },
    'objection': {
        'nl': (
            'Uw bezwaar ({kenmerk})',
            (
                'Geachte heer of mevrouw,\n'
                '\n'
                'Op {ontvangen} maakte u bezwaar tegen het gebruik van uw gegevens. Wij geven u gelijk.\n'
                '\n'
                '{reden}\n'
                '\n'
                'Met vriendelijke groet,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
        'en': (
            'Your objection ({kenmerk})',
            (
                'Dear sir or madam,\n'
                '\n'
                'On {ontvangen} you objected to the use of your data. You are right.\n'
                '\n'
                '{reden}\n'
                '\n'
                'Kind regards,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
    },
    'recipient': {
        'nl': (
            'Gegevens die u van ons kreeg ({kenmerk})',
            (
                'Aan {ontvanger},\n'
                '\n'
                'U kreeg van ons gegevens over iemand. Die gegevens zijn bij ons {wat}. Doe dat ook bij u, en laat ons weten dat het gedaan is (art. 19 AVG). Over wie het gaat, hoort u van ons langs de weg die in onze overeenkomst staat.\n'
                '\n'
                'Met vriendelijke groet,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
        'en': (
            'Data that you received from us ({kenmerk})',
            (
                'To {ontvanger},\n'
                '\n'
                'You received data about somebody from us. We have {wat} those data. Please do the same, and let us know when it is done (art. 19 GDPR). Whom it concerns you will hear by the way that our agreement names.\n'
                '\n'
                'Kind regards,\n'
                '\n'
                '{wij}\n'
                '{adres}\n'
                '{e-mail}\n'
                '{telefoon}'
            ),
        ),
    },
}


def write(apps, schema_editor):
    """Store each letter in each language."""
    template = apps.get_model("privacy_rights", "LetterTemplate")
    template.objects.bulk_create(
        template(kind=kind, language=language, heading=heading, body=body)
        for kind, languages in LETTERS.items()
        for language, (heading, body) in languages.items()
    )


class Migration(migrations.Migration):

    dependencies = [('privacy_rights', '0002_requests_of_every_kind')]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
