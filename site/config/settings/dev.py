"""A developer's machine: production's environment with safe values, made once and kept in `.data/`.

`manage.py` and `make run` start PostgreSQL and Valkey before these settings are read and put their addresses in the
environment (`config.embedded`).
"""

import contextlib
import os
import secrets
from pathlib import Path

from config.settings.environment import provide

DATA = Path(__file__).resolve().parents[3] / ".data"
PORT = os.environ.get("PORT", "8000")


def _kept_secret(name: str) -> str:
    """Return the secret of that name, made at first use. Linking a finished file: two first starts agree on one value."""
    path = DATA / name
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        draft = DATA / f"{name}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()


provide(
    SECRET_KEY=_kept_secret("secret-key"),
    ERASURE_KEY=_kept_secret("erasure-key"),
    ERASURE_LEDGER_DIR=str(DATA / "ledger"),
    MEDIA_STORAGE_URL=(DATA / "media").as_uri(),
    PRIVATE_STORAGE_URL=(DATA / "private").as_uri(),
    EMAIL_URL=f"filemail://{DATA / 'mail'}",
    DEFAULT_FROM_EMAIL="Koel ICT <site@koelict.example>",
    PRIVACY_EMAIL="privacy@koelict.example",
    ALLOWED_HOSTS="localhost,127.0.0.1,[::1]",
    SITE_URL=f"http://localhost:{PORT}",
    # Never reached: the servers are started first. It lets tools that only import the settings (mypy) do so.
    DATABASE_URL="postgresql://not-started/none",
    REDIS_URL="redis://not-started/",
)

from config.settings.base import *  # noqa: E402, F403

# Off here too: what goes wrong looks as it will for visitors. `DEBUG=1 make run` shows tracebacks in the browser.
DEBUG = os.environ.get("DEBUG") == "1"
# Static files as they lie in the source.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
