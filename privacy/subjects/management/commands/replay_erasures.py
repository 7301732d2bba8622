"""`manage.py replay_erasures`: to be run after a backup was restored, before the site serves again."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from privacy.commands import JsonCommand, Refused
from privacy.subjects.replay import replay_erasures


class Command(JsonCommand):
    """Erase again whoever the backup brought back."""

    help = "Wist opnieuw wie volgens het logboek gewist was en door een teruggezette back-up terugkwam."

    def run(self, **options: Any) -> dict[str, Any]:
        """Replay and report."""
        try:
            return asdict(replay_erasures(at=timezone.now()))
        except OSError as error:
            raise Refused(f"Het wislogboek kan niet gelezen of geschreven worden ({error.strerror}).") from error
