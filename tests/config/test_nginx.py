"""The nginx of docker-compose in front of the real site: it keeps what is for everybody, and nothing else.

Real nginx where the machine has one (`apt-get install nginx-light`); skipped elsewhere, unless `REQUIRE_NGINX=1`.
"""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from config.tasks import refresh_front
from pytest_django import Settings

from benchmarks.nginx import Nginx, nginx_program
from home.models import ContentPage
from tests.programs import needed

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo_site"),
]


@pytest.fixture(scope="module", autouse=True)
def _program() -> None:
    needed("nginx", nginx_program(), package="nginx-light")


FOR_ALL = "public, max-age=0, must-revalidate, s-maxage=50"
HTTPS = {"X-Forwarded-Proto": "https", "Host": "localhost"}


class Answer:
    """What came back, whatever its status."""

    def __init__(self, request: urllib.request.Request) -> None:
        try:
            response = urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def kept(self) -> str | None:
        """How nginx came by it: "HIT", "MISS", "BYPASS"; None where it keeps nothing."""
        return self.headers.get("X-Cache")


def ask(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(urllib.request.Request(url, method=method, data=body, headers=HTTPS | named))


class Web(ThreadingHTTPServer):
    """A web process that counts, and says what a test wants."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.says: dict[str, str] = {"Cache-Control": FOR_ALL, "ETag": '"een"'}
        self.status = 200
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Web

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        fresh = self.server.says.get("ETag", "none") == self.headers.get("If-None-Match")
        self.send_response(304 if fresh else self.server.status)
        for name, value in self.server.says.items():
            self.send_header(name, value)
        body = b"" if fresh else f"{self.path} {len(self.server.asked)}".encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 (named by the library)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    (folder / "documents").mkdir(parents=True)
    (folder / "images").mkdir()
    (folder / "documents" / "brief.pdf").write_bytes(b"%PDF-")
    (folder / "images" / "tekening.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    return folder


@pytest.fixture
def nginx(web: Web, media: Path, tmp_path: Path) -> Iterator[Nginx]:
    with Nginx(tmp_path, f"127.0.0.1:{web.server_port}", media) as nginx:
        web.asked.clear()
        yield nginx


def test_a_page_for_everybody_is_asked_for_once(nginx: Nginx, web: Web) -> None:
    first, second = ask(f"{nginx.url}/privacy/"), ask(f"{nginx.url}/privacy/")
    assert (first.kept, second.kept) == ("MISS", "HIT")
    assert first.body == second.body
    assert len(web.asked) == 1
    assert ask(f"{nginx.url}/privacy/", If_None_Match='"een"').status == 304
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "sessionid=iemand"},
        {"Cookie": "csrftoken=x; mijn_gegevens=iemand"},
        {"Authorization": "Basic eDp4"},
    ],
)
def test_who_may_be_somebody_passes_by(nginx: Nginx, web: Web, headers: dict[str, str]) -> None:
    ask(f"{nginx.url}/privacy/")
    assert ask(f"{nginx.url}/privacy/", **headers).kept == "BYPASS"
    assert len(web.asked) == 2
    assert ask(f"{nginx.url}/privacy/", Cookie="csrftoken=x").kept == "HIT"


def test_an_address_with_more_in_it_is_not_kept(nginx: Nginx, web: Web) -> None:
    for _ in range(2):
        ask(f"{nginx.url}/privacy/versies/?p=2")
    assert len(web.asked) == 2


@pytest.mark.parametrize(
    "says",
    [
        {},
        {"Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"},
        {"Cache-Control": "max-age=3600"},
        {"Cache-Control": "public, max-age=0, must-revalidate, s-maxage=0"},
        {"Cache-Control": FOR_ALL, "Set-Cookie": "iets=waarde"},
        {"Expires": "Wed, 25 Nov 2099 10:00:00 GMT"},
    ],
)
def test_what_does_not_say_that_it_is_for_everybody_is_not_kept(nginx: Nginx, web: Web, says: dict[str, str]) -> None:
    """I15: forms, what a token opens, errors."""
    web.says = says
    for _ in range(2):
        ask(f"{nginx.url}/contact/")
    assert len(web.asked) == 2


def test_the_admin_and_what_is_sent_are_never_kept(nginx: Nginx, web: Web) -> None:
    for _ in range(2):
        assert ask(f"{nginx.url}/admin/").kept is None
        ask(f"{nginx.url}/contact/", method="POST", body=b"name=Jan")
    assert len(web.asked) == 4


def test_each_host_and_scheme_has_its_own(nginx: Nginx, web: Web) -> None:
    for headers in ({}, {"Host": "127.0.0.1"}, {"X_Forwarded_Proto": "http"}):
        assert ask(f"{nginx.url}/privacy/", **headers).kept == "MISS"


def test_one_copy_of_a_page_and_a_file_as_the_browser_reads_it(nginx: Nginx, web: Web) -> None:
    for encoding in ("gzip, br", "", "gzip"):
        ask(f"{nginx.url}/privacy/", Accept_Encoding=encoding)
    assert [headers["Accept-Encoding"] for _method, _path, headers in web.asked] == ["gzip"]
    web.asked.clear()
    web.says = {"Cache-Control": "max-age=315360000, public, immutable", "Vary": "Accept-Encoding"}
    for encoding in ("gzip, br", "br", "gzip", ""):
        ask(f"{nginx.url}/static/css/site.0123.css", Accept_Encoding=encoding)
    assert [headers.get("Accept-Encoding", "") for _method, _path, headers in web.asked] == ["br", "gzip", ""]


def test_visitors_are_told_apart_as_the_proxy_in_front_saw_them(nginx: Nginx, web: Web) -> None:
    """F6: requests are counted by the last address in the header."""
    ask(f"{nginx.url}/contact/", X_Forwarded_For="192.0.2.1, 198.51.100.7", X_Refresh="yes")
    _method, _path, headers = web.asked[0]
    assert headers["X-Forwarded-For"] == "192.0.2.1, 198.51.100.7"
    assert headers["X-Forwarded-Proto"] == "https"
    assert headers["Host"] == "localhost"
    assert "X-Refresh" not in headers


def test_a_body_of_25_mb_passes_and_one_more_does_not(nginx: Nginx) -> None:
    assert ask(f"{nginx.url}/contact/", method="POST", body=b"x" * (25 * 1024 * 1024)).status == 200
    assert ask(f"{nginx.url}/contact/", method="POST", body=b"x" * (25 * 1024 * 1024 + 1)).status == 413


def test_what_changed_is_fetched_anew(nginx: Nginx, web: Web) -> None:
    before = ask(f"{nginx.url}/over-ons/")
    web.says["ETag"] = '"twee"'
    assert ask(f"{nginx.url}/over-ons/").body == before.body
    assert ask(f"{nginx.purge_url}/over-ons/", method="PURGE").status == 200
    after = ask(f"{nginx.url}/over-ons/")
    assert (after.kept, after.headers["ETag"]) == ("HIT", '"twee"')
    assert ask(f"{nginx.purge_url}/over-ons/").status == 405


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_taken_away_is_gone_here_too(nginx: Nginx, web: Web, status: int) -> None:
    ask(f"{nginx.url}/over-ons/")
    web.status, web.says = status, {}
    ask(f"{nginx.purge_url}/over-ons/", method="PURGE")
    assert ask(f"{nginx.url}/over-ons/").status == status


def test_nothing_old_is_shown_while_the_site_is_down(nginx: Nginx, web: Web) -> None:
    """D5: a page from before a restore may name who was erased since."""
    web.says["Cache-Control"] = FOR_ALL.replace("50", "1")
    ask(f"{nginx.url}/")
    web.status, web.says = 503, {}
    deadline = time.monotonic() + 10
    while (answer := ask(f"{nginx.url}/")).status == 200:
        assert time.monotonic() < deadline
    assert answer.status == 503


def test_media(nginx: Nginx, web: Web) -> None:
    """Pictures come from the folder, shown and never run; documents go through Wagtail, which knows who may have them."""
    picture = ask(f"{nginx.url}/media/images/tekening.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert ask(f"{nginx.url}/media/documents/brief.pdf").status == 404
    assert ask(f"{nginx.url}/media/images/../documents/brief.pdf").status == 404
    assert not web.asked


def test_media_in_a_bucket(nginx: Nginx, web: Web) -> None:
    """What is not in the folder comes from the site, and is kept for a minute; documents never."""
    web.says = {"Cache-Control": "public, max-age=2592000, s-maxage=60", "Last-Modified": "Mon, 30 Nov 2026 12:00:00 GMT"}
    first, again = (ask(f"{nginx.url}/media/images/emmer.png") for _ in range(2))
    assert (first.status, first.kept, again.kept) == (200, "MISS", "HIT")
    assert first.body.startswith(b"/media/images/emmer.png ")
    assert again.headers["Cache-Control"] == web.says["Cache-Control"]
    assert ask(f"{nginx.url}/media/documents/emmer.pdf").status == 404
    assert len(web.asked) == 1


def test_with_the_real_site(live_server: Any, settings: Settings, media: Path, tmp_path: Path) -> None:
    """A publication is seen at once behind nginx, by Wagtail's own client."""
    settings.PAGE_CACHE = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    with Nginx(tmp_path, live_server.url.removeprefix("http://"), media) as nginx:
        settings.WAGTAILFRONTENDCACHE = {
            "default": {"BACKEND": "wagtail.contrib.frontend_cache.backends.HTTPBackend", "LOCATION": nginx.purge_url}
        }
        assert "Heel anders" not in ask(f"{nginx.url}/over-ons/").body.decode()
        page = ContentPage.objects.get(slug="over-ons")
        page.title = "Heel anders"
        page.save_revision().publish()
        refresh_front()
        answer = ask(f"{nginx.url}/over-ons/")
        assert "Heel anders" in answer.body.decode()
        for path in ("/contact/", "/mijn-gegevens/", "/admin/login/", "/toestemming/onzin/"):
            for _ in range(2):
                assert ask(f"{nginx.url}{path}").kept != "HIT", path
