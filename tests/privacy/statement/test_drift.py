"""Drift: each deviation of the site from the version in force stands on the admin's first page, and nothing else does."""

import html
import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from config.settings.environment import Environment
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from contact.models import ContactPage, FormField, FormPurpose
from privacy.register.models import Controller, Cookie, DataCategory, Processor, Purpose
from privacy.statement import cookies
from privacy.statement.drift import SWITCHES, Deviation, deviations
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.subjects.registry import registry
from tests.factories import contact_page, publish

pytestmark = pytest.mark.usefixtures("demo_site")


def page() -> PrivacyStatementPage:
    """Return the statement page as the database has it."""
    return PrivacyStatementPage.objects.get(locale__language_code="nl")


def drift() -> list[Deviation]:
    """Return what deviates now."""
    return deviations(page(), StatementVersion.objects.in_force())


def codes() -> list[str]:
    """Return the codes of what deviates now."""
    return [item.code for item in drift()]


def test_a_site_that_does_what_it_says_has_none() -> None:
    assert drift() == []


class TestSources:
    """A15: an update of the site may store what the version in force never heard of."""

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"purposes": ["profiling"]}, "A15.purpose"),
            ({"fields": {"form_data": ["fingerprints"]}}, "A15.category"),
            ({"rule": "eternity"}, "A7.rule"),
        ],
    )
    def test_is_held_against_the_version(self, change: dict[str, Any], code: str, monkeypatch: pytest.MonkeyPatch) -> None:
        source = registry.sources["contact.submissions"]
        monkeypatch.setitem(registry.sources, source.key, replace(source, **change))
        (item,) = drift()
        assert item.code == code
        assert "Berichten die u via het contactformulier stuurde" in item.message

    def test_a_row_in_the_register_alone_is_not_enough(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A8: the register is a draft; only publishing tells visitors."""
        source = registry.sources["contact.submissions"]
        monkeypatch.setitem(registry.sources, source.key, replace(source, fields={"form_data": ["fingerprints"]}))
        DataCategory.objects.create(key="fingerprints", name="Vingerafdrukken", origin="van uzelf")
        assert codes() == ["A15.category"]
        publish()
        assert codes() == []


class TestForm:
    """A15: the form is closed then, and the officer is told why."""

    def test_a_field_of_an_unknown_kind(self, client: Client) -> None:
        kind = DataCategory.objects.create(key="hobbies", name="Hobby's", origin="van uzelf")
        FormField.objects.filter(clean_name="message").update(category=kind)
        (item,) = drift()
        assert item.code == "A15.form"
        assert "gesloten" in item.message
        assert "Hobby's" in item.message
        assert item.url == reverse("wagtailadmin_pages:edit", args=[page().pk])
        assert client.get("/contact/").status_code == 503

    def test_a_purpose_that_is_not_published(self) -> None:
        new = Purpose.objects.get(key="newsletter")
        new.pk, new.key, new.name = None, "profiling", "Profielen maken"
        new.save()
        FormPurpose.objects.create(page=contact_page(), purpose=new)
        (item,) = drift()
        assert "Profielen maken" in item.message

    def test_a_form_that_is_not_live_asks_nothing(self) -> None:
        FormPurpose.objects.all().delete()
        (item,) = drift()
        assert item.url.startswith(reverse("wagtailadmin_pages:edit", args=[contact_page().pk]) + "#")
        for page in ContactPage.objects.all():
            page.unpublish()
        assert codes() == []

    def test_each_language_is_looked_at(self) -> None:
        english = ContactPage.objects.get(locale__language_code="en")
        FormPurpose.objects.filter(page=english).delete()
        (item,) = drift()
        assert item.url.startswith(reverse("wagtailadmin_pages:edit", args=[english.pk]) + "#")


def in_a_bucket_at(host: str) -> dict[str, Any]:
    """Return the setting for private files in a bucket."""
    url = f"s3://sleutel:geheim@{host}/koel"
    return {"private": Environment.read(os.environ | {"PRIVATE_STORAGE_URL": url}).private_storage_url}


#: Setting -> a value that sends data to somebody outside.
OUTSIDE: dict[str, Any] = {
    "RECAPTCHA_PRIVATE_KEY": "key",
    "EMAIL_HOST": "smtp.voorbeeld.example",
    "SENTRY_DSN": "https://x@sentry.example/1",
    "DATABASES": {"default": {**settings.DATABASES["default"], "HOST": "db.voorbeeld.example"}},
    "REDIS_URL": "rediss://:geheim@redis.voorbeeld.example:6379/0",
    "BUCKETS": in_a_bucket_at("s3.voorbeeld.example"),
}


@pytest.fixture
def switch_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Any], None]:
    """Give a setting another value, for the check alone: the test keeps its own database."""

    def change(name: str, value: Any) -> None:
        others = SimpleNamespace(**{switch.name: getattr(settings, switch.name, None) for switch in SWITCHES})
        setattr(others, name, value)
        monkeypatch.setattr("privacy.statement.drift.settings", others)

    return change


class TestSwitches:
    """A5: who receives data because of a setting is named in the version in force."""

    @pytest.fixture(autouse=True)
    def _names_nobody_of_them(self, demo_site: None) -> None:
        """The demo names who runs its mailboxes and its storage; here they do something else."""
        for number, theirs in enumerate(Processor.objects.filter(key__in=["mailbox", "storage"])):
            theirs.key, theirs.name, theirs.service = f"other{number}", "Iemand", "iets"
            theirs.save()
        publish()

    def test_each_is_tried_here(self) -> None:
        assert set(OUTSIDE) == {switch.name for switch in SWITCHES}

    @pytest.mark.parametrize("name", OUTSIDE)
    def test_a_service_without_recipient(self, name: str, switch_on: Callable[[str, Any], None]) -> None:
        switch_on(name, OUTSIDE[name])
        (item,) = drift()
        assert item.code == "A5.recipient"
        assert resolve(item.url).view_name == "privacy-processor:add"
        assert not re.search(r"voorbeeld|geheim|sentry\.example", item.message)

    @pytest.mark.parametrize("host", ["192.0.2.1", "mail.voorbeeld.example", "2001:db8::1", "[2001:db8::1]"])
    def test_a_host_of_others_is_somebody(self, host: str, switch_on: Callable[[str, Any], None]) -> None:
        switch_on("EMAIL_HOST", host)
        assert codes() == ["A5.recipient"]

    @pytest.mark.parametrize("host", ["", "localhost", "127.0.0.1", "mail", "10.0.0.5", "192.168.1.2", "::1", "fd00::5"])
    def test_a_server_of_our_own_is_nobody(self, host: str, switch_on: Callable[[str, Any], None]) -> None:
        switch_on("EMAIL_HOST", host)
        assert codes() == []
        switch_on("DATABASES", {"default": {"HOST": host}})
        assert codes() == []

    @pytest.mark.parametrize("host", ["minio:9000", "127.0.0.1:9000", "10.0.0.5"])
    def test_nor_is_a_bucket_of_our_own(self, host: str, switch_on: Callable[[str, Any], None]) -> None:
        switch_on("BUCKETS", in_a_bucket_at(host))
        assert codes() == []

    def test_a_socket_is_nobody_and_one_host_of_several_is_somebody(self, switch_on: Callable[[str, Any], None]) -> None:
        switch_on("DATABASES", {"default": {"HOST": "", "OPTIONS": {"host": "/var/run/post.gresql"}}})
        assert codes() == []
        switch_on("REDIS_URL", "unix:///run/val.key")
        assert codes() == []
        switch_on("DATABASES", {"default": {"HOST": "db,db.voorbeeld.example"}})
        assert codes() == ["A5.recipient"]

    @pytest.mark.parametrize("switch", SWITCHES, ids=[switch.name for switch in SWITCHES])
    @pytest.mark.parametrize("by", ["key", "service"])
    def test_a_recipient_counts_once_it_is_published(self, by: str, switch: Any, switch_on: Callable[[str, Any], None]) -> None:
        """By its key, or by what its service is called."""
        switch_on(switch.name, OUTSIDE[switch.name])
        key, service = (switch.recipient, "iets") if by == "key" else ("other", switch.words[0].title())
        role = Processor.Role.CONTROLLER  # a processor would need an agreement first
        Processor.objects.create(key=key, name="Iemand anders", role=role, service=service, country="Nederland")
        assert codes() == ["A5.recipient"]
        publish()
        assert codes() == []


class TestAgreements:
    """E4, art. 28(3): time ends an agreement while the version that names it is in force."""

    @staticmethod
    def ended_after_publication(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Publish an agreement that ends today; it is tomorrow now."""
        today = timezone.localdate()
        Processor.objects.filter(key=key).update(agreement_ends_on=today)
        publish()
        assert codes() == []
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: today + timedelta(days=1))

    def test_a_processor_that_purposes_feed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ended_after_publication("zoho", monkeypatch)
        (item,) = drift()
        assert item.code == "E4.agreement"
        assert "ZOHO" in item.message
        assert item.url == reverse("privacy-processor:edit", args=[Processor.objects.get(key="zoho").pk])

    def test_a_processor_that_nobody_feeds_is_no_matter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Purpose.recipients.through.objects.filter(processor__key="zoho").delete()
        self.ended_after_publication("zoho", monkeypatch)
        assert codes() == []

    def test_a_new_agreement_counts_once_it_is_published(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ended_after_publication("zoho", monkeypatch)
        Processor.objects.filter(key="zoho").update(agreement_ends_on=None)
        assert codes() == ["E4.agreement"]
        publish()
        assert codes() == []

    def test_a_row_that_is_gone_leads_to_the_statement(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ended_after_publication("zoho", monkeypatch)
        Processor.objects.filter(key="zoho").update(key="other")
        (item,) = drift()
        assert item.url == reverse("wagtailadmin_pages:edit", args=[page().pk])


class TestDemands:
    def test_a_field_that_the_statement_says_may_be_left_out(self, client: Client) -> None:
        """A12, A15: said on the first page; the form says itself what it demands, so it stays open."""
        FormField.objects.filter(clean_name="phone").update(required=True)
        (item,) = drift()
        assert item.code == "A12.form"
        assert "Telefoonnummers" in item.message
        edit = reverse("wagtailadmin_pages:edit", args=[contact_page().pk])
        assert item.url == f"{edit}#id_form_fields-FORMS"
        assert client.get("/contact/").status_code == 200
        DataCategory.objects.filter(key="phone").update(is_required=True)
        assert codes() == ["A12.form"]
        publish()
        assert codes() == []


@pytest.fixture
def extra_cookie(monkeypatch: pytest.MonkeyPatch) -> str:
    """A cookie that a room above declares."""
    monkeypatch.setattr(cookies, "_sources", [*cookies._sources, lambda: ["keuze"]])
    return "keuze"


class TestCookies:
    """G4: every cookie that the site sets is named in the version in force."""

    @pytest.mark.parametrize("name", ["csrftoken", "mijn_gegevens", "sessionid", "wagtail_sidebar_collapsed"])
    def test_one_that_is_no_longer_named(self, name: str) -> None:
        Cookie.objects.filter(name=name).delete()
        assert codes() == []  # the register is a draft
        publish()
        (item,) = drift()
        assert (item.code, item.is_warning) == ("G4.cookie", False)
        assert name in item.message
        assert resolve(item.url).view_name == "privacy-cookie:add"

    def test_one_of_a_room_above(self, extra_cookie: str) -> None:
        assert codes() == ["G4.cookie"]
        Cookie.objects.create(name=extra_cookie, purpose="Onthoudt uw keuze.", lifetime="een jaar", audience="iedereen")
        publish()
        assert codes() == []

    def test_another_name_in_the_settings_is_another_cookie(self, settings: Any) -> None:
        settings.CSRF_COOKIE_NAME = "geheim"
        assert ["geheim" in item.message for item in drift()] == [True]
        settings.CSRF_USE_SESSIONS = True
        assert codes() == []
        settings.MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"
        assert ["messages" in item.message for item in drift()] == [True]

    @pytest.mark.urls("tests.cookie_urls")
    def test_the_language_cookie_counts_where_something_sets_it(self) -> None:
        assert set(cookies.declared()) >= {"csrftoken", "sessionid", "django_language"}

    def test_a_version_from_before_the_register_had_cookies_names_none(self) -> None:
        version = StatementVersion.objects.get()
        del version.facts["cookies"]
        found = {item.code for item in deviations(None, version)}
        assert found == {"G4.cookie"}

    @pytest.mark.urls("tests.cookie_urls")
    def test_one_that_a_response_carries_is_noticed(self, client: Client, django_assert_num_queries: Any) -> None:
        """G2: whatever was declared. Without a query, and without its value."""
        with django_assert_num_queries(0):
            client.get("/sets-a-cookie/")
        assert cookies.noticed() == {"volger"}
        found = deviations(None, StatementVersion.objects.get())
        assert [item.code for item in found if "volger" in item.message] == ["G4.cookie"]
        assert not any("waarde" in item.message for item in found)

    @pytest.mark.urls("tests.cookie_urls")
    def test_one_that_is_taken_away_is_not(self, client: Client) -> None:
        client.get("/takes-a-cookie-away/")
        assert cookies.noticed() == set()

    def test_what_is_declared_never_asks_the_cache(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[object] = []
        monkeypatch.setattr(cookies, "noticed", lambda: asked.append(None) or set())
        assert client.get("/contact/").cookies
        assert asked == []


class TestOverdue:
    def test_a_planned_publication_that_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A1: the clock has nobody to tell; the first page does, until it went through."""
        planned = page()
        planned.go_live_at = timezone.now() + timedelta(days=7)
        planned.save_revision().publish()
        Controller.objects.update(kvk_number="")
        assert codes() == []
        later = timezone.now() + timedelta(days=8)
        monkeypatch.setattr("django.utils.timezone.now", lambda: later)
        call_command("publish_scheduled")
        (item,) = drift()
        assert item.code == "A1.overdue"
        assert "KvK-nummer" in item.message

        Controller.objects.update(kvk_number="57680701")
        assert codes() == []


class TestFirstPage:
    def test_shows_each_with_a_link_and_no_markup_from_names(self, admin_client: Client) -> None:
        kind = DataCategory.objects.create(key="hobbies", name="<script>", origin="van uzelf")
        FormField.objects.filter(clean_name="message").update(category=kind)
        shown = admin_client.get("/admin/").content.decode()
        for item in deviations(page(), StatementVersion.objects.in_force()):
            (address,) = re.findall(rf'<a href="([^"]+)">{re.escape(html.escape(item.message))}</a>', shown)
            assert admin_client.get(address).status_code == 200

    def test_is_silent_when_all_is_well(self, admin_client: Client) -> None:
        shown = admin_client.get("/admin/").content.decode()
        assert "versie 1 geldt" in shown
        assert "privacy-todo__line--broken" not in shown

    def test_says_only_the_worst_while_nothing_is_in_force(self, admin_client: Client) -> None:
        """Invariant 1."""
        page().unpublish()
        FormPurpose.objects.all().delete()
        shown = admin_client.get("/admin/").content.decode()
        assert "Er geldt geen privacyverklaring" in shown
        assert "privacy-todo__line--broken" not in shown

    def test_costs_the_same_with_many_rows_and_many_versions(self) -> None:
        def cost() -> int:
            with CaptureQueriesContext(connection) as queries:
                deviations(page(), StatementVersion.objects.in_force())
            return len(queries)

        cost()  # fills Wagtail's cache of sites
        before = cost()
        first = Purpose.objects.get(key="enquiry")
        field = contact_page().form_fields.get(clean_name="company")
        for number in range(15):
            Purpose.objects.create(
                key=f"p{number}", name="p", description="p", legal_basis="b", retention_rule=first.retention_rule
            )
            field.pk, field.clean_name = None, f"field_{number}"
            field.save()
        version = StatementVersion.objects.get()
        for number in (2, 3):
            version.pk, version.number = None, number
            version.save(force_insert=True)
        assert cost() == before
        assert before <= 20
