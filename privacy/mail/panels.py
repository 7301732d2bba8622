"""What this room says on the admin's first page."""

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from .models import Mail


class FailedMailsPanel(Component):
    """How many mails were given up; nothing when none was."""

    name = "privacy-mails"
    template_name = "privacy_mail/admin/panel.html"
    order = 55

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Count them, for who may see the list, and give the template what its form needs."""
        context = parent_context or {}
        policy, user = policy_registry.get_by_type(Mail), context["request"].user
        return {
            "failed": Mail.objects.failed().count() if policy.user_has_permission(user, "view") else 0,
            "may_retry": policy.user_has_permission(user, "retry"),
            "csrf_token": context.get("csrf_token"),
        }
