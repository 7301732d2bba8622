"""One record as the admin shows it: Wagtail's own view shows UTC, "None", and text without its line ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic import InspectView


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
    """Return one line of a record for the template: local time, text as typed, a dash for nothing.

    Args:
        label: name of the field.
        value: its value.
    """
    if value is None or value == "":
        value = "—"
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
