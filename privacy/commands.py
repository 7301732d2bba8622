"""The shape that all commands of the privacy module share: one JSON object on the last line."""

import json
import sys
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, SystemCheckError
from django.core.validators import validate_email
from django.db import InterfaceError, OperationalError


class Refused(Exception):
    """The command did not do what was asked; the message says why, in words for the officer."""


def require_address(text: str) -> None:
    """Refuse what is no e-mail address: "nobody has it" would read as if all were done."""
    try:
        validate_email(text.strip())
    except ValidationError as error:
        raise Refused("Dat is geen e-mailadres.") from error


class JsonCommand(BaseCommand):
    """A management command that prints one JSON object on its last line and exits with 1 when it fails.

    Subclasses implement `run()` and return the object; a `Refused` raised in it becomes `{"error": …}`. So does what stops any
    command: arguments that make no sense, a check of the site that fails, a database that is gone. A script may read the last
    line whatever happened; an error nobody foresaw shows its traceback besides.
    """

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the work of the command and return what to print."""
        raise NotImplementedError(f"{type(self).__module__} implements run()")

    def failed(self, result: dict[str, Any]) -> bool:
        """Say whether `result`, though complete, means failure for the shell."""
        return "error" in result

    def run_from_argv(self, argv: list[str]) -> None:
        """Look at the arguments first: Django would say on stderr alone what is wrong with them."""
        # One that was not made for the command line raises where that one exits.
        parser = self.create_parser(argv[0], argv[1])
        try:
            parser.parse_args(argv[2:])
        except CommandError as error:
            parser.print_usage(sys.stderr)
            self._fail(str(error).removeprefix("Error: "))
        super().run_from_argv(argv)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run, after Django's checks, whose outcome is an answer too."""
        try:
            return super().execute(*args, **options)
        except SystemCheckError as error:
            self.stderr.write(str(error))
            self._fail("De site is niet goed ingericht; `manage.py check` zegt wat er mis is.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, print, and set the exit code."""
        try:
            result = self.run(**options)
        except Refused as refusal:
            self._fail(str(refusal))
        except (OperationalError, InterfaceError) as error:
            self._fail(f"De database doet het niet ({type(error).__name__}).")
        except Exception as error:
            # Without its words, which may name somebody.
            self._print({"error": f"Onverwachte fout ({type(error).__name__})."})
            raise
        self._print(result)
        if self.failed(result):
            sys.exit(1)

    def _print(self, result: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(result, ensure_ascii=False))

    def _fail(self, why: str) -> NoReturn:
        self._print({"error": why})
        sys.exit(1)
