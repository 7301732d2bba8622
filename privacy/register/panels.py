"""What this room says on the admin's first page."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from .reviews import Reviewed, all_due


class ReviewsPanel(Component):
    """What is to be looked at again, each with a button "Nagelopen"; for who may change the row."""

    name = "privacy-reviews"
    template_name = "privacy_register/admin/reviews.html"
    order = 60

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Give the template the rows, and what a form needs."""
        context = parent_context or {}
        user = context["request"].user
        rows = [
            row
            for row in all_due(timezone.localdate())
            if policy_registry.get_by_type(type(row)).user_has_permission(user, "change")
        ]
        return {"due": [_line(row) for row in rows], "csrf_token": context.get("csrf_token")}


def _line(row: Reviewed) -> dict[str, Any]:
    screens = f"privacy-{row._meta.model_name}"
    return {
        "row": row,
        "kind": row._meta.verbose_name,
        "edit_url": reverse(f"{screens}:edit", args=[row.pk]),
        "reviewed_url": reverse(f"{screens}:reviewed", args=[row.pk]),
    }
