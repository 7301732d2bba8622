"""What this room says on the admin's first page."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from .models import DataRequest
from .states import State


class RequestsPanel(Component):
    """Requests that wait: in red those whose term is over; nothing when there are none."""

    name = "privacy-requests"
    template_name = "privacy_rights/admin/panel.html"
    order = 51

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Give the template the requests, for who may see them."""
        user = (parent_context or {})["request"].user
        if not policy_registry.get_by_type(DataRequest).user_has_permission(user, "view"):
            return {"overdue": [], "waiting": []}
        now = timezone.now()
        return {
            "overdue": list(DataRequest.objects.overdue(now).order_by("due_on")[:10]),
            "waiting": [
                (row, row.days_left(now))
                for row in DataRequest.objects.pending()
                .exclude(state=State.READY)
                .filter(due_on__gte=timezone.localdate(now))
                .order_by("due_on")[:10]
            ],
        }
