"""How values of a record look on a page."""

from django import template

from privacy.records import in_words
from privacy.rights.shown import number_of, shown

register = template.Library()
register.filter(in_words)
register.filter(number_of)
register.filter(shown)
