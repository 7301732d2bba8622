from django.db import migrations, models

from privacy.subjects.position import create_sequence


class Migration(migrations.Migration):

    dependencies = [
        ('privacy_subjects', '0003_consent_chain_end'),
    ]

    operations = [
        create_sequence(),
        migrations.AlterField(
            model_name='datasubject',
            name='last_contact_at',
            field=models.DateTimeField(verbose_name='laatste contact'),
        ),
        migrations.AddIndex(
            model_name='datasubject',
            index=models.Index(fields=['last_contact_at', 'id'], name='privacy_subjects_clock'),
        ),
    ]
