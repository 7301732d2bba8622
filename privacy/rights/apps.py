"""WHAT THEY ASK: data requests and the inzage archive."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RightsConfig(AppConfig):
    name = "privacy.rights"
    label = "privacy_rights"
    verbose_name = _("Rechten")

    def ready(self) -> None:
        """Say which cookie this room sets, so that the statement must name it (law.md G4)."""
        from privacy.statement import cookies

        from . import session

        cookies.register(session.names)
