"""Consents from before there were chains get theirs: in the order in which they were given, sealed as they are now."""

from collections import defaultdict

from django.db import migrations, models

from privacy.consent.chain import event_hash, seal
from privacy.statement.facts import sha256

_TABLE = "privacy_consent_consentevent"


def chain(apps, schema_editor):
    """Number and hash all events, person by person. The hashes are those that `consent_verify` computes."""
    events, people = apps.get_model("privacy_consent", "ConsentEvent"), apps.get_model("privacy_subjects", "DataSubject")
    chains = defaultdict(list)
    for event in events.objects.select_related("version").defer("version__html", "version__facts").order_by("pk"):
        chains[event.subject_id].append(event)
    for person in people.objects.filter(pk__in=list(chains)).iterator():
        for event in chains[person.pk]:
            event.number, event.previous_sha256 = person.consent_count + 1, person.consent_head
            event.wording_sha256 = sha256(event.wording)
            event.sha256 = event_hash(event)
            person.consent_count, person.consent_head = event.number, event.sha256
        person.consent_seal = seal(person)
        person.save(update_fields=["consent_count", "consent_head", "consent_seal"])
        events.objects.bulk_update(chains[person.pk], ["number", "previous_sha256", "wording_sha256", "sha256"])


class Migration(migrations.Migration):
    dependencies = [("privacy_consent", "0003_chain_links_confirmation")]

    operations = [
        migrations.RunSQL(f"ALTER TABLE {_TABLE} DISABLE TRIGGER USER", f"ALTER TABLE {_TABLE} ENABLE TRIGGER USER"),
        migrations.RunPython(chain, migrations.RunPython.noop),
        migrations.RunSQL(f"ALTER TABLE {_TABLE} ENABLE TRIGGER USER", f"ALTER TABLE {_TABLE} DISABLE TRIGGER USER"),
        migrations.AddConstraint(
            model_name="consentevent",
            constraint=models.UniqueConstraint(fields=("subject", "number"), name="privacy_consent_one_chain"),
        ),
    ]
