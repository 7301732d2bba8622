
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy_register', '0004_purpose_persons'),
    ]

    operations = [
        migrations.AddField(
            model_name='controller',
            name='legal_form_en',
            field=models.CharField(blank=True, max_length=100, verbose_name='rechtsvorm'),
        ),
        migrations.AddField(
            model_name='datacategory',
            name='description_en',
            field=models.TextField(blank=True, verbose_name='wat eronder valt'),
        ),
        migrations.AddField(
            model_name='datacategory',
            name='name_en',
            field=models.CharField(blank=True, max_length=100, verbose_name='naam'),
        ),
        migrations.AddField(
            model_name='datacategory',
            name='origin_en',
            field=models.CharField(blank=True, max_length=200, verbose_name='bron'),
        ),
        migrations.AddField(
            model_name='processor',
            name='agreement_en',
            field=models.CharField(blank=True, max_length=200, verbose_name='overeenkomst'),
        ),
        migrations.AddField(
            model_name='processor',
            name='country_en',
            field=models.CharField(blank=True, max_length=100, verbose_name='land'),
        ),
        migrations.AddField(
            model_name='processor',
            name='name_en',
            field=models.CharField(blank=True, max_length=150, verbose_name='naam'),
        ),
        migrations.AddField(
            model_name='processor',
            name='service_en',
            field=models.CharField(blank=True, max_length=200, verbose_name='dienst'),
        ),
        migrations.AddField(
            model_name='processor',
            name='transfer_en',
            field=models.CharField(blank=True, max_length=300, verbose_name='waarborg buiten de EER'),
        ),
        migrations.AddField(
            model_name='purpose',
            name='consent_wording_en',
            field=models.TextField(blank=True, verbose_name='tekst bij het vakje'),
        ),
        migrations.AddField(
            model_name='purpose',
            name='description_en',
            field=models.TextField(blank=True, verbose_name='waarvoor precies'),
        ),
        migrations.AddField(
            model_name='purpose',
            name='interest_en',
            field=models.CharField(blank=True, max_length=300, verbose_name='welk belang'),
        ),
        migrations.AddField(
            model_name='purpose',
            name='law_en',
            field=models.CharField(blank=True, max_length=200, verbose_name='welke wet'),
        ),
        migrations.AddField(
            model_name='purpose',
            name='name_en',
            field=models.CharField(blank=True, max_length=150, verbose_name='doel'),
        ),
        migrations.AddField(
            model_name='retentionrule',
            name='name_en',
            field=models.CharField(blank=True, max_length=150, verbose_name='wat'),
        ),
        migrations.AddField(
            model_name='retentionrule',
            name='reason_en',
            field=models.TextField(blank=True, verbose_name='waarom deze termijn'),
        ),
        migrations.AddField(
            model_name='securitymeasure',
            name='name_en',
            field=models.CharField(blank=True, max_length=150, verbose_name='maatregel'),
        ),
        migrations.AddField(
            model_name='securitymeasure',
            name='public_text_en',
            field=models.CharField(blank=True, max_length=300, verbose_name='tekst in de verklaring'),
        ),
        migrations.AddField(
            model_name='system',
            name='kind_en',
            field=models.CharField(blank=True, max_length=100, verbose_name='soort'),
        ),
        migrations.AddField(
            model_name='system',
            name='location_en',
            field=models.CharField(blank=True, max_length=200, verbose_name='waar'),
        ),
        migrations.AddField(
            model_name='system',
            name='name_en',
            field=models.CharField(blank=True, max_length=100, verbose_name='naam'),
        ),
        migrations.AddField(
            model_name='system',
            name='security_en',
            field=models.CharField(blank=True, max_length=300, verbose_name='beveiliging in één zin'),
        ),
    ]
