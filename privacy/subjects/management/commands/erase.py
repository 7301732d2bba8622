"""`manage.py erase EMAIL --reason TEXT`: the officer's door to `erase()`."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone

from privacy.commands import JsonCommand, Refused, require_address
from privacy.subjects.emails import normalise_email
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase


class Command(JsonCommand):
    """Erase one person, whatever their clock says."""

    help = "Wist alles over één persoon (art. 17 AVG) en meldt wat blijft en waarom."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address and the reason."""
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="waarom; zonder persoonsgegevens, staat in het logboek")

    def run(self, **options: Any) -> dict[str, Any]:
        """Erase and report; an address nobody has is no failure: nothing is held, nothing is erased."""
        if not options["reason"].strip():
            raise Refused("Geef een reden; die staat in het wislogboek.")
        with transaction.atomic():
            people = list(DataSubject.objects.select_for_update().filter(email=normalise_email(options["email"])))
            if not people:
                require_address(options["email"])
                return {"erased": 0, "retained": [], "ledger_id": None}
            if DataSubject.objects.held(timezone.now()).filter(pk=people[0].pk).exists():
                raise Refused("Deze persoon is beperkt, wordt vastgehouden of heeft een open verzoek; rond dat eerst af.")
            try:
                result = erase(people, reason=options["reason"], at=timezone.now())
            except ValueError as error:
                raise Refused("De reden staat jaren in het wislogboek en mag de persoon niet noemen.") from error
            except OSError as error:
                raise Refused(f"Het wislogboek kan niet geschreven worden ({error.strerror}); er is niets gewist.") from error
        return {
            "erased": sum(result.by_source.values()),
            "retained": [
                {"source": kept.source, "reason": kept.reason, "until": kept.until.isoformat()} for kept in result.retained
            ],
            "ledger_id": result.lines[0].id,
        }
