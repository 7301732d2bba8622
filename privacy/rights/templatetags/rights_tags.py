"""How values of a record look on a page."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()


@register.filter
def shown(value: Any) -> str:
    """Return a value as a layman reads it: moments on the local clock, several things on lines of their own."""
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, (list, tuple)):
        return "\n".join(shown(one) for one in value)
    if isinstance(value, str) and len(value) in range(19, 36) and value[10:11] == "T":
        try:
            return date_format(timezone.localtime(datetime.fromisoformat(value)), "j F Y H:i")
        except ValueError:
            return value
    return str(value)
