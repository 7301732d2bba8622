"""What real responses of production's settings say to browsers, page by page (law.md B14, G2, G3)."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from privacy.consent.links import consents_url
from tests.factories import DataSubjectFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site", "in_production")]

READERS = ["/", "/over-ons/", "/privacy/", "/privacy/versies/1/verschil/", "/privacy/verklaring.json", "/sitemap.xml"]
OTHERS = ["/contact/", "/mijn-gegevens/", "/toestemming/controle/", "/bestaat-niet/", "/toestemming/onzin/"]


@pytest.fixture
def in_production(settings: Settings) -> None:
    """What `settings/production.py` sets, and the cache."""
    from config.settings import production

    for name in dir(production):
        if name.startswith(("SECURE_", "SESSION_COOKIE_", "CSRF_COOKIE_")):
            setattr(settings, name, getattr(production, name))
    settings.PAGE_CACHE = True


def get(path: str) -> object:
    return Client().get(path, headers={"x-forwarded-proto": "https"})


@pytest.mark.parametrize("path", READERS + OTHERS)
def test_every_page_is_locked_down(path: str) -> None:
    for response in (get(path), get(path)):  # made, and from the cache
        headers = response.headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert not re.search(r"unsafe|\*|http", headers["Content-Security-Policy"])
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] in {"strict-origin-when-cross-origin", "same-origin", "no-referrer"}
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        allowed = headers["Permissions-Policy"]
        for power in ("camera", "geolocation", "microphone", "browsing-topics"):
            assert f"{power}=()" in allowed


@pytest.mark.parametrize("path", READERS)
def test_readers_get_no_cookie(path: str) -> None:
    """G2."""
    assert not get(path).cookies


@pytest.mark.parametrize("path", ["/contact/", "/mijn-gegevens/"])
def test_the_cookie_of_a_form(path: str) -> None:
    """G3: for the session only, and for nobody's scripts."""
    response = get(path)
    assert list(response.cookies) == ["csrftoken"]
    cookie = response.cookies["csrftoken"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["max-age"] == cookie["expires"] == ""
    assert "no-store" in response["Cache-Control"]


def test_a_page_behind_a_token_needs_no_cookie_and_tells_nobody() -> None:
    """I12, I15."""
    response = get(consents_url(DataSubjectFactory.create()).split("localhost", 1)[1])
    assert response.status_code == 200
    assert not response.cookies
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


def test_without_tls_nothing_is_said() -> None:
    response = Client().get("/privacy/")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/privacy/")
