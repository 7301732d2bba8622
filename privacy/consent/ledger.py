"""What keeps a restored backup from bringing back a consent that was withdrawn, or mailings that somebody objected to.

A backup that is older than the withdrawal knows the consent as it stood, and the site would act on it again: to somebody who
had said no (art. 7(3), 21(3)). So each withdrawal and each objection leaves a line beside those of the erasures, outside the
database (`privacy.subjects.ledger`, in files of its own: nothing was erased, so whoever counts erasures must not meet them).
A line names the address by a keyed hash, the purpose, how the person let us know, and when.

Failure mode: a ledger that cannot be written does not keep anybody from withdrawing, which would be the worse of the two. The
line becomes a row, an `UnwrittenLine`, in the transaction of the withdrawal, and a sweep writes it when the disk takes it
again; a kill in between writes it twice, and readers take lines as a set. The replay writes none: those that it acts on are
there. It may run twice, or be killed.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from privacy.subjects import ledger, position
from privacy.subjects.models import DataSubject
from privacy.subjects.moves import Moves, Span

from .models import UnwrittenLine
from .suppression import address_hash, suppress_hash

logger = logging.getLogger(__name__)

#: Word in the names of the files.
KIND = "withdrawals"

#: In place of a purpose: all mailings (art. 21(2)-(3)).
OBJECTION = ""

#: Where the site says a withdrawal came from that a backup had lost.
PLACE = "logboek, na het terugzetten van een back-up"

_CHUNK = 10_000


class Said(NamedTuple):
    """What a line says.

    Args:
        at: when (aware).
        method: how the person let us know (`Method`).
        purpose: key of the purpose, or `OBJECTION`.
    """

    at: datetime
    method: str
    purpose: str


def write(email: str, *, purpose: str, method: str, at: datetime) -> None:
    """Write one withdrawal or objection and wait until the disk has it; to be done last before the commit.

    Args:
        email: the address, however spelled.
        purpose: key of the purpose, or `OBJECTION`.
        method: how the person let us know (`Method`).
        at: when (aware).
    """
    line = UnwrittenLine(address_hash=address_hash(email), purpose=purpose, method=method, at=at)
    if not _append(line):
        line.save()


@transaction.atomic
def write_the_rest(limit: int) -> int:
    """Write lines that the disk could not take before; return how many. May run at any time, and two at once.

    Args:
        limit: so many at most.
    """
    written = []
    for line in UnwrittenLine.objects.select_for_update(skip_locked=True).order_by("pk")[:limit]:
        if not _append(line):
            break
        written.append(line.pk)
    UnwrittenLine.objects.filter(pk__in=written).delete()
    return len(written)


def _append(line: UnwrittenLine) -> bool:
    """Write a line and wait until the disk has it; say whether it has."""
    values = {"subject": line.address_hash, "purpose": line.purpose, "method": line.method}
    try:
        ledger.append_to(KIND, values, at=line.at, next_number=position.next_number)
    except OSError as error:
        logger.error(
            "The ledger cannot be written (%s): until it is, a backup may bring back what was withdrawn.", type(error).__name__
        )
        return False
    return True


def replay(moves: Moves) -> None:
    """Withdraw and suppress again what the ledger knows and a restored database has lost.

    A consent that was given after the line was written stands: that person changed their mind by themselves. Who changed their
    address after the backup is found under the later ones too, and an objection from there holds for the one they have again.

    Args:
        moves: who left which address for which.
    """
    from .services import take_back  # the services write these lines

    said: dict[str, list[Said]] = {}
    for line in ledger.read_from(KIND):
        said.setdefault(line["subject"], []).append(Said(line["at"], line["method"], line["purpose"]))
    for who, lines in said.items():
        if objections := [line.at for line in lines if line.purpose == OBJECTION]:
            suppress_hash(who, at=max(objections))
    withdrawn = 0
    people = DataSubject.objects.order_by("pk") if said else DataSubject.objects.none()
    for person in people.iterator(chunk_size=_CHUNK):
        last = _last_said(said, moves.spans(address_hash(person.email), at=person.last_contact_at))
        if objection := last.pop(OBJECTION, None):
            suppress_hash(address_hash(person.email), at=objection.at)
        for purpose, (at, method, _purpose) in last.items():
            done = take_back(subject=person, purpose=purpose, place=PLACE, at=at, method=method, later_stands=True)
            withdrawn += done is not None
    if withdrawn:
        logger.warning("%s consents that a restored backup brought back are withdrawn again.", withdrawn)


def _last_said(said: Mapping[str, Sequence[Said]], spans: Iterable[Span]) -> dict[str, Said]:
    """Return by purpose what one person said last, under whichever address was theirs then."""
    last: dict[str, Said] = {}
    for span in spans:
        for line in said.get(span.hash, []):
            if span.since <= line.at < span.until:
                last[line.purpose] = max(last.get(line.purpose, line), line)
    return last
