"""The storage for files that nobody may reach by an address, and the disk under what may not be lost."""

import os

from django.core.files.storage import Storage, storages


class StorageAway(OSError):
    """The storage does not answer at all: what was asked may work later, and with another file it will not work now."""


def private_storage() -> Storage:
    """Return the storage that no address leads to; a view with a permission hands out what is in it."""
    return storages["private"]


def sync(path: os.PathLike[str]) -> None:
    """Wait until the disk has this file, or the names in this directory."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
