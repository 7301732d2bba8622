"""Links that lead out of the statement: asked by a worker, never in a request, and never at an address of the inside."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from typing import Any

import pytest
from config.celery import app
from config.testing import Worker, wait_until
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from privacy.register.models import Processor
from privacy.statement import links
from privacy.statement.drift import deviations
from privacy.statement.models import LinkCheck, StatementVersion
from tests.factories import publish

STATUS = {"/fine": 200, "/gone": 404, "/broken": 500, "/for-people": 403, "/busy": 429}


class Handler(BaseHTTPRequestHandler):
    """A web server with one page of each kind; keeps what it was asked."""

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self.server.asked.append((self.command, self.path, dict(self.headers)))  # type: ignore[attr-defined]
        if self.path == "/hangs":
            self.server.ended.wait()  # type: ignore[attr-defined]
            return
        if self.path == "/get-only":
            self.send_response(405 if self.command == "HEAD" else 200)
        elif self.path in {"/round", "/moved", "/inside", "/elsewhere"}:
            self.send_response(302)
            targets = {"/round": "/round", "/moved": "fine", "/inside": "http://127.0.0.2/", "/elsewhere": "file:///etc/passwd"}
            self.send_header("Location", targets[self.path])
            self.send_header("Set-Cookie", "volger=1")
        else:
            self.send_response(STATUS[self.path])
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815 (the name that http.server calls)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """A web server on this machine; `server.asked` is what it was asked."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = []  # type: ignore[attr-defined]
        server.ended = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.ended.set()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


@pytest.fixture
def at(server: ThreadingHTTPServer) -> Callable[[str], str]:
    """Return the address of a page of that server."""
    return lambda path: f"http://127.0.0.1:{server.server_port}{path}"


class TestAsking:
    """A18: whether a reader who follows the link gets a page."""

    @pytest.mark.parametrize(
        ("path", "status", "works"),
        [
            ("/fine", 200, True),
            ("/moved", 200, True),
            ("/get-only", 200, True),
            ("/for-people", 403, True),
            ("/busy", 429, True),
            ("/gone", 404, False),
            ("/broken", 500, False),
            ("/round", None, False),
            ("/elsewhere", None, False),
        ],
    )
    def test_tells_a_page_from_none(self, path: str, status: int | None, works: bool, at: Callable[[str], str]) -> None:
        assert links.ask(at(path)) == status
        assert links.works(status) is works

    def test_does_not_wait_for_ever(self, at: Callable[[str], str], settings: Any) -> None:
        settings.LINK_CHECK_TIMEOUT = (1, 0.1)
        assert links.ask(at("/hangs")) is None

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:1/", "http://", "https://[", "gopher://127.0.0.1/", "http://127.0.0.1:x/"]
    )
    def test_no_answer_is_no_error(self, url: str) -> None:
        assert links.ask(url) is None

    def test_asks_as_little_as_it_can_and_says_who_asks(
        self, at: Callable[[str], str], server: ThreadingHTTPServer, settings: Any
    ) -> None:
        """32: no cookie is sent back, no body fetched where HEAD will do."""
        links.ask(at("/moved"))
        asked = server.asked  # type: ignore[attr-defined]
        assert [(method, path) for method, path, _ in asked] == [("HEAD", "/moved"), ("HEAD", "/fine")]
        for _, _, headers in asked:
            assert settings.SITE_URL in headers["User-Agent"]
            assert headers["Host"] == f"127.0.0.1:{server.server_port}"
            assert set(headers) <= {"Host", "User-Agent", "Accept-Encoding"}


class TestInside:
    """32: who may write the statement must not make this server knock on doors of the inside (SSRF)."""

    @pytest.fixture(autouse=True)
    def _as_in_production(self, settings: Any) -> None:
        settings.LINK_CHECK_ONLY_HOSTS = []

    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.1.1",
            "172.16.0.1",
            "169.254.169.254",
            "0.0.0.0",  # noqa: S104
            "100.64.0.1",
            "224.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[fd00::1]",
            "[fe80::1]",
        ],
    )
    def test_is_never_asked(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(links._To, "send", lambda *args, **kwargs: pytest.fail("a connection was made"))
        assert links.ask(f"http://{address}/") is None

    def test_nor_under_a_public_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One address of the inside among several is enough."""
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("93.184.215.14", "10.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
        monkeypatch.setattr(links._To, "send", lambda *args, **kwargs: pytest.fail("a connection was made"))
        assert links.ask("http://voorbeeld.example/") is None

    def test_the_connection_goes_to_the_address_that_was_judged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Another answer to the second look-up of the name changes nothing: there is no second look-up."""
        looked_up: list[str] = []
        connected: list[str] = []

        def look_up(host: str, *args: Any, **kwargs: Any) -> list[Any]:
            looked_up.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))]

        def connect(address: tuple[str, int], *args: Any, **kwargs: Any) -> None:
            connected.append(address[0])
            raise OSError

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
        assert links.ask("https://voorbeeld.example/") is None
        assert set(looked_up) == {"voorbeeld.example"}
        assert set(connected) == {"93.184.215.14"}

    def test_a_redirect_is_judged_too(self, at: Callable[[str], str], server: ThreadingHTTPServer, settings: Any) -> None:
        settings.LINK_CHECK_ONLY_HOSTS = ["127.0.0.1"]
        assert links.ask(at("/inside")) is None
        assert {path for _, path, _ in server.asked} == {"/inside"}  # type: ignore[attr-defined]


def test_only_links_to_elsewhere_count() -> None:
    article = """<article><a href="https://a.example/x?y=1&amp;z=2#deel">a</a> <a href="/contact/">b</a> <a href="#kop">c</a>
    <a href="mailto:x@a.example">d</a> <a>e</a> <a href="http://b.example">f</a></article>"""
    assert links.outside(article) == {"https://a.example/x?y=1&z=2", "http://b.example"}


@pytest.mark.usefixtures("demo_site")
class TestStatement:
    @pytest.fixture
    def link(self, at: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> str:
        """Publish a statement that links to a page that is gone; the links to real sites are left out."""
        url, every = at("/gone"), links.outside
        monkeypatch.setattr(links, "outside", lambda article: every(article) & {url})
        Processor.objects.filter(key="zoho").update(agreement_url=url)
        publish()
        return url

    @staticmethod
    def a_check(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Check what is due, so many days from now."""
        with monkeypatch.context() as patch:
            then = timezone.now() + timedelta(days=days)
            patch.setattr("django.utils.timezone.now", lambda: then)
            for pk in links.plan():
                links.check(pk)

    @staticmethod
    def broken() -> list[str]:
        """Return the links that the dashboard names."""
        found = deviations(None, StatementVersion.objects.in_force())
        return [item.message for item in found if item.code == "A18.external_link"]

    def test_a_link_of_the_register_is_found_and_reported_when_it_failed_twice(
        self, link: str, monkeypatch: pytest.MonkeyPatch, admin_client: Client
    ) -> None:
        """A18."""
        self.a_check(0, monkeypatch)
        check = LinkCheck.objects.get(url=link)
        assert (check.status, check.ok) == (404, False)
        assert self.broken() == []
        self.a_check(7, monkeypatch)
        assert LinkCheck.objects.get(url=link).first_failed_at == check.first_failed_at
        (message,) = self.broken()
        assert link in message
        assert link in admin_client.get("/admin/").content.decode()

        out = StringIO()
        call_command("statement_check", stdout=out)  # a warning: it does not fail
        result = json.loads(out.getvalue())
        assert result["ok"] is True
        assert [item["code"] for item in result["missing"]] == ["A18.external_link"]
        assert publish().number == 3

    def test_two_checks_on_one_day_are_one(self, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A publication right after the weekly check does not make a bad hour a broken link."""
        self.a_check(0, monkeypatch)
        self.a_check(0, monkeypatch)
        assert self.broken() == []

    def test_a_link_that_works_again_starts_anew(self, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.a_check(0, monkeypatch)
        self.a_check(7, monkeypatch)
        assert self.broken()
        with monkeypatch.context() as patch:
            patch.setitem(STATUS, "/gone", 200)
            self.a_check(14, monkeypatch)
        assert self.broken() == []
        self.a_check(21, monkeypatch)
        assert self.broken() == []

    def test_a_link_that_nobody_reads_any_more_is_forgotten(self, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.a_check(0, monkeypatch)
        (pk,) = LinkCheck.objects.values_list("pk", flat=True)
        Processor.objects.update(agreement_url="")
        publish()
        assert links.plan() == []
        assert not LinkCheck.objects.exists()
        links.check(pk)
        assert not LinkCheck.objects.exists()

    def test_costs_the_same_with_many_links(self, link: str, django_assert_num_queries: Any) -> None:
        links.plan()
        LinkCheck.objects.create(url="https://a.example/")
        with CaptureQueriesContext(connection) as of_one:
            links.plan()
        LinkCheck.objects.bulk_create([LinkCheck(url=f"https://a.example/{number}") for number in range(50)])
        with django_assert_num_queries(len(of_one)):
            links.plan()
        assert len(of_one) < 10
        assert LinkCheck.objects.get().url == link


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("demo_site")
def test_a_publication_has_its_links_checked_by_a_worker(
    at: Callable[[str], str], worker: Worker, server: ThreadingHTTPServer
) -> None:
    """A18: never in the request: publishing asks nobody."""
    Processor.objects.filter(key="zoho").update(agreement_url=at("/fine"))
    publish()
    assert server.asked == []  # type: ignore[attr-defined]
    worker.start()
    wait_until(lambda: LinkCheck.objects.filter(url=at("/fine"), status=200, ok=True).exists())


def test_the_clock_checks_weekly() -> None:
    assert any(entry["task"] == "privacy.statement.tasks.check_links" for entry in app.conf.beat_schedule.values())
