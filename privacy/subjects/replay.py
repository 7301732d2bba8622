"""Erasing again whoever a restored backup brought back (invariant 5; law.md D5)."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from . import ledger
from .models import DataSubject
from .services import erase


@dataclass(kw_only=True)
class Replay:
    """What a replay did.

    Args:
        checked: people looked at.
        re_erased: people who were in the ledger and are gone again.
    """

    checked: int = 0
    re_erased: int = 0


def replay_erasures(*, at: datetime) -> Replay:
    """Erase everybody whom the ledger says was erased and who has not been in contact since.

    May run twice: the second time there is nobody left to find.

    Args:
        at: now (aware).

    Returns:
        How many people were looked at, and how many erased.
    """
    erased_at: dict[str, datetime] = {}
    for line in ledger.read():
        erased_at[line.subject] = max(line.at, erased_at.get(line.subject, line.at))
    result = Replay()
    back: list[int] = []
    for pk, email, last_contact in DataSubject.objects.values_list("pk", "email", "last_contact_at").iterator():
        result.checked += 1
        gone = erased_at.get(ledger.pseudonym(email))
        # A contact after the erasure is a new beginning: that person came back by themselves.
        if gone and last_contact <= gone:
            back.append(pk)
    for start in range(0, len(back), settings.RETENTION_BATCH_SIZE):
        with transaction.atomic():
            ids = back[start : start + settings.RETENTION_BATCH_SIZE]
            people = list(DataSubject.objects.select_for_update().filter(pk__in=ids))
            result.re_erased += erase(people, reason="replayed", at=at).people
    return result
