"""Published versions can neither be changed nor deleted, by anybody."""

from django.db import migrations

from privacy.immutable import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("privacy_statement", "0001_initial")]

    operations = [refuse_changes("privacy_statement_statementversion", erasable=False)]
