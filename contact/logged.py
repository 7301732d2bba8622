"""What staff do with messages, with who did it in Wagtail's log: the verbs of `inbox` and `possible_spam`, for every screen."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from .inbox import move
from .models import Submission
from .possible_spam import accept, erase_now

#: Names in Wagtail's log.
MOVED, ACCEPTED, ERASED = "contact.moved", "contact.accepted", "contact.spam_erased"


@transaction.atomic
def erase_logged(ids: Sequence[int], *, by: Any) -> int:
    """Erase possible spam and write into the log who did, by number (law.md I3); return how many messages went."""
    gone = erase_now(ids, at=timezone.now())
    for message in gone:
        log(message, ERASED, user=by, deleted=True)
    return len(gone)


@transaction.atomic
def move_logged(ids: Sequence[int], *, to: str, by: Any) -> int:
    """Move messages and write into the log who did; return how many were elsewhere."""
    moved = move(ids, to=to)
    for message in moved:
        log(message, MOVED, user=by, data={"to": to})
    return len(moved)


@transaction.atomic
def accept_logged(found: Iterable[Submission], *, by: Any) -> int:
    """Take messages out of possible spam and write into the log who did; return how many were in it."""
    # In one order, so that two who take out the same messages do not wait for each other.
    accepted = [message for message in sorted(found, key=lambda message: message.pk) if accept(message)]
    for message in accepted:
        log(message, ACCEPTED, user=by)
    return len(accepted)
