"""`manage.py demo`: whole or not at all, once, and never over an editor's work."""

import json
import re
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from demo.admin import NAME
from demo.build import SiteTaken, build
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings
from wagtail.models import Page, Site

from home.models import ContentPage, HomePage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    settings.DATA = tmp_path / "data"
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def _unscaled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the pictures as large as they were drawn, which is quick; every other test has them scaled."""
    monkeypatch.setattr("demo.cases.scale_pictures", lambda: None)


def demo() -> tuple[str, dict[str, Any]]:
    """Run the command; return all it printed and the object on its last line."""
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue(), json.loads(out.getvalue().splitlines()[-1])


def test_builds_the_site_of_the_contract(client: Client) -> None:
    _, result = demo()
    assert result == {"pages": 18, "created": True}
    dutch = ("/", "/werk/", "/werk/deze-website/", "/over-ons/", "/privacy/", "/contact/", "/algemene-voorwaarden/")
    english = (
        "/en/",
        "/en/our-work/",
        "/en/our-work/this-website/",
        "/en/about/",
        "/en/privacy/",
        "/en/contact/",
        "/en/terms-and-conditions/",
    )
    for path in (*dutch, *english):
        assert client.get(path).status_code == 200, path
    site = Site.objects.get()
    assert site.is_default_site
    assert site.root_page.specific_class is HomePage
    assert not Page.objects.filter(title__startswith="Welcome").exists()


def test_again_changes_nothing_an_editor_changed() -> None:
    demo()
    about = ContentPage.objects.get(slug="over-ons")
    about.title = "Wie wij zijn"
    about.save_revision().publish()
    ContentPage.objects.get(slug="algemene-voorwaarden").delete()
    _, result = demo()
    assert result == {"pages": 17, "created": False}
    assert ContentPage.objects.get(locale__language_code="nl").title == "Wie wij zijn"


def test_a_site_of_an_older_demo_without_english_pages_stays_whole(client: Client) -> None:
    """Its footer leads to pages that are there, its menu is the Dutch one, and nothing is added."""
    demo()
    HomePage.objects.get(locale__language_code="en").unpublish()
    Page.objects.filter(locale__language_code="en").exclude(slug="privacy").update(live=False)
    assert demo()[1] == {"pages": 18, "created": False}
    text = client.get("/en/privacy/").content.decode()
    links = set(re.findall(r'href="(/[^"#]*)"', text))
    assert "/contact/" in links
    assert [path for path in links if not path.startswith("/static/") and client.get(path).status_code != 200] == []


def test_pages_of_others_are_left_alone() -> None:
    root = Page.get_first_root_node()
    welcome = root.get_children().get()
    welcome.add_child(instance=Page(title="Van iemand anders", slug="anders"))
    before = set(Page.objects.values_list("pk", "title"))
    with pytest.raises(SiteTaken):
        build()
    assert set(Page.objects.values_list("pk", "title")) == before
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("demo", stdout=out)
    assert "error" in json.loads(out.getvalue().splitlines()[-1])


def test_half_a_site_is_no_site(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails halfway leaves the database as it was."""

    def fail(*args: Any) -> None:
        raise RuntimeError

    before = set(Page.objects.values_list("pk", "title"))
    monkeypatch.setattr("demo.statement.load", fail)
    with pytest.raises(RuntimeError):
        build()
    assert set(Page.objects.values_list("pk", "title")) == before
    assert Site.objects.exists()


class TestAdministrator:
    def test_gets_a_password_of_its_own(self, data: Path) -> None:
        printed, _ = demo()
        path = data / "admin-password"
        password = path.read_text().strip()
        assert len(password) >= 20
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert password in printed
        user = authenticate(username=NAME, password=password)
        assert user is not None
        assert user.is_superuser

    def test_is_made_once(self, data: Path) -> None:
        demo()
        password = (data / "admin-password").read_text()
        printed, _ = demo()
        assert (data / "admin-password").read_text() == password
        assert password.strip() not in printed
        assert get_user_model().objects.count() == 1

    def test_is_never_made_where_there_is_no_data_folder(self, settings: Settings) -> None:
        """Production has none."""
        del settings.DATA
        demo()
        assert not get_user_model().objects.exists()

    def test_production_has_no_data_folder(self) -> None:
        source = Path(__file__).parents[2] / "site" / "config" / "settings"
        for name in ("base.py", "production.py"):
            assert "\nDATA =" not in (source / name).read_text()
