"""A version in other languages; its rows are proof as those of the version are."""

import django.db.models.deletion
from django.db import migrations, models

from privacy.immutable import refuse_changes


class Migration(migrations.Migration):

    dependencies = [
        ('privacy_statement', '0003_material_or_editorial'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.CreateModel(
            name='StatementTranslation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('html', models.TextField(verbose_name='tekst')),
                ('facts', models.JSONField(verbose_name='feiten')),
                ('html_sha256', models.CharField(max_length=64)),
                ('facts_sha256', models.CharField(max_length=64)),
                ('language', models.CharField(max_length=10, verbose_name='taal')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy_statement.privacystatementpage')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.revision')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='translations', to='privacy_statement.statementversion')),
            ],
            options={
                'verbose_name': 'vertaling van de verklaring',
                'verbose_name_plural': 'vertalingen van de verklaring',
                'constraints': [models.UniqueConstraint(fields=('version', 'language'), name='privacy_statement_one_text_per_language')],
            },
        ),
        refuse_changes('privacy_statement_statementtranslation', erasable=False),
    ]
