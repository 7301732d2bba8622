from django.db import migrations

#: What comes after the heading of a letter to a recipient: without it the letters of one request all look the same in a list.
FOR = {"nl": ", voor {ontvanger}", "en": ", for {ontvanger}"}


def name_the_recipient(apps, schema_editor):
    """Add whom it is for, also to a heading in an editor's own words: they lose none."""
    for template in apps.get_model("privacy_rights", "LetterTemplate").objects.filter(kind="recipient"):
        heading = template.heading + FOR.get(template.language, FOR["nl"])
        if "{ontvanger}" not in template.heading and len(heading) <= 200:
            template.heading = heading
            template.save(update_fields=["heading"])


class Migration(migrations.Migration):

    dependencies = [("privacy_rights", "0008_strangers_are_found_at_once")]

    operations = [migrations.RunPython(name_the_recipient, migrations.RunPython.noop)]
