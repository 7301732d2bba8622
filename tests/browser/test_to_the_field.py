"""A link of the gate ends at its field, in sight: also at the bottom of a long form, and among the English words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect

from privacy.register.models import Processor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo_site"),
]


@pytest.mark.parametrize("field", ["id_transfer", "id_agreement_date", "id_transfer_en"])
def test_the_field_is_in_sight(new_page: Callable[..., Page], admin_user: User, live_server: Any, field: str) -> None:
    """A6, A17, E3: Wagtail's scripts stop the browser on its way there, and a folded panel hides where it goes."""
    client = Client()
    client.force_login(admin_user)
    name = settings.SESSION_COOKIE_NAME
    page = new_page(viewport={"width": 1280, "height": 800})
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto(f"/admin/privacy-processor/edit/{Processor.objects.get(key='zoho').pk}/#{field}")
    page.wait_for_load_state()
    expect(page.locator(f"#{field}")).to_be_in_viewport()
