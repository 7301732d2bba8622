"""Which addresses people left for which, kept beside the erasure ledger: hashes only (law.md D5).

A backup from before a change of address knows the person under the old one, and the ledger's later lines know them under the
new one. So each change leaves a line in files of its own (`ledger.append_to`), and whoever replays lines asks `spans` under
which hashes they may know somebody whom the restored database calls by an older address, and from when until when: before and
after that, the same address is somebody else's.

A line is written twice. The first reaches the disk before the change is committed: without it, whoever is erased under their
new address could come back with an old backup. The second follows the commit and says that it happened. Failure mode: a crash
in between leaves the first alone; then the old address counts as theirs for good, so that whoever is erased under it stays
erased, and at worst a later holder of that address takes them along in a restore of a backup that old.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple

from django.db import transaction

from . import ledger, position

logger = logging.getLogger(__name__)

#: Word in the names of the files.
KIND = "addresses"

#: Before and after everything.
ALWAYS, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

_hashes: list[Callable[[str], str]] = [ledger.pseudonym]


def also(hash_of: Callable[[str], str]) -> None:
    """Have a room above, whose lines name people by a hash of its own, find them after a change as well.

    Args:
        hash_of: makes that hash of an address.
    """
    _hashes.append(hash_of)


def write(old: str, new: str, *, at: datetime) -> None:
    """Write down that somebody left one address for another; to be called in the transaction of the change, last.

    Args:
        old: address (normalised).
        new: likewise.
        at: when (aware).

    Raises:
        OSError: the ledger cannot be written; nothing may then be changed.
    """
    values = {"was": [hash_of(old) for hash_of in _hashes], "became": [hash_of(new) for hash_of in _hashes]}
    _append(values | {"done": False}, at)

    def done() -> None:
        try:
            _append(values | {"done": True}, at)
        except OSError as error:
            logger.error("The ledger does not say that a change of address happened (%s).", type(error).__name__)

    transaction.on_commit(done)


def _append(values: dict[str, object], at: datetime) -> None:
    ledger.append_to(KIND, values, at=at, next_number=position.next_number)


class Span(NamedTuple):
    """A hash, and the time in which it was one person's.

    Args:
        hash: as lines of the ledger have it.
        since: from when (aware).
        until: until when (aware), that moment not included.
    """

    hash: str
    since: datetime
    until: datetime


class Moves:
    """All changes of address that the ledger knows, read once."""

    def __init__(self) -> None:
        self._left: dict[str, dict[datetime, tuple[str, bool]]] = {}
        for line in ledger.read_from(KIND):
            for was, became in zip(line["was"], line["became"], strict=True):
                self._left.setdefault(was, {})[line["at"]] = (became, line["done"])

    def spans(self, known_as: str, *, at: datetime) -> Iterator[Span]:
        """Yield the hashes under which the ledger may know somebody, the one they have here first.

        Args:
            known_as: hash of the address that the database has.
            at: when the database last heard of them (aware). Asking for a change is a contact and comes before it, so whoever
                was in contact after somebody left this address is another holder; who went away and came back is followed
                round, and ends with the address that they have.
        """
        since, reach = ALWAYS, at
        while leaving := [(left, *how) for left, how in self._left.get(known_as, {}).items() if left >= reach]:
            left, became, is_done = min(leaving)
            yield Span(known_as, since, left if is_done else NEVER)
            # Later ones only, so that somebody who went back to an old address is not followed in a circle.
            known_as, since, reach = became, left, left + datetime.resolution
        yield Span(known_as, since, NEVER)

    def later(self, known_as: str) -> Iterator[Span]:
        """Yield the hashes under which whoever left this one was known afterwards, each with its time.

        Only of changes that are known to have happened: here it is better to find too little.
        """
        for left, (_became, is_done) in self._left.get(known_as, {}).items():
            if is_done:
                # The first is the one that was left.
                yield from islice(self.spans(known_as, at=left), 1, None)
