"""WHAT THEY AGREED TO: append-only consent events."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    """Has its lines of the ledger replayed when erasures are."""

    name = "privacy.consent"
    label = "privacy_consent"
    verbose_name = _("Toestemming")

    def ready(self) -> None:
        """Add this room's replay."""
        from privacy.subjects import replay

        from .ledger import replay as replay_withdrawals

        replay.also(replay_withdrawals)
