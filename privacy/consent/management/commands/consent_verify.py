"""`manage.py consent_verify`: is every consent still what was given, and is none missing?"""

from dataclasses import asdict
from typing import Any

from privacy.commands import JsonCommand
from privacy.consent.chain import broken_links
from privacy.consent.models import ConsentEvent


class Command(JsonCommand):
    """Print how many events were checked, and the first that does not hold."""

    help = "Rekent de ketens van toestemmingen na, per persoon, en noemt de eerste gebeurtenis die niet klopt."

    def run(self, **options: Any) -> dict[str, Any]:
        """Check all chains."""
        first = next(broken_links(), None)
        return {
            "ok": first is None,
            "events": ConsentEvent.objects.count(),
            "first_broken": asdict(first) if first else None,
        }

    def failed(self, result: dict[str, Any]) -> bool:
        """Fail when a link is broken."""
        return not result["ok"]
