"""Pages for what went wrong say so honestly, in both languages, and stand without database and cache."""

from typing import Any

import pytest
from config import errors
from config.embedded import Servers
from django.core.files.base import ContentFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from pytest_django import Settings
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.models import Page

from home.models import ContentPage, HomePage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


def about() -> ContentPage:
    return ContentPage.objects.get(slug="over-ons")


def status(client: Client, path: str = "/over-ons/") -> int:
    return client.get(path).status_code


class TestGone:
    def test_an_unpublished_page_was_here(self, client: Client) -> None:
        about().unpublish()
        response = client.get("/over-ons/")
        assert response.status_code == 410
        assert "Deze pagina is weggehaald" in response.content.decode()
        assert 'content="noindex"' in response.content.decode()
        assert not response.cookies
        about().save_revision().publish()
        assert status(client) == 200

    def test_a_deleted_page_was_here(self, client: Client) -> None:
        about().add_child(instance=ContentPage(title="Dieper", slug="dieper", first_published_at=about().first_published_at))
        about().delete()
        assert status(client) == status(client, "/over-ons/dieper/") == 410
        HomePage.objects.get(locale__language_code="nl").add_child(instance=ContentPage(title="Over ons", slug="over-ons"))
        assert status(client) == 200

    def test_a_draft_never_was_here(self, client: Client) -> None:
        home = HomePage.objects.get(locale__language_code="nl")
        draft = home.add_child(instance=ContentPage(title="Concept", slug="concept", live=False))
        assert status(client, "/concept/") == 404
        draft.delete()
        assert status(client, "/concept/") == 404
        assert status(client, "/nooit/") == 404

    def test_where_an_editor_points_elsewhere_it_goes_there(self, client: Client) -> None:
        Redirect.objects.create(old_path="/over-ons", redirect_link="/contact/")
        about().delete()
        assert client.get("/over-ons/")["Location"] == "/contact/"
        assert Redirect.objects.filter(old_path="/over-ons").count() == 1

    def test_a_page_that_moved_is_found(self, client: Client, django_capture_on_commit_callbacks: Any) -> None:
        page = about()
        page.slug = "wie-wij-zijn"
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()
        assert client.get("/over-ons/")["Location"] == "/wie-wij-zijn/"

    def test_a_deleted_document_was_here(self, admin_client: Client, client: Client) -> None:
        document = Document.objects.create(title="Brief", file=ContentFile(b"tekst", "brief.txt"))
        url = document.url
        admin_client.post(reverse("wagtaildocs:delete", args=[document.pk]))
        assert status(client, url) == 410
        assert status(client, "/documents/9999/brief.txt") == 404

    def test_nobody_is_told_where_a_form_or_a_statement_was(self, client: Client) -> None:
        """The statement has addresses of its own, which say by themselves whether something is in force."""
        Page.objects.get(slug="privacy", locale__language_code="nl").unpublish()
        assert status(client, "/privacy/") == 404

    def test_in_english(self, client: Client) -> None:
        Page.objects.get(slug="about").unpublish()
        response = client.get("/en/about/")
        assert response.status_code == 410
        assert '<html lang="en">' in response.content.decode()
        assert 'href="/en/"' in response.content.decode()


@pytest.mark.django_db(transaction=True)
class TestEverythingGone:
    """With PostgreSQL and Valkey really stopped."""

    @pytest.fixture(autouse=True)
    def _back_again(self, servers: Servers) -> Any:
        yield
        servers.ask("start", "postgres")
        connection.close()

    @pytest.mark.parametrize(("path", "language"), [("/over-ons/", "nl"), ("/en/privacy/", "en"), ("/admin/login/", "nl")])
    def test_a_page_asks_to_come_back(self, client: Client, servers: Servers, path: str, language: str) -> None:
        client.raise_request_exception = False
        connection.close()
        servers.ask("stop", "postgres")
        servers.ask("stop", "valkey")
        response = client.get(path)
        with override(language):
            said = _("Even niet bereikbaar")
        assert response.status_code == 503
        assert response["Retry-After"] == "60"
        assert response["Cache-Control"] == "no-store"
        assert f"<h1>{said}</h1>" in response.content.decode()
        assert f'<html lang="{language}">' in response.content.decode()
        assert response["Content-Security-Policy"]

    @pytest.mark.parametrize(("path", "language"), [("/over-ons/", "nl"), ("/en/privacy/", "en")])
    def test_an_error_of_ours_has_its_page(
        self, client: Client, servers: Servers, monkeypatch: pytest.MonkeyPatch, path: str, language: str
    ) -> None:
        def broken(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError

        client.raise_request_exception = False
        monkeypatch.setattr(errors.ErrorPages, "process_exception", broken)
        connection.close()
        servers.ask("stop", "postgres")
        servers.ask("stop", "valkey")
        response = client.get(path)
        with override(language):
            said = _("Er ging iets mis")
        assert response.status_code == 500
        assert f"<h1>{said}</h1>" in response.content.decode()
        assert response["X-Content-Type-Options"] == "nosniff"


def test_a_database_that_refuses_is_no_page_for_readers_to_keep(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PAGE_CACHE = True

    def busy(*args: Any, **kwargs: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(ContentPage, "serve", busy)
    assert status(client) == 503
    monkeypatch.undo()
    settings.PAGE_CACHE = True
    assert status(client) == 200
