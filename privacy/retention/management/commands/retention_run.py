"""`manage.py retention_run [--dry-run] [--as-of ISO]`: one expiry run, by hand: people first, then what has its own period."""

from argparse import ArgumentTypeError
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from privacy.commands import JsonCommand, Refused
from privacy.retention import classes
from privacy.retention.services import AlreadyRunning, Paused, expire_due, preview
from privacy.retention.status import forget
from privacy.retention.tasks import call_help
from privacy.statement.models import NoStatementInForce

#: Outside of these nobody has a site, and Python runs out of years when it counts a period on from there.
_YEARS = range(1900, 9000)


def moment(text: str) -> datetime:
    """Read an ISO 8601 date or time; without an offset it is local time.

    Raises:
        ArgumentTypeError: it is neither, or so far away that no period can be counted from it.
    """
    try:
        value = parse_datetime(text) or parse_date(text)
    except ValueError:  # of the right form, but no such day
        value = None
    if value is None:
        raise ArgumentTypeError(f"{text!r} is geen datum of tijd; schrijf bijvoorbeeld 2026-12-01T03:15.")
    if value.year not in _YEARS:
        raise ArgumentTypeError(f"{text!r} ligt te ver weg om vanaf te rekenen.")
    at = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return at if timezone.is_aware(at) else timezone.make_aware(at)


class Command(JsonCommand):
    """Erase, or say what would be erased."""

    help = "Wist wie, en wat verder, over een bewaartermijn van de gepubliceerde verklaring is."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the moment of the decision and whether only to look."""
        parser.add_argument("--dry-run", action="store_true", help="alleen laten zien, niets wissen")
        parser.add_argument("--as-of", type=moment, metavar="ISO", help="peilmoment, standaard nu")

    def run(self, **options: Any) -> dict[str, Any]:
        """Run once and report."""
        try:
            if options["dry_run"]:
                outcome = preview(as_of=options["as_of"])
                ended = classes.preview(as_of=outcome.as_of)
            else:
                outcome = expire_due(as_of=options["as_of"], call_help=call_help)
                ended = {run.source: run.rows for run in classes.end_classes(as_of=outcome.as_of)}
                # Whoever ran it by hand looks at once whether all is well now.
                forget()
        except NoStatementInForce as error:
            raise Refused("Er geldt geen privacyverklaring; er is niets gewist.") from error
        except AlreadyRunning as error:
            raise Refused("Er loopt al een opschoning.") from error
        except Paused as error:
            raise Refused("De opschoning is gepauzeerd; hervat haar eerst.") from error
        except OSError as error:
            why = f"Het wislogboek kan niet geschreven worden ({error.strerror})"
            raise Refused(
                f"{why}; wie er niet in staat, is niet gewist. De opschoning gaat verder als het weer kan."
            ) from error
        by_source = Counter(outcome.by_source)
        by_source.update(ended)
        said = {
            "as_of": timezone.localtime(outcome.as_of).isoformat(),
            "dry_run": options["dry_run"],
            "by_source": dict(by_source),
        }
        return asdict(outcome) | said
