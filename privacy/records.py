"""Records in the admin: lists and pages of what the code writes and people only read.

Wagtail's own page of a record shows UTC, "None", and text without its line ends; its list asks the database once a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet

from privacy.csv_guard import guarded


@dataclass(eq=False)
class Paragraphs(Component):
    """Text of several lines, as typed.

    Args:
        text: plain text.
    """

    text: str

    def render_html(self, parent_context: Mapping[str, Any] | None = None) -> SafeString:
        """Return the text with its line ends, everything else escaped."""
        return mark_safe(linebreaks(self.text, autoescape=True))  # noqa: S308 (escaped by `linebreaks`)


def shown(label: Any, value: Any) -> dict[str, Any]:
    """Return one line of a record for the template: local time, text as typed, yes or no, a dash for nothing.

    Args:
        label: name of the field.
        value: its value.
    """
    if value is None or value == "":
        value = "—"
    elif isinstance(value, bool):
        value = _("ja") if value else _("nee")
    elif isinstance(value, datetime):
        value = formats.localize(timezone.localtime(value))
    elif isinstance(value, str) and "\n" in value:
        value = Paragraphs(value)
    return {"label": label, "value": value, "component": value if isinstance(value, Component) else None}


class RecordView(InspectView):
    """The view behind "Inspecteer" of our records."""

    def get_context_for_field(self, field_name: str) -> dict[str, Any]:
        """Make Wagtail's value readable."""
        context = super().get_context_for_field(field_name)
        return shown(context["label"], context["value"])


class RecordList(IndexView):
    """A list that fetches what its columns show in one query."""

    #: Relations that the columns follow.
    related: tuple[str, ...] = ()
    #: Long texts that no column shows.
    deferred: tuple[str, ...] = ()

    def get_base_queryset(self) -> QuerySet[Any]:
        """Return the rows, with their relations and without what is long and not shown."""
        rows: QuerySet[Any] = super().get_base_queryset().defer(*self.deferred)
        return rows.select_related(*self.related) if self.related else rows

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """Keep what people typed from becoming a formula in a download; of workbooks Wagtail itself makes text."""
        made = super().preprocess_field_value(field, value, export_format)
        return guarded(made) if export_format == self.FORMAT_CSV and isinstance(made, str) else made


class RecordViewSet(ModelViewSet):
    """A list and a page per record; nothing to copy, and no form unless a subclass has one.

    What staff may do at all is the model's `LimitedPolicy`.
    """

    index_view_class = RecordList
    inspect_view_enabled = True
    inspect_view_class = RecordView
    copy_view_enabled = False
    form_fields: list[str] = []
    add_to_reference_index = False
    related: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Tell the list what to fetch."""
        found: dict[str, Any] = super().get_index_view_kwargs(related=self.related, deferred=self.deferred, **kwargs)
        return found
