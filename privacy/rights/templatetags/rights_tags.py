"""How values of a record look on a page."""

from django import template

from privacy.rights.shown import number_of, shown

register = template.Library()
register.filter(number_of)
register.filter(shown)
