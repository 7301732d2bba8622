"""A form that the statement in force does not cover goes live by no road (law.md A15; art. 13(3))."""

import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact.models import ContactPage
from privacy.register.models import DataCategory, Purpose
from privacy.statement.gate import PublicationRefused
from tests.factories import contact_page

pytestmark = pytest.mark.usefixtures("demo_site")


def page() -> ContactPage:
    """Return the form as the database has it."""
    return contact_page()


@pytest.fixture
def uncovered() -> ContactPage:
    """A draft that asks for what no statement names."""
    draft: ContactPage = page().get_latest_revision_as_object()
    new = DataCategory.objects.create(key="shoe_size", name="Schoenmaat", origin="van uzelf")
    draft.form_fields = [*page().form_fields.all()]
    draft.form_fields.add(
        page().form_fields.model(
            label="Schoenmaat", field_type="singleline", category=new, purpose=Purpose.objects.get(key="enquiry"), sort_order=9
        )
    )
    draft.save_revision()
    return page()


def asks_for_it() -> bool:
    return page().form_fields.filter(category__key="shoe_size").exists()


def test_a_person_is_refused_and_all_stays_as_it_was(uncovered: ContactPage, admin_user: User) -> None:
    with pytest.raises(PublicationRefused) as refused:
        uncovered.get_latest_revision().publish(user=admin_user)
    assert {problem.code for problem in refused.value.problems} == {"A15.category"}
    assert not asks_for_it()


def test_publishing_in_bulk_leads_to_the_form_and_says_why(uncovered: ContactPage, admin_client: Client) -> None:
    """Wagtail's bulk action publishes the newest draft and has no form to say it in."""
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = admin_client.post(f"{url}?id={uncovered.pk}&next=/admin/", follow=True)
    assert response.redirect_chain[0][0] == reverse("wagtailadmin_pages:edit", args=[uncovered.pk])
    text = response.content.decode()
    assert "niet doorgegaan" in text
    assert "Schoenmaat" in text
    assert not asks_for_it()


def test_the_clock_leaves_it_planned(
    uncovered: ContactPage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    draft = uncovered.get_latest_revision_as_object()
    draft.go_live_at = timezone.now() + timedelta(days=7)
    draft.save_revision().publish()
    moment = timezone.now() + timedelta(days=8)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    with caplog.at_level(logging.WARNING, logger="privacy.statement"):
        call_command("publish_scheduled")
    assert not asks_for_it()
    assert f"The planned publication of page {uncovered.pk} is refused: A15.category" in caplog.messages


def test_a_covered_form_goes_live_by_each_of_them(admin_user: User) -> None:
    draft = page().get_latest_revision_as_object()
    draft.title = "Schrijf ons"
    draft.save_revision().publish(user=admin_user)
    assert page().title == "Schrijf ons"
