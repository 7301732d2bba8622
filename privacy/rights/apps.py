"""WHAT THEY ASK: data requests and the inzage archive."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RightsConfig(AppConfig):
    name = "privacy.rights"
    label = "privacy_rights"
    verbose_name = _("Rechten")

    def ready(self) -> None:
        """Declare the cookie of “Mijn gegevens” in every process, also in those that serve no pages."""
        from . import session  # noqa: F401 (needs the models)
