"""The company's own pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    """Listens to withdrawals."""

    name = "home"
    verbose_name = _("Website")

    def ready(self) -> None:
        """Connect the signal handlers."""
        from .signal_handlers import connect

        connect()
