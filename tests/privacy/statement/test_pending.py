"""A change in the register is a draft, and the officer reads so until it is published."""

from typing import Any

import pytest
from config.roles import AUDITOR
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from privacy.register.models import RetentionRule
from privacy.statement.models import PrivacyStatementPage
from tests.factories import publish, set_period

pytestmark = pytest.mark.usefixtures("demo_site")

SENTENCE = "Wijzigingen gelden pas als de verklaring is gepubliceerd."


def read(client: Client, view: str = "index", *args: Any) -> str:
    """Return a screen of the list of periods."""
    return client.get(reverse(f"privacy-retentionrule:{view}", args=args)).content.decode()


def test_a_register_as_published_has_nothing_to_say(admin_client: Client) -> None:
    """A8."""
    rule = RetentionRule.objects.get(key="relations")
    for screen in (read(admin_client), read(admin_client, "add"), read(admin_client, "edit", rule.pk)):
        assert SENTENCE not in screen
    assert "Nog niet gepubliceerd" not in admin_client.get("/admin/").content.decode()


def test_after_saving_every_screen_says_that_it_is_not_in_force(admin_client: Client) -> None:
    """A8: with the way to the page where it is published."""
    rule = RetentionRule.objects.get(key="relations")
    fields = {"name": rule.name, "key": rule.key, "start_event": rule.start_event, "action": rule.action, "reason": rule.reason}
    edit = reverse("privacy-retentionrule:edit", args=[rule.pk])
    saved = admin_client.post(
        edit,
        fields | {"months": "36", "days": "0", "notice_days": "0", "owner": "de eigenaar", "review_months": "12"},
        follow=True,
    ).content.decode()
    editor = reverse("wagtailadmin_pages:edit", args=[PrivacyStatementPage.objects.get(locale__language_code="nl").pk])
    for screen in (saved, read(admin_client, "add"), read(admin_client, "edit", rule.pk)):
        assert SENTENCE in screen
        assert editor in screen


def test_the_first_page_lists_what_differs(admin_client: Client) -> None:
    """A20: as it is in the statement, and as the register has it."""
    RetentionRule.objects.create(key="spare", name="Reserve", months=1)
    set_period(36)
    panel = admin_client.get("/admin/").content.decode().split("Nog niet gepubliceerd", 1)[1]
    assert panel.index("24 maanden (2 jaar)") < panel.index("36 maanden (3 jaar)")
    assert "Reserve" in panel


def test_who_may_not_edit_the_statement_is_not_led_there(client: Client) -> None:
    """An auditor reads the version in force instead."""
    auditor = User.objects.create_user("controleur", is_staff=True)
    auditor.groups.add(Group.objects.get(name=AUDITOR.name))
    client.force_login(auditor)
    set_period(36)
    editor = reverse("wagtailadmin_pages:edit", args=[PrivacyStatementPage.objects.get(locale__language_code="nl").pk])
    for screen in (client.get("/admin/").content.decode(), read(client)):
        assert editor not in screen
    assert SENTENCE in screen
    assert reverse("statement-version", args=[1]) in client.get("/admin/").content.decode()
    PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
    for screen in ("/admin/", reverse("privacy-plan:index"), reverse("privacy-record:index")):
        assert editor not in client.get(screen).content.decode()


def test_who_may_publish_is_led_there_while_no_statement_is_in_force(admin_client: Client) -> None:
    page = PrivacyStatementPage.objects.get(locale__language_code="nl")
    page.unpublish()
    editor = reverse("wagtailadmin_pages:edit", args=[page.pk])
    for screen in ("/admin/", reverse("privacy-plan:index"), reverse("privacy-record:index")):
        assert f'href="{editor}"' in admin_client.get(screen).content.decode()


def test_publishing_ends_it(admin_client: Client) -> None:
    set_period(36)
    publish()
    assert SENTENCE not in read(admin_client)
    assert "Nog niet gepubliceerd" not in admin_client.get("/admin/").content.decode()
