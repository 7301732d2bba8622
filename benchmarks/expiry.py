"""The expiry beside the fastest thing that could do the same: plain DELETE statements."""

from datetime import UTC, datetime

from django.db import connection, transaction

from privacy.immutable import erasing
from privacy.retention.services import expire_due

_DUE = "(SELECT id FROM privacy_subjects_datasubject WHERE last_contact_at < now() - interval '2 years')"


def nothing_due() -> None:
    """Run when nobody is past their period."""
    assert expire_due(as_of=datetime(2000, 1, 1, tzinfo=UTC)).erased == 0


def raw() -> None:
    """Delete the same rows with one statement a table, and undo it."""
    with transaction.atomic():
        with erasing(), connection.cursor() as cursor:
            for table in ("contact_submission", "privacy_consent_consentevent", "privacy_rights_datarequest"):
                cursor.execute(f"DELETE FROM {table} WHERE subject_id IN {_DUE}")  # noqa: S608
            cursor.execute(f"DELETE FROM privacy_subjects_datasubject WHERE id IN {_DUE}")  # noqa: S608
            # PostgreSQL looks at the foreign keys at the end; that belongs to the price.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def ours() -> None:
    """Run for real."""
    assert expire_due().erased > 0
