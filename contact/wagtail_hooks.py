"""Registers this room's screens."""

from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from privacy.permissions import LimitedPolicy

from .models import Submission
from .viewsets import SubmissionViewSet

register_permission_policy(Submission, LimitedPolicy(Submission))


@hooks.register("register_admin_viewset")
def submissions() -> ModelViewSet:
    """List the messages."""
    return SubmissionViewSet()
