"""Filters of the register's lists."""

from typing import Any

from django.forms import RadioSelect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet

from .reviews import ReviewedQuerySet


class DueFilterSet(WagtailFilterSet):
    """Knows the filter "due", to be named in a viewset's `list_filter`, for a list whose rows are reviewed."""

    due = ChoiceFilter(
        label=_("Na te lopen"),
        method="only_due",
        choices=[("nu", _("Nu"))],
        empty_label=_("Alles"),
        widget=RadioSelect,
    )

    def only_due(self, rows: ReviewedQuerySet, name: str, value: Any) -> ReviewedQuerySet:
        """Return the rows that are due today."""
        return rows.due(timezone.localdate())
