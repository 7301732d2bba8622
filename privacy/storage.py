"""The storage for files that nobody may reach by an address."""

from django.core.files.storage import Storage, storages


def private_storage() -> Storage:
    """Return the storage that no address leads to; a view with a permission hands out what is in it."""
    return storages["private"]
