"""What holds in every environment; safe by default, loosened only by name in `dev` and `test`."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.settings.environment import Bucket, Environment

ROOT = Path(__file__).resolve().parents[3]

env = Environment.read()

DEBUG = False
SECRET_KEY = env.secret_key
ALLOWED_HOSTS = env.allowed_hosts
SITE_URL = env.site_url

# Whose every field is declared or exempted (`privacy.E001`); of the others' tables only what ends them is (`privacy.E002`).
OUR_APPS = [
    "config",
    "demo",
    "home",
    "contact",
    "privacy.rights",
    "privacy.retention",
    "privacy.consent",
    "privacy.statement",
    "privacy.register",
    "privacy.mail",
    "privacy.subjects",
]
INSTALLED_APPS = [
    *OUR_APPS,
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "config.health.probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.page_cache.PageCache",
    "config.middleware.permissions_policy",
    "config.middleware.PathCSPMiddleware",
    "privacy.statement.middleware.CookieWatch",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.PathLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "privacy.statement.middleware.RefusedPublicationMiddleware",
    "config.errors.ErrorPages",
    "contact.unavailable.DatabaseGoneMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# An address typed without a scheme becomes https, as it will by default from Django 6 on.
FORMS_URLFIELD_ASSUME_HTTPS = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "csp.context_processors.nonce",
            ]
        },
    }
]

# --- Data ---------------------------------------------------------------------------------------------------------------

# A pool, so that a request does not wait for a new connection; each process has its own. A pooled connection is checked
# before it is lent: after a restart of PostgreSQL the first visitor gets a page and not an error. Server-side cursors stay on:
# an export streams through one, inside a transaction, so a pooler in front must be in session mode. Whoever waits longer than
# the pool's timeout hears that the database is gone: long enough for its restart, short enough for a visitor and a probe.
DATABASES = {
    "default": env.database_url
    | {
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, "pool": {"min_size": 1, "max_size": 8, "timeout": 3}}
        | env.database_url.get("OPTIONS", {}),
    }
}

REDIS_URL = env.redis_url

# Quick to give up, and without the retries that redis-py makes by default: a page must not wait for its cache.
CACHES = {
    "default": {
        "BACKEND": "config.cache.TolerantRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "koel",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "retry": Retry(NoBackoff(), 0)},
    }
}

# Pages for readers are kept until something on them changes (`config.page_cache`).
PAGE_CACHE = True
# Caches in front of us that are told what has changed; other kinds (Varnish, CDNs) stand in Wagtail's documentation.
WAGTAILFRONTENDCACHE: dict[str, dict[str, str]] = {}
# Each page is told by its own address; Wagtail would guess those of other languages.
WAGTAILFRONTENDCACHE_LANGUAGES: list[str] = []
if env.frontend_cache_url:
    WAGTAILFRONTENDCACHE["default"] = {
        "BACKEND": "wagtail.contrib.frontend_cache.backends.HTTPBackend",
        "LOCATION": env.frontend_cache_url,
    }
# Who may read `/metrics`; empty for nobody.
METRICS_TOKEN = env.metrics_token

MEDIA_URL = "/media/"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # As text: Wagtail writes a storage down for the job that deletes a picture from it.
        "OPTIONS": {"location": str(env.media_storage_url), "base_url": MEDIA_URL},
    },
    # What only its owner or an officer may see; no URL leads here.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(env.private_storage_url),
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Of the storages that lie in one. A storage knows its name here alone: what is written down of it holds no secret.
BUCKETS: dict[str, Bucket] = {}
if isinstance(env.media_storage_url, Bucket):
    BUCKETS["default"] = env.media_storage_url
    STORAGES["default"] = {
        "BACKEND": "config.object_storage.ObjectStorage",
        "OPTIONS": {"bucket": "default", "base_url": MEDIA_URL},
    }
if isinstance(env.private_storage_url, Bucket):
    BUCKETS["private"] = env.private_storage_url
    STORAGES["private"] = {"BACKEND": "config.object_storage.ObjectStorage", "OPTIONS": {"bucket": "private"}}
STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "build" / "static"
STATICFILES_DIRS = [ROOT / "site" / "static"]

# --- Language and time --------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Nederlands")), ("en", _("Engels"))]
FORMAT_MODULE_PATH = "config.formats"
# What staff type, in the order in which both languages say it.
WAGTAIL_DATE_FORMAT = "%d-%m-%Y"
WAGTAIL_DATETIME_FORMAT = "%d-%m-%Y %H:%M"
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
USE_I18N = True
LOCALE_PATHS = [ROOT / "site" / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

# --- Wagtail ------------------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Koel ICT"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_USER_LOGIN_FORM = "config.login.LoginForm"
WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "config.rich_text.RichTextArea"}}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "ods", "pdf", "pptx", "txt", "xlsx"]
# Through Wagtail, which knows who may have them, also where a storage has addresses of its own.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
# Gravatar and the "new version" banner would tell third parties who our editors are.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False

# --- Mail ---------------------------------------------------------------------------------------------------------------

EMAIL_TIMEOUT = 10
for _name, _value in env.email_url.items():
    if _name.startswith("EMAIL_"):
        globals()[_name] = _value
DEFAULT_FROM_EMAIL = env.default_from_email
SERVER_EMAIL = env.default_from_email
# Beat sends what waits, this many each time: retries first, then mailings to many. Small providers count mails an hour.
MAIL_SWEEP_SECONDS = 60
MAIL_PER_SWEEP = 30
# How long to wait after each attempt that failed; after one attempt more the mail is given up, some three days later.
MAIL_RETRY_AFTER_SECONDS = [60, 5 * 60, 15 * 60, 3600, 4 * 3600, 24 * 3600, 24 * 3600]

# --- Privacy ------------------------------------------------------------------------------------------------------------

PRIVACY_EMAIL = env.privacy_email
ERASURE_KEY = env.erasure_key
ERASURE_LEDGER_DIR = env.erasure_ledger_dir
RETENTION_BATCH_SIZE = 5000
# When it runs, on the clock of TIME_ZONE.
RETENTION_HOUR, RETENTION_MINUTE = 3, 15
# Processes that work on one run at once while nobody is on the site; beside a visitor it is one (decision 0476).
RETENTION_WORKERS = 2
EXPORT_KEEP_DAYS = 7
# The promise, in days. The law gives a month (`privacy.rights.clock`).
ANSWER_WITHIN_DAYS = 28
# Days after receipt on which the officer is warned of a request; after the last of them every day.
ALARM_DAYS = [7, 21, 25]
# A question that an answer needs is asked within so many days, or the clock goes on (art. 12(3); EDPB 01/2022, 5.3).
ASK_WITHIN_DAYS = 7
# The link that proves control of an address: how long it works, and how many wrong ones are borne. Then a session of its own.
LINK_HOURS = 24
LINK_TRIES = 5
MY_DATA_SESSION_MINUTES = 30
# A download may be repeated so long; then the archive goes.
DOWNLOAD_AGAIN_HOURS = 24
# How long to wait after each failed search of a source; after one attempt more it is the officer's.
COLLECT_RETRY_AFTER_SECONDS = [60, 5 * 60, 30 * 60]
# Requests through the website, an hour: per mailbox; per network address and of everybody together, with and without the proof
# that a browser makes (F5, F6).
ASKS_PER_HOUR = {
    "mailbox": 6,  # each right once
    "new address": 6,  # offered by one person
    "proven network": 60,
    "proven everybody": 600,
    "unproven network": 30,
    "unproven everybody": 200,
}
# Seconds to connect, and to wait for an answer.
LINK_CHECK_TIMEOUT = (5, 10)
# When set, no other host is ever asked, and these may be of the inside.
LINK_CHECK_ONLY_HOSTS: list[str] = []
# Days after which a box that nobody confirmed is forgotten (law.md B11).
CONSENT_CONFIRM_DAYS = 7
CONSENT_SWEEP_SECONDS = 60
# Counts up when receipts are to be signed with a new key; the public keys of all generations stay published.
RECEIPT_KEY_GENERATION = 1

# --- Spam ---------------------------------------------------------------------------------------------------------------

# Signs of spam: a form sent back sooner after it was shown, and texts with more links.
FORM_FASTEST_SECONDS = 2
FORM_MOST_LINKS = 3
# How many forms are taken, and in how many seconds: from one network address (an office shares one), and from all together.
FORM_LIMIT_PER_ADDRESS = (60, 600)
FORM_LIMIT = (600, 3600)
# ALTCHA: how many tries the sum takes at least and at most, how much work a try is (rounds of PBKDF2), and how long it may
# take before the form comes back. A second on a phone; nothing to somebody who writes, a lot to somebody who sends a million.
ALTCHA_TRIES = (100, 300)
ALTCHA_COST = 2000
ALTCHA_SECONDS = 24 * 3600
# The virus scanner (clamd) that looks at files of visitors, and how long a visitor waits for it.
CLAMAV_URL = env.clamav_url
CLAMAV_SECONDS = 10
RECAPTCHA_PUBLIC_KEY = env.recaptcha_public_key
RECAPTCHA_PRIVATE_KEY = env.recaptcha_private_key
# A visitor waits for it.
RECAPTCHA_VERIFY_REQUEST_TIMEOUT = 3

# --- Security -----------------------------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Readers get no cookie at all. A form page sets the CSRF cookie, for as long as the browser is open; only the admin has a
# session.
CSRF_COOKIE_AGE = None
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "contact.csrf.failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Django's default would put them in a cookie of their own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

# Strict on the public site: everything from our own origin, nothing inline. See `config.middleware` for the admin.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Wagtail's admin still needs inline scripts and styles, and shows previews in frames.
CONTENT_SECURITY_POLICY_ADMIN = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "object-src": [NONE],
    "base-uri": [SELF],
    "form-action": [SELF],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}

# --- Errors -------------------------------------------------------------------------------------------------------------

# Who is told of them; nobody when empty. What they are told: `config.error_reports`.
SENTRY_DSN = env.sentry_dsn

# --- Log ----------------------------------------------------------------------------------------------------------------

# Standard error only: who runs the processes keeps the log, for as long as the statement says.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"without_keys": {"()": "config.log.WithoutKeys"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_keys"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Django's own configuration gives the development server a handler of its own, past ours.
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # What it tells at INFO names titles of pages, and so people (I12). Who did what stands in the admin's own log, which an
        # erasure reaches.
        "wagtail": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
