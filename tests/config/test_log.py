"""I12, invariant 3: a path that opens somebody's page never stands in the log."""

import io
import logging
from collections.abc import Iterator

import pytest
from config.log import WithoutKeys, without_keys
from django.conf import settings
from django.test import Client

TOKEN = "q8dB-3Zp_w0Gk1XyVt5mNn7LrS2hJcA9EuTfPiQoK4Y"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the handler of the settings writes."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(WithoutKeys())
    root = logging.getLogger()
    root.addHandler(handler)
    yield out
    root.removeHandler(handler)


@pytest.mark.parametrize(
    "path",
    [
        f"/toestemming/{TOKEN}/",
        f"/toestemming/{TOKEN}",
        f"/toestemming//{TOKEN}/",
        f"/toestemming/{TOKEN}/afmelden/newsletter/",
        f"/en/consent/{TOKEN}/",
        f"/mijn-gegevens/{TOKEN}/",
        f"/en/my-data/{TOKEN}/download/",
        f"/bestaat-niet/?volgende=/toestemming/{TOKEN}/",
    ],
)
def test_the_key_is_taken_out_and_the_page_stays(path: str) -> None:
    assert TOKEN not in without_keys(f"Not Found: {path}")
    assert path.split(TOKEN, maxsplit=1)[0] in without_keys(f"Not Found: {path}")


@pytest.mark.parametrize("path", ["/toestemming/controle/", "/toestemming/sleutel.json", "/toestemming/", "/contact/"])
def test_other_paths_stay_as_they_are(path: str) -> None:
    assert without_keys(f"Not Found: {path}") == f"Not Found: {path}"


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
def test_nothing_that_django_logs_about_such_a_page_holds_its_key(client: Client, log: io.StringIO) -> None:
    for path in (f"/toestemming/{TOKEN}/", f"/toestemming/{TOKEN}/bestaat-niet/", f"/mijn-gegevens/{TOKEN}/x/"):
        assert client.get(path).status_code == 404
    assert client.put(f"/toestemming/{TOKEN}/").status_code == 405
    assert "Not Found: /toestemming/…/" in log.getvalue()
    assert TOKEN not in log.getvalue()


def test_nor_does_a_traceback(log: io.StringIO) -> None:
    try:
        raise RuntimeError(f"/toestemming/{TOKEN}/")
    except RuntimeError:
        logging.getLogger("test").exception("Internal Server Error: %s", f"/toestemming/{TOKEN}/")
    assert "RuntimeError: /toestemming/…/" in log.getvalue()
    assert TOKEN not in log.getvalue()


def test_every_handler_of_the_settings_has_the_filter() -> None:
    handlers = settings.LOGGING["handlers"]
    assert all("without_keys" in handler.get("filters", ()) for handler in handlers.values())
    assert not any(logger["handlers"] for logger in settings.LOGGING["loggers"].values())
