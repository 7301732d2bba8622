"""500, 503 and 403 stand on their own: no database, no cache, no context processor, no working manifest (A16 there too)."""

from typing import Any

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import Settings

TEMPLATES = ["500.html", "503.html", "403_csrf.html"]


@pytest.mark.parametrize("template", TEMPLATES)
def test_renders_with_everything_gone(template: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", gone)
    for name in ("get", "set", "get_many", "add"):
        monkeypatch.setattr(cache, name, gone, raising=False)
    # Hashed names without the list of them: what a broken deployment looks like.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    settings.DEBUG = False
    html = render_to_string(template)
    assert 'href="/static/css/site.css"' in html
    assert '<a href="/privacy/">Privacy</a>' in html
    assert '<a href="/contact/">Contact</a>' in html
    assert '<html lang="nl">' in html
    assert "<h1>" in html


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
def test_an_error_in_a_page_shows_ours(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("home.models.ContentPage.serve", broken, raising=False)
    client.raise_request_exception = False
    response = client.get("/over-ons/")
    assert response.status_code == 500
    assert "Er ging iets mis" in response.content.decode()
    assert not response.cookies


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
def test_an_expired_form_shows_ours() -> None:
    response = Client(enforce_csrf_checks=True).post("/contact/", {"message": "hallo"})
    assert response.status_code == 403
    assert "Het formulier is verlopen" in response.content.decode()
