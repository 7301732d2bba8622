"""What the tests stand on: real servers (`config.testing` starts them), real workers, a real browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from config.embedded import Servers
from config.guard import guard
from config.testing import Mailbox, Worker, servers_key
from demo.build import build
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from pytest_django import Settings

from privacy.retention import status
from tests.buckets import Bucket, s3_server
from tests.databases import Databases
from tests.programs import needed

#: Where more fixtures for all stand.
pytest_plugins = ["tests.my_data"]

# --- Database -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def databases(django_db_setup: None, django_db_blocker: Any) -> Iterator[Databases]:
    """Give every test with real transactions the database as it was before it."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        databases = Databases(build)
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: databases.put_back())
        yield databases
        # Once a browser has started, Playwright's context has a connection of its own; the one of before was sent away since.
        connection.close()
        # The one that Django made and takes away.
        databases.choose(demo=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have the database chosen before a test's first fixture: one of pytest-django's begins a transaction."""
    for item in items:
        # Those of one function with several parameters share their list.
        if isinstance(item, pytest.Function) and "_database" not in item.fixturenames:
            item.fixturenames.insert(0, "_database")


@pytest.fixture
def _database(request: pytest.FixtureRequest) -> None:
    if {"db", "transactional_db", "live_server"} & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        databases: Databases = request.getfixturevalue("databases")
        databases.choose(demo="demo_site" in request.fixturenames)


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """Keep what one test caches from the next."""
    yield
    cache.clear()


@pytest.fixture
def within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of the expiry are kept until a minute ends (`privacy.retention.status`); here none ends."""
    monkeypatch.setattr(status, "time", SimpleNamespace(time=lambda: 10.0))


@pytest.fixture(autouse=True)
def _clean_language() -> Iterator[None]:
    """Keep one test's language from the next: a request leaves the thread in the language of its path."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _clean_ledger() -> Iterator[None]:
    """Keep one test's erasures from the next, whose database knows nothing of them."""
    yield
    shutil.rmtree(settings.ERASURE_LEDGER_DIR, ignore_errors=True)
    guard.__init__()  # type: ignore[misc]


@pytest.fixture
def demo_site(db: None) -> None:
    """The site as `manage.py demo` leaves it: statement version 1 in force, contact form open.

    `_database` sees that a test asks for it. `db` is pytest-django's; it makes real transactions when the test also asks for
    `transactional_db` or `live_server`.
    """


# --- Servers and workers ------------------------------------------------------------------------------------------------


@pytest.fixture
def servers(pytestconfig: pytest.Config) -> Iterator[Servers]:
    """This run's PostgreSQL and Valkey: `servers.ask("stop" | "kill" | "start", "postgres" | "valkey")`.

    What a test has stopped runs again after it.
    """
    servers = pytestconfig.stash[servers_key]
    yield servers
    servers.ask("start", "postgres")
    servers.ask("start", "valkey")


class Broker:
    """The Valkey behind Celery, to be taken away and given back."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    def stop(self) -> None:
        """Stop Valkey; what is queued is there again after `start`."""
        self._servers.ask("stop", "valkey")

    def start(self) -> None:
        """Start Valkey again, at the same address."""
        self._servers.ask("start", "valkey")

    def clear(self) -> None:
        """Forget all that is queued."""
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushall()


@pytest.fixture
def broker(servers: Servers) -> Iterator[Broker]:
    """Celery's broker, empty; messages published by the test process really go there."""
    broker = Broker(servers)
    broker.clear()
    yield broker
    broker.start()
    broker.clear()


@pytest.fixture
def worker(broker: Broker, mailbox: Mailbox, transactional_db: None, tmp_path: Path) -> Iterator[Worker]:
    """A real worker process, not started yet: `worker.start()`, `.kill()` (SIGKILL), `.stop()`, `.log`."""
    worker = Worker(tmp_path, _test_database_url())
    yield worker
    worker.kill()


@pytest.fixture
def celery_worker_process(worker: Worker) -> Worker:
    """A real worker process that takes tasks; mails it sends are in `mailbox`."""
    worker.start()
    return worker


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """The mails of real workers: `mailbox.messages()`; those of the test process are in pytest-django's `mailoutbox`."""
    mailbox = Mailbox(Path(settings.EMAIL_FILE_PATH))
    mailbox.clear()
    yield mailbox
    mailbox.clear()


def _test_database_url() -> str:
    url = urlsplit(os.environ["DATABASE_URL"])
    return url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


# --- Storages -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[str]:
    """The address of a server that speaks S3."""
    with s3_server() as address:
        yield address


@pytest.fixture
def bucket(bucket_server: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """Have all files lie in a new bucket: `bucket.everything()`, `.go_away()`, `.back()`."""
    return Bucket(bucket_server, settings, monkeypatch)


@pytest.fixture(params=["folder", "bucket"])
def either_storage(request: pytest.FixtureRequest) -> None:
    """Run the test twice: with files in a folder, and in a bucket."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")


# --- Browser ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the machine, driven by Playwright. Tests use `page` and `page_without_javascript`."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = needed("browser", next(filter(None, map(shutil.which, names)), None), package="chromium")
    arguments = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    arguments += ["--disable-component-update", "--disable-sync"]
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's event loop lives in the thread of the tests, where Django then refuses the database. No code of ours
        # runs in that loop.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with playwright.chromium.launch(executable_path=path, args=arguments) as browser:
            yield browser


@pytest.fixture
def offences() -> Iterator[list[str]]:
    """What pages did that no page may: raise an error in a script, break the Content-Security-Policy, ask another host.

    The test fails when there is any.
    """
    offences: list[str] = []
    yield offences
    assert not offences


@pytest.fixture
def new_page(browser: Browser, live_server: Any, offences: list[str]) -> Iterator[Callable[..., Page]]:
    """Open pages of the running site, each as a visitor of its own: `new_page(**options of Playwright's new_context)`."""
    contexts: list[BrowserContext] = []

    def console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            offences.append(message.text)

    def request(request: Request) -> None:
        if not request.url.startswith((live_server.url, "data:", "blob:")):
            offences.append(f"asked another host: {request.url}")

    def open_page(**options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, locale="nl-NL", **options)
        context.set_default_timeout(10_000)
        context.on("console", console)
        context.on("request", request)
        context.on("weberror", lambda error: offences.append(str(error.error)))
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of a new visitor; `page.goto("/contact/")` is enough."""
    return new_page()


@pytest.fixture
def page_without_javascript(new_page: Callable[..., Page]) -> Page:
    """The same with JavaScript off."""
    return new_page(java_script_enabled=False)
