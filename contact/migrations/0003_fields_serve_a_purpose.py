"""Each field serves a purpose; telephone numbers and files are kinds of field; files that came with a message."""

import django.db.models.deletion
from django.db import migrations, models

import privacy.storage


def give_fields_the_purpose_of_their_form(apps, schema_editor):
    """The purpose without which the form cannot be sent is the one it exists for."""
    FormField = apps.get_model("contact", "FormField")
    FormPurpose = apps.get_model("contact", "FormPurpose")
    Purpose = apps.get_model("privacy_register", "Purpose")
    for field in FormField.objects.all():
        chosen = FormPurpose.objects.filter(page=field.page_id).order_by("-required", "sort_order").first()
        field.purpose_id = chosen.purpose_id if chosen else Purpose.objects.values_list("pk", flat=True).first()
        if field.clean_name == "phone" and field.field_type == "singleline":
            field.field_type = "telephone"
        field.save()
    # PostgreSQL alters no table that still has a check of a foreign key to do.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):

    dependencies = [
        ("contact", "0002_owners_mail_in_the_mail_room"),
        ("privacy_register", "0006_statement_complete"),
        ("privacy_subjects", "0002_doomed_files"),
    ]

    operations = [
        migrations.AlterField(
            model_name="formfield",
            name="field_type",
            field=models.CharField(choices=[('singleline', 'Single line text'), ('multiline', 'Multi-line text'), ('email', 'Email'), ('number', 'Number'), ('url', 'URL'), ('checkbox', 'Checkbox'), ('checkboxes', 'Checkboxes'), ('dropdown', 'Drop down'), ('multiselect', 'Multiple select'), ('radio', 'Radio buttons'), ('date', 'Date'), ('datetime', 'Date/time'), ('hidden', 'Hidden field'), ('telephone', 'Telefoonnummer'), ('file', 'Bestand')], max_length=16, verbose_name='soort veld'),
        ),
        migrations.AddField(
            model_name="formfield",
            name="purpose",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy_register.purpose', verbose_name='doel'),
        ),
        migrations.RunPython(give_fields_the_purpose_of_their_form, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="formfield",
            name="purpose",
            field=models.ForeignKey(help_text='Waarvoor u dit vraagt; het staat bij het veld. Kies een van de doelen van dit formulier.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy_register.purpose', verbose_name='doel'),
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(help_text='Zoals zij gesteld is.', max_length=255, verbose_name='vraag')),
                ('file', models.FileField(storage=privacy.storage.private_storage, upload_to='contact/', verbose_name='bestand')),
                ('filename', models.CharField(max_length=120, verbose_name='bestandsnaam')),
                ('content_type', models.CharField(max_length=100, verbose_name='soort')),
                ('size', models.PositiveIntegerField(help_text='In bytes.', verbose_name='grootte')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='contact.submission', verbose_name='bericht')),
            ],
            options={
                'verbose_name': 'bijlage',
                'verbose_name_plural': 'bijlagen',
                'ordering': ['pk'],
            },
        ),
    ]
