"""I12, invariant 3: a path that opens somebody's page never stands in the log."""

import io
import logging
from collections.abc import Iterator

import pytest
from config.log import WithoutKeys, without_keys
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

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
        f"/en//consent/{TOKEN}/unsubscribe/newsletter/",
        f"/mijn-gegevens/{TOKEN}/",
        f"/en/my-data/{TOKEN}/download/",
        f"/bestaat-niet/?volgende=/toestemming/{TOKEN}/",
    ],
)
def test_the_key_is_taken_out_and_the_page_stays(path: str) -> None:
    assert TOKEN not in without_keys(f"Not Found: {path}")
    assert path.split(TOKEN, maxsplit=1)[0] in without_keys(f"Not Found: {path}")


def test_what_somebody_searches_for_is_not_logged() -> None:
    line = '"GET /admin/privacy-subjects/?q=jan%40voorbeeld.example HTTP/1.1" 200 36439'
    assert without_keys(line) == '"GET /admin/privacy-subjects/?… HTTP/1.1" 200 36439'


@pytest.mark.parametrize(
    "path",
    [
        "/toestemming/controle/",
        "/toestemming/sleutel.json",
        "/toestemming/",
        "/en/consent/check/",
        "/en/consent/key.json",
        "/contact/",
        "/srv/site/privacy/consent/views.py",
        "privacy_consent/page.html",
    ],
)
def test_other_paths_stay_as_they_are(path: str) -> None:
    assert without_keys(f"Not Found: {path}") == f"Not Found: {path}"


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_the_filter_knows_the_addresses_of_every_language(language: str) -> None:
    """Those are translated in the catalogue, far from the filter."""
    with translation.override(language):
        keys = [reverse("privacy_consent:page", args=[TOKEN])]
        keys += [reverse(f"privacy_consent:{name}", args=[TOKEN, "newsletter"]) for name in ("confirm", "unsubscribe")]
        others = [reverse(f"privacy_consent:{name}") for name in ("check", "keys")]
    assert not any(TOKEN in without_keys(f"Not Found: {path}") for path in keys)
    assert [without_keys(path) for path in others] == others


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
def test_nothing_that_django_logs_about_such_a_page_holds_its_key(client: Client, log: io.StringIO) -> None:
    for path in (
        f"/toestemming/{TOKEN}/",
        f"/toestemming/{TOKEN}/bestaat-niet/",
        f"/mijn-gegevens/{TOKEN}/x/",
        f"/en/consent/{TOKEN}/",
        f"/en/consent/{TOKEN}/nothing-here/",
    ):
        assert client.get(path).status_code == 404
    assert client.put(f"/toestemming/{TOKEN}/").status_code == 405
    assert "Not Found: /toestemming/…/" in log.getvalue()
    assert "Not Found: /en/consent/…/" in log.getvalue()
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
