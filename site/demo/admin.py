"""The first administrator on a developer's machine, with a password that nobody can guess."""

import os
import secrets
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import transaction

NAME = "beheer"


def create_admin(path: Path) -> str | None:
    """Create the superuser `beheer` and write its new password to `path`, readable by its owner alone.

    Returns:
        The password; None when there is a superuser already, in which case nothing changes.
    """
    users = get_user_model()._default_manager
    if users.filter(is_superuser=True).exists():
        return None
    password = secrets.token_urlsafe(18)
    with transaction.atomic():
        users.create_superuser(username=NAME, email="", password=password)
        _write(path, f"{password}\n")
    return password


def _write(path: Path, text: str) -> None:
    """Write `text` to `path`; at no moment can another user of the machine read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
