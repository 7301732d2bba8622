"""A database that was put back from a backup is not served until the erasures after that backup are replayed (law.md D5)."""

import time
from contextlib import suppress
from dataclasses import dataclass

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from privacy.subjects import ledger, position

#: How long one look at the ledger counts.
_SECONDS = 5


@dataclass
class Guard:
    """What this process knows: whether the ledger is ahead, and up to which number the database has been seen to know it.

    In ordinary life the counter only grows, so that the ledger's end alone is looked at and the database is not asked.
    """

    ahead: bool = False
    known: int = 0
    looked_at: float = float("-inf")

    def look(self) -> bool:
        """Say whether the ledger is ahead, by asking both.

        Raises:
            DatabaseError: the database does not answer.
            OSError: the ledger cannot be read.
        """
        self.ahead = position.ledger_is_ahead()
        self.looked_at, self.known = time.monotonic(), 0 if self.ahead else ledger.newest_number()
        return self.ahead

    def is_closed(self) -> bool:
        """Say whether nothing may be served now; at most one look in `_SECONDS`, which mostly asks only a file."""
        if time.monotonic() - self.looked_at > _SECONDS:
            self.looked_at = time.monotonic()
            # A database that is gone cannot serve anything either; the page says so itself. A ledger that cannot be read says
            # nothing about what is served; that is for `/healthz/ready` to tell.
            with suppress(DatabaseError, OSError):
                if self.ahead or ledger.newest_number() > self.known:
                    self.look()
        return self.ahead


guard = Guard()


def closed(request: HttpRequest) -> HttpResponse:
    """Say that the site is closed for a moment, in words of its own: no template that could ask the database."""
    return HttpResponse(
        "De website wordt hersteld en is zo weer bereikbaar. / The site is being restored and will be back shortly.\n",
        content_type="text/plain; charset=utf-8",
        status=503,
        headers={"Retry-After": "30", "Cache-Control": "no-store"},
    )
