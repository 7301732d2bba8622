"""`manage.py statement_verify`: is every version still what was published?"""

from dataclasses import asdict
from typing import Any

from privacy.commands import JsonCommand
from privacy.statement.models import StatementVersion
from privacy.statement.verification import broken_links


class Command(JsonCommand):
    """Print how many versions were checked, and the first link that does not hold."""

    help = "Rekent de controlegetallen van alle versies na en noemt de eerste die niet klopt."

    def run(self, **options: Any) -> dict[str, Any]:
        """Check all versions."""
        first = next(broken_links(), None)
        return {
            "ok": first is None,
            "versions": StatementVersion.objects.count(),
            "first_broken": asdict(first) if first else None,
        }

    def failed(self, result: dict[str, Any]) -> bool:
        """Fail when a link is broken."""
        return not result["ok"]
