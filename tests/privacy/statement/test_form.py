"""The editor's form of the statement: what the gate's links lead to is there, whatever language the editor prefers."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.users.models import UserProfile

from privacy.statement.models import PrivacyStatementPage
from tests.factories import statement_form

pytestmark = pytest.mark.usefixtures("demo_site")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_sections_have_an_address_in_every_language(admin_client: Client, admin_user: User, language: str) -> None:
    """A11: Wagtail makes its own ids from headings, which are translated, so the link names one of ours."""
    UserProfile.objects.create(user=admin_user, preferred_language=language)
    page = PrivacyStatementPage.source()
    assert page
    page.body = [(block.block_type, block.value) for block in page.body if block.block_type != "complaint"]
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    shown = admin_client.post(url, statement_form(page, publish=True)).content.decode()
    assert f'<html lang="{language}"' in shown
    assert 'href="#statement-sections"' in shown
    assert shown.count('id="statement-sections"') == 1
    assert 'id="statement-sections"' in admin_client.get(url).content.decode()
