"""Registers this room's screens."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry
from wagtail.permissions import register_permission_policy

from privacy.permissions import LimitedPolicy
from privacy.subjects.models import DataSubject
from privacy.subjects.views import PERSON_BUTTON_HOOK, list_button
from privacy.todo import TODO_HOOK

from . import views
from .models import DataRequest, LetterTemplate
from .panels import RequestsPanel, todo
from .viewsets import DataRequestViewSet, LetterTemplateViewSet

register_permission_policy(DataRequest, LimitedPolicy(DataRequest, ["view", "add", "handle"]))
register_permission_policy(LetterTemplate, LimitedPolicy(LetterTemplate, ["view", "change"]))


@hooks.register("register_admin_viewset")
def data_requests() -> ModelViewSet:
    """List the requests."""
    return DataRequestViewSet()


@hooks.register("register_admin_viewset")
def letters() -> ModelViewSet:
    """List the words of the letters."""
    return LetterTemplateViewSet()


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the doors of a request; Wagtail puts its login before them."""
    return [
        path("privacy-requests/<int:pk>/archive/", views.download, name="privacy_rights_download"),
        path("privacy-requests/<int:pk>/step/<slug:name>/", views.step, name="privacy_rights_step"),
        path("privacy-requests/<int:pk>/leave-out/", views.leave_out, name="privacy_rights_leave_out"),
        path("privacy-requests/<int:pk>/preview/", views.preview, name="privacy_rights_preview"),
        path("privacy-requests/<int:pk>/correct/<str:source>/<str:reference>/", views.correct, name="privacy_rights_correct"),
        path("privacy-requests/put-back/<int:pk>/", views.put_back, name="privacy_rights_put_back"),
        path("privacy-requests/told/<int:pk>/", views.told, name="privacy_rights_told"),
    ]


@hooks.register("construct_homepage_panels")
def requests_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Say on the first page who waits for an answer."""
    panels.append(RequestsPanel())


hooks.register(TODO_HOOK, todo)


@hooks.register(PERSON_BUTTON_HOOK)
def requests_of(request: HttpRequest, person: DataSubject) -> Button | None:
    """Lead from a person to what they asked."""
    return list_button(request, person, DataRequest, label=gettext("Verzoeken"), icon_name="download")


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    """Name our actions in Wagtail's log."""
    actions.register_action("privacy_rights.download", _("Archief downloaden"), _("Archief gedownload"))
