from django.db import migrations

#: Kind and language -> what stood in our own words, and what stands there now. A text that an editor changed is theirs.
WORDS = {
    # Whether the clock stands still is for the person to know (12(3)).
    ("question", "nl"): [
        ("Zodra wij uw antwoord hebben, gaan wij verder.", "Zodra wij uw antwoord hebben, gaan wij verder. {termijn}")
    ],
    ("question", "en"): [
        ("We go on as soon as we have your answer.", "We go on as soon as we have your answer. {termijn}")
    ],
    ("extension", "nl"): [("met {maanden} maand(en)", "met {maanden}")],
    ("extension", "en"): [("by {maanden} month(s)", "by {maanden}")],
    ("refusal", "en"): [("We do not comply.", "We will not do that.")],
    ("nothing_held", "en"): [("We delete this address again.", "We will delete this address now.")],
    ("delivered", "en"): [
        (
            "Once downloaded, you can repeat it for one day; then we delete the file. Only this link opens it: we cannot either. "
            "Give it to nobody.",
            "After your first download you can download it again for one day; then we delete the file. Only this link opens it: "
            "even we cannot. Do not pass it on.",
        )
    ],
    ("rectified", "nl"): [
        (
            "Wie deze gegevens van ons kreeg, laten wij het weten; u kunt ons vragen wie dat zijn (art. 19 AVG).",
            "Wie deze gegevens van ons kreeg, laten wij weten wat er veranderd is. Wilt u weten wie dat zijn? Vraag het ons "
            "(art. 19 AVG).",
        )
    ],
    ("rectified", "en"): [
        (
            "We tell whoever received these data from us; you may ask us who they are (art. 19 GDPR).",
            "We tell everyone who received these data from us what has changed. Would you like to know who they are? Just ask us "
            "(art. 19 GDPR).",
        )
    ],
    ("erased", "nl"): [
        (
            "Dit e-mailadres wissen wij zodra deze mail weg is.",
            "Wie uw gegevens van ons kreeg, vragen wij ze ook te wissen. Wilt u weten wie dat zijn? Vraag het ons, en noem "
            "kenmerk {kenmerk} (art. 19 AVG).\n\nDit e-mailadres wissen wij zodra deze mail weg is.",
        )
    ],
    ("erased", "en"): [
        (
            "We delete this e-mail address as soon as this mail has gone.",
            "We ask everyone who received your data from us to erase them too. Would you like to know who they are? Ask us, and "
            "quote our reference {kenmerk} (art. 19 GDPR).\n\nWe delete this e-mail address as soon as this mail has gone.",
        )
    ],
    ("restricted", "nl"): [
        (
            "Heffen wij de beperking op, dan hoort u dat vooraf.",
            "Heffen wij de beperking op, dan hoort u dat vooraf (art. 18 AVG). Wie uw gegevens van ons kreeg, vragen wij "
            "hetzelfde te doen. Wilt u weten wie dat zijn? Vraag het ons (art. 19 AVG).",
        )
    ],
    ("restricted", "en"): [
        (
            "If we lift the restriction, we tell you beforehand.",
            "If we lift the restriction, we tell you beforehand (art. 18 GDPR). We ask everyone who received your data from us to "
            "do the same. Would you like to know who they are? Just ask us (art. 19 GDPR).",
        )
    ],
    ("objection", "en"): [("You are right.", "We accept your objection.")],
    ("recipient", "nl"): [
        (
            "Die gegevens zijn bij ons {wat}. Doe dat ook bij u, en laat ons weten dat het gedaan is (art. 19 AVG). Over wie het "
            "gaat, hoort u van ons langs de weg die in onze overeenkomst staat.",
            "Dit hebben wij met die gegevens gedaan: {wat}.\n\nDoe bij u hetzelfde, en laat ons weten wanneer dat gebeurd is "
            "(art. 19 AVG). Kan het niet, of had u niets? Laat ons ook dat weten.\n\nOver wie het gaat, hoort u van ons langs de "
            "weg die in onze overeenkomst staat. Noem in uw antwoord kenmerk {kenmerk}.",
        )
    ],
    ("recipient", "en"): [
        (
            "You received data about somebody from us. We have {wat} those data. Please do the same, and let us know when it is "
            "done (art. 19 GDPR). Whom it concerns you will hear by the way that our agreement names.",
            "You received data about a person from us. This is what we have done with those data: {wat}.\n\nPlease do the same "
            "with yours, and let us know when it is done (art. 19 GDPR). If you cannot, or held nothing, please tell us that "
            "too.\n\nWe will tell you whom it concerns in the way laid down in our agreement. Please quote our reference "
            "{kenmerk} in your answer.",
        )
    ],
}


def reword(apps, schema_editor):
    """Put our own words in place of our own words."""
    for (kind, language), pairs in WORDS.items():
        for template in apps.get_model("privacy_rights", "LetterTemplate").objects.filter(kind=kind, language=language):
            for before, now in pairs:
                template.body = template.body.replace(before, now)
            template.save(update_fields=["body"])


class Migration(migrations.Migration):

    dependencies = [("privacy_rights", "0005_what_was_reviewed")]

    operations = [migrations.RunPython(reword, migrations.RunPython.noop)]
