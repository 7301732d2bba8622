"""How values of a record look on a page."""

from django import template

from privacy.rights.shown import shown

register = template.Library()
register.filter(shown)
