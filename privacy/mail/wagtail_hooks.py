"""Registers this room's screens."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from privacy.permissions import LimitedPolicy

from .models import Mail
from .panels import FailedMailsPanel
from .viewsets import MailViewSet

register_permission_policy(Mail, LimitedPolicy(Mail, ["view", "retry"]))


@hooks.register("register_admin_viewset")
def mails() -> ModelViewSet:
    """List the mails."""
    return MailViewSet()


@hooks.register("construct_homepage_panels")
def failed_mails_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Say on the first page what did not arrive."""
    panels.append(FailedMailsPanel())
