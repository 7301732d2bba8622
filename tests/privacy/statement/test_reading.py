"""Reading: the statement in force, every version as it was, and neither costs more as versions pile up."""

import json
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.test.utils import WagtailTestUtils

from privacy.register.models import Controller, Processor, Purpose, RetentionRule
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from tests.factories import publish, set_period

pytestmark = pytest.mark.usefixtures("demo_site")


def text_of(response: Any) -> str:
    """Return the body of a page that was found."""
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_statement_in_force_shows_number_and_date(client: Client) -> None:
    assert "Versie 1, laatst herzien op " in text_of(client.get("/privacy/"))
    publish()
    html = text_of(client.get("/privacy/"))
    assert "Versie 2, laatst herzien op " in html
    assert "Versie 1" not in html


def test_a_version_stays_as_it_was_byte_for_byte(client: Client) -> None:
    """A19, EDPB 05/2020 p. 108: a copy of what was shown, whatever is changed and published afterwards."""
    before = client.get("/privacy/versies/1/")
    assert before.status_code == 200
    article = StatementVersion.objects.get().html
    assert article in before.content.decode()

    set_period(6)
    Controller.objects.update(name="Anders BV", kvk_number="12345678")
    Purpose.objects.all().update(name="Anders")
    Processor.objects.all().delete()
    assert client.get("/privacy/versies/1/").content == before.content

    page = PrivacyStatementPage.objects.get(locale__language_code="nl")
    page.title, page.seo_title, page.search_description = "Anders", "Anders", "Anders"
    del page.body[-1]
    page.save_revision().publish()
    after = client.get("/privacy/versies/1/")
    assert after.content == before.content
    # How long a cache may keep it is what is left of the minute.
    del before["Cache-Control"], after["Cache-Control"]
    assert after.headers.items() == before.headers.items()


def test_all_versions_are_listed_newest_first_with_their_note(client: Client) -> None:
    publish("Telefoon & <adres> gewijzigd.")
    publish("Kortere termijn.")
    html = text_of(client.get("/privacy/versies/"))
    assert re.findall(r'href="/privacy/versies/(\d+)/"', html) == ["3", "2", "1"]
    assert "Telefoon &amp; &lt;adres&gt; gewijzigd." in html


def test_a_version_that_never_was_is_not_found(client: Client) -> None:
    assert client.get("/privacy/versies/2/").status_code == 404
    assert client.get("/privacy/versies/0/").status_code == 404


def test_without_a_published_statement_there_is_none_to_read(client: Client) -> None:
    """Invariant 1."""
    PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
    assert client.get("/privacy/").status_code == 404


def test_a_draft_shows_nowhere(client: Client) -> None:
    draft = PrivacyStatementPage.objects.get(locale__language_code="nl")
    before = client.get("/privacy/").content
    draft.title = "Concept van morgen"
    draft.save_revision()
    assert client.get("/privacy/").content == before


@pytest.mark.parametrize("path", ["/privacy/", "/privacy/versies/", "/privacy/versies/1/"])
def test_readers_get_no_cookie(client: Client, path: str) -> None:
    """G2."""
    response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies


class TestManyVersions:
    """Versions pile up for ever; no page may pay for them (A19)."""

    def cost(self, client: Client, path: str) -> tuple[int, str]:
        """Return the number of queries, and the page with its numbers masked: they may grow a digit."""
        client.get(path)  # fills what Django and Wagtail keep in memory
        with CaptureQueriesContext(connection) as captured:
            html = text_of(client.get(path))
        return len(captured), re.sub(r"\d+", "0", html)

    @pytest.mark.parametrize("path", ["/privacy/", "/privacy/versies/1/", "/privacy/versies/1/verklaring.json"])
    def test_a_page_costs_the_same_queries_and_bytes(self, client: Client, path: str) -> None:
        before = self.cost(client, path)
        _versions_up_to(61)
        assert self.cost(client, path) == before
        assert before[0] <= 12

    def test_the_list_costs_the_same_queries_and_its_pages_the_same_bytes(self, client: Client) -> None:
        queries, _one = self.cost(client, "/privacy/versies/")
        _versions_up_to(41)
        few = self.cost(client, "/privacy/versies/")
        _versions_up_to(90)
        assert self.cost(client, "/privacy/versies/") == few
        assert few[0] == queries
        assert self.cost(client, "/privacy/versies/?p=3") == self.cost(client, "/privacy/versies/?p=4")

    def test_every_version_is_on_one_page_of_the_list(self, client: Client) -> None:
        _versions_up_to(60)
        found: list[str] = []
        path = "/privacy/versies/"
        while path:
            page = WagtailTestUtils.get_soup(client.get(path).content)
            shown = [item.a.text for item in page.select(".version-list > li")]
            assert shown[0] == f"Versie {page.select_one('.version-list')['start']}"
            found += shown
            older = page.select_one("nav.pager a[rel=next]")
            path = older["href"] if older else ""
        assert found == [f"Versie {number}" for number in range(60, 0, -1)]

    def test_pages_lead_to_each_other_and_say_where_one_is(self, client: Client) -> None:
        _versions_up_to(60)

        def links(path: str) -> dict[str, str]:
            pager = WagtailTestUtils.get_soup(client.get(path).content).select_one('nav[aria-label="Bladeren door de versies"]')
            return {link.text: link["href"] for link in pager.select("a")}

        assert links("/privacy/versies/") == {"Oudere versies": "/privacy/versies/?p=2"}
        assert links("/privacy/versies/?p=2") == {
            "Nieuwere versies": "/privacy/versies/",
            "Oudere versies": "/privacy/versies/?p=3",
        }
        assert links("/privacy/versies/?p=3") == {"Nieuwere versies": "/privacy/versies/?p=2"}
        html = text_of(client.get("/privacy/versies/?p=2"))
        assert "Pagina 2 van 3" in html
        assert "<title>Alle versies (pagina 2)" in html

    @pytest.mark.parametrize(("asked", "shown"), [("x", "1"), ("", "1"), ("0", "3"), ("99", "3"), ("-1", "3")])
    def test_a_page_that_is_not_there(self, client: Client, asked: str, shown: str) -> None:
        _versions_up_to(60)
        assert f"Pagina {shown} van 3" in text_of(client.get("/privacy/versies/", {"p": asked}))

    def test_a_short_list_has_no_pager(self, client: Client) -> None:
        _versions_up_to(20)
        assert "pager" not in text_of(client.get("/privacy/versies/"))


def _versions_up_to(last: int) -> None:
    """Copy the newest version; publishing sixty times would only be slower."""
    newest = StatementVersion.objects.order_by("-number")[0]
    columns = {field.attname: getattr(newest, field.attname) for field in StatementVersion._meta.concrete_fields}
    StatementVersion.objects.bulk_create(
        StatementVersion(**columns | {"id": None, "number": number}) for number in range(newest.number + 1, last + 1)
    )


def test_what_the_register_says_is_text_and_never_code(client: Client) -> None:
    """Staff type it, PostgreSQL keeps it for ever, visitors' browsers must not run it."""
    code = "<script>alert('&')</script>"
    for model in apps.get_app_config("privacy_register").get_models():
        texts = [field for field in model._meta.local_concrete_fields if _is_free_text(field)]
        for row in model._default_manager.all():
            for field in texts:
                room = (field.max_length or 1000) - len(code)
                setattr(row, field.name, f"{getattr(row, field.name)[:room]}{code}")
            row.save()
    version = publish()
    assert code in json.dumps(version.facts)
    for path in ("/privacy/", "/privacy/versies/2/", "/contact/"):
        html = text_of(client.get(path))
        assert "<script>" not in html, "ours have a type"
        assert "&lt;script&gt;alert(&#x27;&amp;&#x27;)" in html
    assert version.html.count("&lt;script&gt;") > RetentionRule.objects.count() + Purpose.objects.count()


def _is_free_text(field: Any) -> bool:
    if not isinstance(field, (models.CharField, models.TextField)) or field.choices or field.name in {"key", "kvk_number"}:
        return False
    return not isinstance(field, (models.EmailField, models.URLField)) and (field.max_length or 1000) >= 100


def test_the_admin_says_which_version_is_in_force_and_in_red_when_none_is(admin_client: Client) -> None:
    """Invariant 1."""
    html = text_of(admin_client.get("/admin/"))
    assert "Privacyverklaring: versie 1 geldt sinds" in html
    assert "Er geldt geen privacyverklaring" not in html
    PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
    html = text_of(admin_client.get("/admin/"))
    warning = html[: html.index("Er geldt geen privacyverklaring")]
    assert "help-critical" in warning[warning.rindex("<div") :]


def test_a_preview_shows_the_register_as_it_is_now() -> None:
    """An editor sees what would be published; visitors do not."""
    set_period(6)
    html = text_of(PrivacyStatementPage.objects.get(locale__language_code="nl").make_preview_request())
    assert "6 maanden na het laatste contact" in html
    assert "nog niet gepubliceerd" in html
