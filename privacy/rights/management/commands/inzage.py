"""`manage.py inzage EMAIL OUT.zip`: the officer's door to `delivery.build_export`."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from privacy.commands import JsonCommand, Refused, require_address
from privacy.rights.delivery import build_export
from privacy.statement.models import NoStatementInForce


class Command(JsonCommand):
    """Write the archive of one person to a file."""

    help = "Schrijft alles wat over één persoon bewaard wordt in een zip (art. 15 AVG)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address and the file."""
        parser.add_argument("email")
        parser.add_argument("out", type=Path, metavar="OUT.zip")

    def run(self, **options: Any) -> dict[str, Any]:
        """Write to a file beside the target and move it there, so that no half archive ever stands under its name."""
        target: Path = options["out"]
        require_address(options["email"])
        if target.exists() and not target.is_file() and not target.is_dir():
            # Moving a file there would put it in the place of a device or a pipe.
            raise Refused(f"Kan {target} niet schrijven: dat is geen gewoon bestand.")
        try:
            # Readable by its owner alone, from the first byte on.
            descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".inzage-")
        except OSError as error:
            raise Refused(f"Kan niet schrijven in {target.parent}: {error.strerror}.") from error
        part = Path(name)
        try:
            with os.fdopen(descriptor, "w+b") as out:
                summary = build_export(email=options["email"], out=out)
            part.replace(target)
        except NoStatementInForce as error:
            raise Refused("Er geldt geen privacyverklaring, dus er is niets te vertellen over doelen en termijnen.") from error
        except OSError as error:
            # The target is a folder, the disk is full, or a file of the person's cannot be read.
            raise Refused(f"Kan {target} niet schrijven: {error.strerror}.") from error
        finally:
            part.unlink(missing_ok=True)
        return {
            "records": summary.records,
            "by_source": summary.by_source,
            "sha256": summary.sha256,
            "statement_version": summary.statement_version,
        }
