from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy_register', '0003_agreements'),
    ]

    operations = [
        migrations.AddField(
            model_name='purpose',
            name='persons',
            field=models.CharField(default='', help_text='Van wie de gegevens zijn, voor het verwerkingsregister: klanten, bezoekers.', max_length=200, verbose_name='betrokkenen'),
            preserve_default=False,
        ),
    ]
