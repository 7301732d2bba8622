"""What this room says on the admin's first page."""

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from .inbox import counts
from .models import Submission


class InboxPanel(Component):
    """How many messages wait, and how many are possible spam; nothing when there are none."""

    name = "contact-inbox"
    template_name = "contact/admin/panel.html"
    order = 40

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Count them, for who may read messages."""
        user = (parent_context or {})["request"].user
        return counts() if policy_registry.get_by_type(Submission).user_has_permission(user, "view") else {}
