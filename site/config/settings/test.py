"""Tests: production's environment with safe values; `config.testing` starts the servers before these settings are read."""

import json
import os
import tempfile
from pathlib import Path

from config.settings.environment import provide

# `config.testing` names this run's own folder; the fallback serves tools that only import the settings (mypy).
DATA = Path(os.environ.get("TEST_DATA", tempfile.gettempdir()))

provide(
    SECRET_KEY="for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",  # noqa: S106
    ERASURE_KEY="for-tests-only-too-0123456789-abcdefghijklmnopqrstuvwxyz",
    ERASURE_LEDGER_DIR=str(DATA / "ledger"),
    MEDIA_STORAGE_URL=(DATA / "media").as_uri(),
    PRIVATE_STORAGE_URL=(DATA / "private").as_uri(),
    EMAIL_URL=f"filemail://{DATA / 'mail'}",
    DEFAULT_FROM_EMAIL="Koel ICT <site@koelict.example>",
    PRIVACY_EMAIL="privacy@koelict.example",
    ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
    SITE_URL="http://localhost",
    DATABASE_URL="postgresql://not-started/none",
    REDIS_URL="redis://not-started/",
)

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import DATABASES  # noqa: E402

# A pool would keep connections of threads that have ended, and the test database could not be dropped.
DATABASES["default"]["OPTIONS"].pop("pool")
# Most tests change things inside a transaction that never ends; those of the cache switch it on (`kept_pages`).
PAGE_CACHE = False
# Looks static files up as they are; nothing is collected for a test.
WHITENOISE_AUTOREFRESH = True
# A browser that is driven types faster than people do, and solves the sum every time.
FORM_FASTEST_SECONDS = 0
ALTCHA_TRIES = (1, 4)
# Property tests send hundreds; what happens over the limit is tested with limits of its own.
FORM_LIMIT_PER_ADDRESS = FORM_LIMIT = (100_000, 600)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# No network: links to anywhere else are not even looked up.
LINK_CHECK_ONLY_HOSTS = ["127.0.0.1"]

# A test that starts a real worker may give that process other settings: see `Worker` in `config.testing`.
globals().update(json.loads(os.environ.get("TEST_SETTINGS", "{}")))
