"""Files that must go with rows: written down in the transaction that deletes the rows, deleted after its commit.

A storage knows no transactions. Deleting first could lose a file whose row comes back with a rollback; deleting after the
commit without a note could leave a file for ever when the process dies in between. So the name is kept in a table until
the file is gone, and a sweep by the clock takes up what was left.
"""

from collections.abc import Sequence
from typing import cast

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from .models import FileToDelete
from .registry import Source, among


def delete_after_commit(source: Source, subject_ids: Sequence[int]) -> None:
    """Have the files of these people's rows deleted once the running transaction, in which the rows go, is committed.

    Args:
        source: one with files.
        subject_ids: keys of the people.
    """
    rows = source.model._base_manager.filter(among(source.subject, subject_ids))
    for name in source.files:
        label = f"{source.model._meta.label}.{name}"
        found = rows.exclude(**{name: ""}).values_list(name, flat=True)
        noted = FileToDelete.objects.bulk_create(
            [FileToDelete(field=label, name=path, since=timezone.now()) for path in found.iterator()]
        )
        if noted:
            _after_commit([note.pk for note in noted])


def _after_commit(pks: Sequence[int]) -> None:
    def delete() -> None:  # no partial: Django puts the function's name into its log line
        delete_noted_files(pks)

    transaction.on_commit(delete, robust=True)


def delete_noted_files(pks: Sequence[int] | None = None) -> int:
    """Delete the files of these notes, or of all; return how many notes are done.

    May run twice and several at once: a file that is gone already is no error.

    Args:
        pks: keys of the notes; all when None.

    Raises:
        OSError: a storage refuses; its notes stay for the next sweep.
    """
    done = 0
    notes = FileToDelete.objects.order_by("pk")
    for note in (notes if pks is None else notes.filter(pk__in=pks)).iterator():
        label, _, name = note.field.rpartition(".")
        cast("models.FileField", apps.get_model(label)._meta.get_field(name)).storage.delete(note.name)
        note.delete()
        done += 1
    return done
