"""How much memory a process took.

`python -m benchmarks.memory` prints what a process has that loads Wagtail as it comes, and what one of this site has (MiB):
beneath that no job can stay.
"""

import subprocess
import sys
from pathlib import Path

#: Wagtail's own apps, without a database and without anything of ours.
_PLAIN = """
from django.conf import settings
settings.configure(
    INSTALLED_APPS=[
        *(f"wagtail.{name}" for name in "contrib.forms contrib.redirects embeds sites users snippets documents images "
          "search admin".split()),
        "wagtail", "modelcluster", "taggit",
        *(f"django.contrib.{name}" for name in "auth contenttypes sessions messages staticfiles".split()),
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql"}},
    STATIC_URL="/static/", SECRET_KEY="none", WAGTAILADMIN_BASE_URL="http://localhost",
)
"""


def most_memory() -> float:
    """Return the most memory that this program had so far (MiB); `getrusage` would count that of who started it."""
    return _said_by("/proc/self/status", "VmHWM:")


def share_of_memory(process: int) -> float:
    """Return what a process takes now (MiB), of what it shares with others its part alone."""
    return _said_by(f"/proc/{process}/smaps_rollup", "Pss:")


def _said_by(file: str, name: str) -> float:
    (line,) = (text for text in Path(file).read_text().splitlines() if text.startswith(name))
    return int(line.split()[1]) / 1024


def _once_loaded(settings: str) -> str:
    code = f"{settings}\nimport django; django.setup()\nfrom benchmarks.memory import most_memory; print(round(most_memory()))"
    return subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    print(f"plain Wagtail, loaded: {_once_loaded(_PLAIN)} MiB")
    site = 'import os; os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"'
    print(f"this site, loaded: {_once_loaded(site)} MiB")
