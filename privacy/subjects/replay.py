"""Erasing again whoever a restored backup brought back (invariant 5; law.md D5)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from . import ledger
from .models import DataSubject
from .registry import registry
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


#: What a line of the ledger erased: keys of sources, or None for everything.
_What = tuple[str, ...] | None


def replay_erasures(*, at: datetime) -> Replay:
    """Erase everybody whom the ledger says was erased and who has not been in contact since.

    Where only some sources were erased (a consent was withdrawn), only those are erased again. May run twice: the second
    time there is nobody left to find.

    Args:
        at: now (aware).

    Returns:
        How many people were looked at, and how many erased.
    """
    erased_at: dict[str, dict[_What, datetime]] = defaultdict(dict)
    for line in ledger.read():
        moments, what = erased_at[line.subject], None if line.sources is None else tuple(line.sources)
        moments[what] = max(line.at, moments.get(what, line.at))
    result = Replay()
    back: dict[_What, list[int]] = defaultdict(list)
    for pk, email, last_contact in DataSubject.objects.values_list("pk", "email", "last_contact_at").iterator():
        result.checked += 1
        # A contact after the erasure is a new beginning: that person came back by themselves.
        gone = [what for what, moment in erased_at.get(ledger.pseudonym(email), {}).items() if last_contact <= moment]
        for what in [None] if None in gone else gone:
            back[what].append(pk)
    for what, pks in back.items():
        for start in range(0, len(pks), settings.RETENTION_BATCH_SIZE):
            result.re_erased += _erase_again(pks[start : start + settings.RETENTION_BATCH_SIZE], what, at)
    return result


@transaction.atomic
def _erase_again(pks: Sequence[int], what: _What, at: datetime) -> int:
    """Erase these people again, or of them what came back; return how many there were."""
    people = list(DataSubject.objects.select_for_update().filter(pk__in=pks))
    if what is not None:
        # They live on; only who has something of it back is erased again, and written into the ledger again.
        found = {pk for source in registry.in_order() if source.key in what for pk in source.holders(pks)}
        people = [person for person in people if person.pk in found]
    return erase(people, reason="replayed", at=at, sources=what).people if people else 0
