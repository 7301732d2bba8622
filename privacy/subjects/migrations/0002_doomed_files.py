from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy_subjects', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DoomedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Willekeurige naam in de besloten opslag.', max_length=100, unique=True, verbose_name='bestand')),
                ('due_at', models.DateTimeField(db_index=True, verbose_name='weg na')),
            ],
            options={
                'verbose_name': 'te wissen bestand',
                'verbose_name_plural': 'te wissen bestanden',
                'ordering': ['due_at'],
            },
        ),
    ]
