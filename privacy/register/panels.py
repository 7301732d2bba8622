"""What this room says on the admin's first page."""

from collections.abc import Mapping
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from privacy.todo import Todo, Urgency

from .models import Processor
from .reviews import Reviewed, all_due


class ReviewsPanel(Component):
    """What is to be looked at again, each with a button "Nagelopen"; for who may change the row."""

    name = "privacy-reviews"
    template_name = "privacy_register/admin/reviews.html"
    order = 60

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Give the template the rows, and what a form needs."""
        context = parent_context or {}
        rows = due(context["request"])
        return {"due": [_line(row) for row in rows], "csrf_token": context.get("csrf_token")}


def due(request: HttpRequest) -> list[Reviewed]:
    """Return what is to be looked at again and may be changed by who asks; asked once a request."""
    found: list[Reviewed] | None = getattr(request, "_privacy_due", None)
    if found is None:
        found = [
            row
            for row in all_due(timezone.localdate())
            if policy_registry.get_by_type(type(row)).user_has_permission(request.user, "change")
        ]
        request._privacy_due = found  # type: ignore[attr-defined]
    return found


def todo(request: HttpRequest) -> list[Todo] | None:
    """Say how many rows of the register are to be looked at again; they stand further down with a button each."""
    if not policy_registry.get_by_type(Processor).user_has_permission(request.user, "change"):
        return None
    count = len(due(request))
    text = ngettext(
        "Eén afspraak of termijn is toe aan controle", "%(count)s afspraken of termijnen zijn toe aan controle", count
    ) % {"count": intcomma(count)}
    return [Todo(urgency=Urgency.WORK, text=text, url="#privacy-reviews-section")] if count else []


def _line(row: Reviewed) -> dict[str, Any]:
    screens = f"privacy-{row._meta.model_name}"
    return {
        "row": row,
        "kind": row._meta.verbose_name,
        "edit_url": reverse(f"{screens}:edit", args=[row.pk]),
        "reviewed_url": reverse(f"{screens}:reviewed", args=[row.pk]),
    }
