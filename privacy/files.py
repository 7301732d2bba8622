"""Files in the private storage that live and die with a row of the database, whatever dies in between.

A storage takes no part in a transaction, so a crash can leave a file that no row leads to. That is personal data outside
every period and every erasure (law.md I7), and it must not depend on anybody looking for it. Hence one rule: whatever should
not be there is written down in the database first. `keep` writes a file and dooms it at once; `claim`, in the transaction
that stores the row, takes the doom away; `doom`, in the transaction that deletes the row, puts it back. After each commit
the file goes, and what a crash left is swept by the clock (`privacy.subjects.tasks.delete_doomed_files`).
"""

import contextlib
import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from .storage import StorageAway, private_storage, sync

logger = logging.getLogger(__name__)

#: How long a file may wait for its row, and how long the sweep lets a storage rest that refused.
GRACE = timedelta(hours=1)


class FileGone(Exception):
    """A file waited for its row longer than `GRACE` and was swept; the row must not be stored."""


def keep(content: IO[Any], *, folder: str) -> str:
    """Write a file under a name that nobody can guess and return the name; it goes again unless it is claimed.

    Call it outside the transaction that stores the row.

    Args:
        content: what to write, read from where it stands.
        folder: which kind of files, as a path in the storage.

    Raises:
        OSError: the storage refuses.
    """
    from .subjects.models import DoomedFile  # the models have files of their own

    name = f"{folder}/{get_random_string(32)}"
    DoomedFile.objects.create(name=name, due_at=timezone.now() + GRACE)
    storage = private_storage()
    stored = storage.save(name, File(content))
    if stored != name:
        raise FileExistsError(f"The storage took {folder} under another name than it was given.")
    _sync(storage, name)
    return name


def claim(names: Collection[str]) -> None:
    """Let these files stay; to be called in the transaction that stores the rows which lead to them.

    Raises:
        FileGone: one of them was swept meanwhile.
    """
    from .subjects.models import DoomedFile

    if names and DoomedFile.objects.filter(name__in=names).delete()[0] != len(names):
        raise FileGone


def doom(names: Iterable[str]) -> None:
    """Have these files go once the running transaction is committed, be it now or after a crash."""
    from .subjects.models import DoomedFile

    doomed = [DoomedFile(name=name, due_at=timezone.now()) for name in names]
    if doomed:
        # One that is still waiting for its row goes now as well.
        DoomedFile.objects.bulk_create(doomed, update_conflicts=True, unique_fields=["name"], update_fields=["due_at"])
        transaction.on_commit(partial(_delete_named, [file.name for file in doomed]), robust=True)


def sweep(*, at: datetime) -> int:
    """Delete the doomed files whose moment has come; return how many went. May run twice, and twice at once.

    Args:
        at: now (aware).
    """
    gone = 0
    try:
        while (went := _delete_one(at, {})) is not None:
            gone += went
    except StorageAway as error:
        _wait(error)
    return gone


def _delete_named(names: Iterable[str]) -> None:
    try:
        for name in names:
            _delete_one(timezone.now(), {"name": name})
    except StorageAway as error:
        _wait(error)


def _wait(error: StorageAway) -> None:
    """Leave what is doomed to the next sweep: each file more would wait for the same silence, in a night of thousands."""
    logger.error("The storage is away, doomed files wait: %s", error)


@transaction.atomic
def _delete_one(at: datetime, which: dict[str, str]) -> bool | None:
    """Delete one doomed file; return whether it went, None when there is none. The row's lock keeps others from it.

    Raises:
        StorageAway: nothing can go now; the file is as doomed as before.
    """
    from .subjects.models import DoomedFile

    doomed = DoomedFile.objects.select_for_update(skip_locked=True).filter(due_at__lte=at, **which).order_by("due_at").first()
    if doomed is None:
        return None
    try:
        private_storage().delete(doomed.name)
    except StorageAway:
        raise
    except OSError as error:
        # One that cannot go must not keep the others: it waits, and is tried again.
        doomed.due_at = at + GRACE
        doomed.save(update_fields=["due_at"])
        logger.error("%s could not be deleted (%s); it will be tried again.", doomed, type(error).__name__)
        return False
    doomed.delete()
    return True


def _sync(storage: Storage, name: str) -> None:
    """Wait until the disk has the file and its name: a row that is committed must never lead to half a file."""
    with contextlib.suppress(NotImplementedError):  # a storage that is no disk answers when it has the file
        path = Path(storage.path(name))
        sync(path)
        sync(path.parent)
