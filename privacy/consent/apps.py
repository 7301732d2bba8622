"""WHAT THEY AGREED TO: append-only consent events."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    """Has its lines of the ledger replayed when erasures are, and follows who gets another address."""

    name = "privacy.consent"
    label = "privacy_consent"
    verbose_name = _("Toestemming")

    def ready(self) -> None:
        """Add this room's replay and its part of a change of address."""
        from privacy.subjects import addresses, moves, replay

        from .ledger import replay as replay_withdrawals
        from .readdress import follow
        from .suppression import address_hash

        replay.also(replay_withdrawals)
        moves.also(address_hash)
        addresses.follow(follow)
