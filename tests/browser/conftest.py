"""What browser tests share beside the fixtures of all."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page


@pytest.fixture
def staff(new_page: Callable[..., Page], admin_user: User, live_server: Any) -> Callable[..., Page]:
    """Open a page of somebody who is logged in: `staff(**options of Playwright's new_context)`."""
    client = Client()
    client.force_login(admin_user)
    name = settings.SESSION_COOKIE_NAME

    def open_page(**options: Any) -> Page:
        page = new_page(**options)
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return page

    return open_page
