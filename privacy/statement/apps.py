"""WHAT WE SAY: the statement page and its frozen versions."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatementConfig(AppConfig):
    """Binds freezing to publishing."""

    name = "privacy.statement"
    label = "privacy_statement"
    verbose_name = _("Privacyverklaring")

    def ready(self) -> None:
        """Connect the signal handlers."""
        from .signal_handlers import connect

        connect()
