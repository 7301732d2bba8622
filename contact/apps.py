"""The contact form and what visitors send with it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactConfig(AppConfig):
    """Has the form looked at when drift is."""

    name = "contact"
    verbose_name = _("Contact")

    def ready(self) -> None:
        """Add this room's check to those of the statement."""
        from privacy.statement import drift

        from .drift import uncovered_form

        drift.register(uncovered_form)
