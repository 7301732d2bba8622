from django.db import migrations, models

#: Language and kind -> what stood in our own words, and what stands there now. A text that an editor changed is theirs.
WORDS = {
    # A restriction can also be there because of an objection (art. 18(1)(d)).
    ("lifted", "nl"): (
        "Op {ontvangen} vroeg u ons het gebruik van uw gegevens te beperken. Wij heffen die beperking nu op;",
        "Na uw verzoek van {ontvangen} beperkten wij het gebruik van uw gegevens. Wij heffen die beperking nu op;",
    ),
    ("lifted", "en"): (
        "On {ontvangen} you asked us to restrict the use of your data. We now lift that restriction;",
        "After your request of {ontvangen} we restricted the use of your data. We now lift that restriction;",
    ),
    # Stands in the list above it now, with its date.
    ("erased", "nl"): ("Dat u erom vroeg bewaren wij zonder uw naam of adres, om te kunnen aantonen dat wij het deden. ", ""),
    ("erased", "en"): ("That you asked is kept without your name or address, so that we can show that we did it. ", ""),
}


def reword(apps, schema_editor):
    for (kind, language), (before, now) in WORDS.items():
        for template in apps.get_model("privacy_rights", "LetterTemplate").objects.filter(kind=kind, language=language):
            template.body = template.body.replace(before, now)
            template.save(update_fields=["body"])


class Migration(migrations.Migration):

    dependencies = [
        ("privacy_rights", "0004_erasure_reference"),
    ]

    operations = [
        migrations.AddField(
            model_name="datarequest",
            name="reviewed_sha256",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.RunPython(reword, migrations.RunPython.noop),
    ]
