"""What the tests of the contact form share."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from tests.markup import sent_back


class Editor:
    """Somebody in Wagtail's editor: opens a page, changes fields, publishes."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def publish(self, page: Page, **changes: str) -> HttpResponse:
        """Open the page, change these fields, press "Publiceren": 302 when Wagtail took it. `__` stands for `-`."""
        return self.save_draft(page, **changes, action__publish="action-publish")

    def save_draft(self, page: Page, **changes: str) -> HttpResponse:
        """Open the page, change these fields, save a draft: 302 when Wagtail took it. `__` stands for `-`."""
        address = reverse("wagtailadmin_pages:edit", args=[page.pk])
        data = sent_back(self.client.get(address).content.decode(), form="page-edit-form")
        data |= {name.replace("__", "-"): value for name, value in changes.items()}
        return self.client.post(address, data)


@pytest.fixture
def editor(admin_client: Client) -> Editor:
    """An administrator in the editor."""
    return Editor(admin_client)
