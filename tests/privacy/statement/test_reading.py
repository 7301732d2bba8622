"""Reading: the statement in force, every version as it was, and neither costs more as versions pile up."""

import json
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

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

    page = PrivacyStatementPage.objects.get()
    page.title, page.seo_title, page.search_description = "Anders", "Anders", "Anders"
    del page.body[-1]
    page.save_revision().publish()
    after = client.get("/privacy/versies/1/")
    assert after.content == before.content
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
    PrivacyStatementPage.objects.get().unpublish()
    assert client.get("/privacy/").status_code == 404


def test_a_draft_shows_nowhere(client: Client) -> None:
    draft = PrivacyStatementPage.objects.get()
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


@pytest.mark.parametrize("path", ["/privacy/", "/privacy/versies/", "/privacy/versies/1/"])
def test_a_page_costs_the_same_with_many_versions(client: Client, path: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(client.get(path))
        return len(captured)

    client.get(path)  # fills what Django and Wagtail keep in memory
    before = queries()
    _versions_up_to(30)
    assert queries() == before
    assert before <= 12


def _versions_up_to(last: int) -> None:
    """Copy version 1; publishing thirty times would only be slower."""
    original = StatementVersion.objects.get()
    for number in range(2, last + 1):
        original.pk, original.number = None, number
        original.save(force_insert=True)


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
        assert "<script" not in html
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
    PrivacyStatementPage.objects.get().unpublish()
    html = text_of(admin_client.get("/admin/"))
    warning = html[: html.index("Er geldt geen privacyverklaring")]
    assert "help-critical" in warning[warning.rindex("<div") :]


def test_a_preview_shows_the_register_as_it_is_now() -> None:
    """An editor sees what would be published; visitors do not."""
    set_period(6)
    html = text_of(PrivacyStatementPage.objects.get().make_preview_request())
    assert "6 maanden na het laatste contact" in html
    assert "nog niet gepubliceerd" in html
