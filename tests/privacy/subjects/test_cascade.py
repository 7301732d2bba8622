"""The keys that end rows with their person: in the database, for every source, whatever migration made them."""

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from contact.models import Submission
from privacy.subjects.cascade import cascade_in_database, keys_to_people
from privacy.subjects.models import DataSubject
from tests.factories import relation

pytestmark = pytest.mark.django_db


def rule_in_database(field: "models.ForeignKey[object, object]") -> str:
    """Return what PostgreSQL does when the target goes: "c" is CASCADE, "a" is NO ACTION."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT confdeltype FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ALL (conkey)
            WHERE contype = 'f' AND conrelid = %s::regclass AND attname = %s
            """,
            [field.model._meta.db_table, field.column],
        )
        ((rule,),) = cursor.fetchall()
    return str(rule)


@pytest.mark.parametrize("field", list(keys_to_people()), ids=str)
def test_every_source_ends_with_its_person(field: "models.ForeignKey[object, object]") -> None:
    """C18: also a table that was added yesterday."""
    assert rule_in_database(field) == "c"
    assert field.remote_field.on_delete is models.PROTECT


def test_the_next_migrate_mends_a_key_that_a_migration_made_anew() -> None:
    field = Submission._meta.get_field("subject")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'contact_submission'::regclass AND confdeltype = 'c'"
        )
        ((name,),) = cursor.fetchall()
        cursor.execute(
            f"ALTER TABLE contact_submission DROP CONSTRAINT {name}, ADD CONSTRAINT {name} FOREIGN KEY (subject_id)"
            " REFERENCES privacy_subjects_datasubject (id) DEFERRABLE INITIALLY DEFERRED"
        )
    assert rule_in_database(field) == "a"
    cascade_in_database()
    assert rule_in_database(field) == "c"


@pytest.mark.usefixtures("demo_site")
def test_other_code_is_still_refused() -> None:
    person = relation(timezone.now())
    with pytest.raises(models.ProtectedError):
        DataSubject.objects.filter(pk=person.pk).delete()
    # And proof of consent goes in an erasure only, cascade or not.
    with pytest.raises(IntegrityError, match="are proof"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM privacy_subjects_datasubject WHERE id = %s", [person.pk])
