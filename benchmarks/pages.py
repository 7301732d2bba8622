"""Pages for readers: from the cache, made anew, and behind nginx, each beside what it could cost at least.

Real processes: gunicorn with two workers, nginx with the configuration of docker-compose, and wrk that asks. Rounds take turns,
and the median counts, since other work on the machine comes and goes.
"""

import gzip
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.testing import wait_until
from django.conf import settings
from django.db import connection

from benchmarks.nginx import Nginx, answers, free_port, nginx_program
from home.models import ContentPage, HomePage
from privacy.statement.models import StatementVersion

ROUNDS, SECONDS, CONNECTIONS = 5, 2, 16

STATIC_FILE = """
    server {{
        listen 127.0.0.1:{port};
        location / {{ root {folder}; default_type text/html; add_header Content-Encoding gzip; }}
    }}
"""


def compare() -> None:
    """Measure, where the machine has wrk; the part with nginx where it has that too."""
    if shutil.which("wrk") is None:
        print("pages: not measured, wrk is not installed (apt-get install wrk nginx-light)")
        return
    text = plain_text()
    path = plain_page(text).url
    connection.close()
    with tempfile.TemporaryDirectory(prefix="koel-bench-pages-") as name:
        folder = Path(name)
        page = folder / "page.html"
        page.touch()
        with gunicorn(page, cached=True) as site:
            page.write_bytes(get(f"{site}/privacy/"))
        with gunicorn(page, cached=True) as site, gunicorn(page, cached=False) as without:
            bare, kept, made, plain = rates(
                [f"{site}/kaal/", f"{site}/privacy/", f"{without}/privacy/", f"{without}{path}"],
            )
            print(f"statement of {len(text.split()):,} words, {page.stat().st_size:,} bytes; requests per second:")
            print(f"  bare view {bare:,.0f}, kept page {kept:,.0f}: {kept / bare:.2f}")
            print(f"  made anew {made:,.0f}, plain Wagtail page of the same text {plain:,.0f}: {made / plain:.2f}")
            if nginx_program():
                behind_nginx(folder, site, page)


def behind_nginx(folder: Path, site: str, page: Path) -> None:
    """Measure the kept page against the same bytes as a file, both from one nginx."""
    port = free_port()
    (folder / "nginx").mkdir()
    more = STATIC_FILE.format(port=port, folder=folder)
    media = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    with Nginx(folder / "nginx", site.removeprefix("http://"), media, more) as nginx:
        file, kept = rates([f"http://127.0.0.1:{port}/{page.name}", f"{nginx.url}/privacy/"])
    print(f"  behind nginx: file {file:,.0f}, kept page {kept:,.0f}: {kept / file:.2f}")


def plain_text() -> str:
    """Return the words of the statement in force."""
    version = StatementVersion.objects.get()
    return " ".join(re.sub(r"<[^>]+>", " ", version.html).split())


def plain_page(text: str) -> ContentPage:
    """Publish an ordinary page of Wagtail with that text, in as many sections as the statement has."""
    words = text.split()
    each = len(words) // 16
    parts = [" ".join(words[start : start + each]) for start in range(0, len(words), each)]
    body = [("section", {"heading": f"Deel {number}", "text": f"<p>{part}</p>"}) for number, part in enumerate(parts)]
    page = ContentPage(title="Dezelfde tekst", slug="dezelfde-tekst", show_contents=True, body=body)
    made: ContentPage = HomePage.objects.get(locale__language_code="nl").add_child(instance=page)
    return made


def rates(urls: list[str]) -> list[float]:
    """Return the requests per second of each address, every one of them warm."""
    for url in urls:
        for _ in range(20):
            get(url)
    measured = [[wrk(url) for url in urls] for _ in range(ROUNDS)]
    return [statistics.median(column) for column in zip(*measured, strict=True)]


def wrk(url: str) -> float:
    """Ask for `SECONDS`; return the requests per second, or fail when an answer was none."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-H", "Accept-Encoding: gzip", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in said, said
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])


def get(url: str) -> bytes:
    """Return what is sent, compressed where it is."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310
    with urllib.request.urlopen(request) as response:  # noqa: S310
        body: bytes = response.read()
        return body if response.headers["Content-Encoding"] == "gzip" else gzip.compress(body)


@contextmanager
def gunicorn(page: Path, *, cached: bool) -> Iterator[str]:
    """Serve the site with two workers; yield its address."""
    port = free_port()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "BENCH_PAGE": str(page),
        "BENCH_PAGE_CACHE": str(int(cached)),
    }
    address = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", f"--bind={address}", "--workers=2", "--threads=4"]
    process = subprocess.Popen([*command, "--log-level=error"], env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(f"http://{address}/healthz/live"), message="gunicorn does not answer")
        yield f"http://{address}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
