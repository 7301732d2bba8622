"""What the tests of the configuration share."""

import os
import sys
from pathlib import Path

import pytest


@pytest.fixture
def production_environment(tmp_path) -> dict[str, str]:
    """A complete environment for production's settings, on this run's servers given by URL, for commands in a plain shell."""
    for folder in ("ledger", "media", "private"):
        (tmp_path / folder).mkdir()
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "REDIS_URL": os.environ["REDIS_URL"],
        "SECRET_KEY": "secret-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
        "ERASURE_KEY": "erasure-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
        "ERASURE_LEDGER_DIR": str(tmp_path / "ledger"),
        "MEDIA_STORAGE_URL": (tmp_path / "media").as_uri(),
        "PRIVATE_STORAGE_URL": (tmp_path / "private").as_uri(),
        "ALLOWED_HOSTS": "www.example.nl",
        "SITE_URL": "https://www.example.nl",
        "EMAIL_URL": "smtp+tls://user:password@mail.example.nl:587",
        "DEFAULT_FROM_EMAIL": "Koel ICT <site@example.nl>",
        "PRIVACY_EMAIL": "privacy@example.nl",
    }
