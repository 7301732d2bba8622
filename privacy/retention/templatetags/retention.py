"""What other rooms' pages say of the expiry, without importing it."""

from typing import Any

from django import template
from django.utils import timezone

from privacy.retention.status import status

register = template.Library()


@register.inclusion_tag("privacy_retention/foot.html")
def retention_foot() -> dict[str, Any]:
    """Give the statement's foot its figures; they are the ones the officer sees."""
    return {"state": status(timezone.now())}
