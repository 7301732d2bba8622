"""What this room says on the admin's first page."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject

from .models import RetentionRun
from .status import status


class RetentionPanel(Component):
    """Last clean-up, erased this year, past their date now, next run; red when a night was missed or anybody is late."""

    name = "privacy-retention"
    template_name = "privacy_retention/admin/panel.html"
    order = 52

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Give the template the figures, for who may see the runs, and the run that is on its way."""
        context = parent_context or {}
        policy, user = policy_registry.get_by_type(RetentionRun), context["request"].user
        if not policy.user_has_permission(user, "view") or StatementVersion.objects.in_force() is None:
            return {"state": None}  # Without a statement nothing may be erased; the panel above says so.
        under_way = RetentionRun.objects.filter(state__in=[RetentionRun.State.RUNNING, RetentionRun.State.PAUSED]).first()
        return {
            "state": status(timezone.now()),
            "run": under_way,
            "may_plan": policy_registry.get_by_type(DataSubject).user_has_permission(user, "view"),
            "may_pause": policy.user_has_permission(user, "pause"),
            "csrf_token": context.get("csrf_token"),
        }
