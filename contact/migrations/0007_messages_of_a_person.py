from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):

    dependencies = [('contact', '0006_inbox')]

    operations = [
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['subject', 'id'], name='contact_of_subject'),
        ),
        migrations.AlterField(
            model_name='submission',
            name='subject',
            field=models.ForeignKey(db_index=False, on_delete=PROTECT, related_name='submissions', to='privacy_subjects.datasubject', verbose_name='betrokkene'),
        ),
    ]
