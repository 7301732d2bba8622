"""Registers this room's screens."""

from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from privacy.permissions import LimitedPolicy
from privacy.todo import TODO_HOOK

from .models import Mail
from .panels import todo
from .viewsets import MailViewSet

register_permission_policy(Mail, LimitedPolicy(Mail, ["view", "retry"]))


@hooks.register("register_admin_viewset")
def mails() -> ModelViewSet:
    """List the mails."""
    return MailViewSet()


hooks.register(TODO_HOOK, todo)
