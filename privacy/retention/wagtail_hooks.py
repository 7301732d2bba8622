"""Registers this room's screens."""

from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from privacy.permissions import LimitedPolicy

from .models import RetentionRun
from .viewsets import RetentionRunViewSet

register_permission_policy(RetentionRun, LimitedPolicy(RetentionRun))


@hooks.register("register_admin_viewset")
def retention_runs() -> ModelViewSet:
    """List the runs."""
    return RetentionRunViewSet()
