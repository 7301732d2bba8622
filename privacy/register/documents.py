"""The stored copy of an agreement: a name that says nothing, and the hash by which it is known again (E3, art. 28(9))."""

import hashlib
import uuid
from pathlib import PurePath
from typing import Any

from django.core.files.base import File


def document_name(instance: Any, filename: str) -> str:
    """Return where a document is kept: of the name that somebody gave it only the ending stays."""
    return f"agreements/{uuid.uuid4()}{PurePath(filename).suffix.lower()}"


def file_sha256(file: File) -> str:  # type: ignore[type-arg]
    """Return the SHA-256 of a file (hexadecimal); the file is at its beginning again afterwards."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256")
    file.seek(0)
    return digest.hexdigest()
