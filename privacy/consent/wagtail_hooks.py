"""Registers this room's screens."""

from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from privacy.permissions import LimitedPolicy

from .models import ConsentEvent
from .viewsets import ConsentEventViewSet

register_permission_policy(ConsentEvent, LimitedPolicy(ConsentEvent))


@hooks.register("register_admin_viewset")
def consent_events() -> ModelViewSet:
    """List the consents."""
    return ConsentEventViewSet()
