"""How values of a record look on a page."""

from django import template

from privacy.records import in_words
from privacy.rights.letters import as_kept
from privacy.rights.shown import number_of, shown
from privacy.subjects.registry import registry

register = template.Library()
register.filter(in_words)
register.filter(as_kept)
register.filter(number_of)
register.filter(shown)


@register.filter
def source_label(key: str) -> str:
    """Return what a layman calls a source."""
    return registry.source_label(key)
