"""Consent events cannot be changed, and go only with the person they are about."""

from django.db import migrations

from privacy.immutable import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("privacy_consent", "0001_initial")]

    operations = [refuse_changes("privacy_consent_consentevent", erasable=True)]
