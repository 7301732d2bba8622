"""Registers this room's screens."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogActionRegistry
from wagtail.permissions import register_permission_policy

from privacy.permissions import LimitedPolicy

from .models import DataRequest
from .views import download
from .viewsets import DataRequestViewSet

register_permission_policy(DataRequest, LimitedPolicy(DataRequest, ["view", "add"]))


@hooks.register("register_admin_viewset")
def data_requests() -> ModelViewSet:
    """List the requests."""
    return DataRequestViewSet()


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the download; Wagtail puts its login before it."""
    return [path("privacy-requests/<int:pk>/archive/", download, name="privacy_rights_download")]


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    """Name our actions in Wagtail's log."""
    actions.register_action("privacy_rights.download", _("Archief downloaden"), _("Archief gedownload"))
