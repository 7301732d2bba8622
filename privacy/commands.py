"""The shape that all commands of the privacy module share: one JSON object on the last line."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Refused(Exception):
    """The command did not do what was asked; the message says why, in words for the officer."""


class JsonCommand(BaseCommand):
    """A management command that prints one JSON object on its last line and exits with 1 when it fails.

    Subclasses implement `run()` and return the object; a `Refused` raised in it becomes `{"error": …}`.
    """

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the work of the command and return what to print."""
        raise NotImplementedError(f"{type(self).__module__} implements run()")

    def failed(self, result: dict[str, Any]) -> bool:
        """Say whether `result`, though complete, means failure for the shell."""
        return "error" in result

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, print, and set the exit code."""
        try:
            result = self.run(**options)
        except Refused as refusal:
            result = {"error": str(refusal)}
        self.stdout.write(json.dumps(result, ensure_ascii=False))
        if self.failed(result):
            sys.exit(1)
