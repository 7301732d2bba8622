"""Registers this room's screens."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogActionRegistry
from wagtail.permissions import register_permission_policy

from privacy.permissions import LimitedPolicy
from privacy.todo import TODO_HOOK

from .certificate_views import CertificateViewSet
from .models import ClassRun, RetentionRun
from .panels import RetentionPanel, todo
from .plan_views import PlanViewSet
from .views import PAUSED, RESUMED
from .viewsets import ClassRunViewSet, RetentionRunViewSet

register_permission_policy(RetentionRun, LimitedPolicy(RetentionRun, ("view", "pause")))
register_permission_policy(ClassRun, LimitedPolicy(ClassRun))


@hooks.register("register_admin_viewset")
def retention_runs() -> ModelViewSet:
    """List the runs."""
    return RetentionRunViewSet()


@hooks.register("register_admin_viewset")
def class_runs() -> ModelViewSet:
    """List what ended by a clock of its own."""
    return ClassRunViewSet()


@hooks.register("register_admin_viewset")
def retention_plan() -> ViewSet:
    """Show what goes when."""
    return PlanViewSet()


@hooks.register("register_admin_viewset")
def certificates() -> ViewSet:
    """Hand out what proves an erasure."""
    return CertificateViewSet()


@hooks.register("construct_homepage_panels")
def retention_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Say on the first page how the expiry is doing."""
    panels.append(RetentionPanel())


hooks.register(TODO_HOOK, todo)


@hooks.register("register_log_actions")
def retention_log_actions(actions: LogActionRegistry) -> None:
    """Name the actions that stand in the log."""
    actions.register_action(PAUSED, _("Opschoning pauzeren"), _("Opschoning gepauzeerd"))
    actions.register_action(RESUMED, _("Opschoning hervatten"), _("Opschoning hervat"))
