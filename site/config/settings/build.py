"""For the building of the image: production without an environment. It can collect static files and nothing else."""

from config.settings.environment import provide

_NONE = "only-while-the-image-is-built-0123456789-abcdefghijklmnopqrstuvwxyz"

provide(
    SECRET_KEY=_NONE,
    ERASURE_KEY=_NONE,
    ERASURE_LEDGER_DIR="/nonexistent",
    MEDIA_STORAGE_URL="file:///nonexistent/media",
    PRIVATE_STORAGE_URL="file:///nonexistent/private",
    EMAIL_URL="smtp://nonexistent",
    DEFAULT_FROM_EMAIL="nobody@example.nl",
    PRIVACY_EMAIL="nobody@example.nl",
    ALLOWED_HOSTS="nonexistent",
    SITE_URL="https://nonexistent",
    DATABASE_URL="postgresql://nonexistent/none",
    REDIS_URL="redis://nonexistent/",
)

from config.settings.production import *  # noqa: E402, F403
