"""The erasure ledger: who was erased, kept outside the database and without saying who.

A backup that is restored brings erased people back. The ledger is what survives it: one JSON line per erased person, in
one file a month under `ERASURE_LEDGER_DIR`. A line names the person by a keyed hash of the normalised address, useless
to whoever hasn't got `ERASURE_KEY`.

Lines reach the disk *before* the deletion is committed. A crash in between leaves a line for a person who is still
there; the next run erases them after all and writes a second line. The other order could erase a person without a line,
and a restore would bring them back unnoticed. So lines count at least once, and readers take them as a set. What does not fit
onto the disk is taken back as a whole (decision 0425).

Lines are numbered from a counter in the database, one number a batch. A database that was put back from a backup has its
old counter again: then the ledger is ahead of it, and the site can tell (`position.py`).

A room above may keep lines of another kind here, each kind in files of its own (`append_to`): those of the erasures stay what
they are, and one counter tells whether anything of either is missing.
"""

import fcntl
import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from privacy.storage import sync

#: More than the longest line, so that the end of a file always holds a whole one.
_TAIL_BYTES = 64 * 1024

#: How the files of the erasures end, and those of every other kind after a word of their own.
_ERASURES, _OTHERS = ".jsonl", ".ndjson"


class Line(NamedTuple):
    """One erased person.

    Args:
        id: name of the line, for certificates and letters.
        subject: keyed hash of the normalised e-mail address (hexadecimal).
        at: when (aware).
        reason: why, in words without personal data.
        run: number of the expiry run, None for one person's erasure.
        counts: rows erased per source, of this person.
        sources: keys of what was erased, when it was not everything (a consent that was withdrawn); None for everything.
        number: the batch it belongs to; never lower than that of a line before it.
    """

    id: str
    subject: str
    at: datetime
    reason: str
    run: int | None
    counts: Mapping[str, int] = {}
    sources: Sequence[str] | None = None
    number: int = 0


def pseudonym(email: str) -> str:
    """Return the keyed hash under which the ledger knows `email` (normalised)."""
    return _hash(_keyed(), email)


def _keyed() -> hmac.HMAC:
    """Return a hash that has read the key and nothing else: for many people, a copy of it is twice as fast as a new one."""
    return hmac.new(settings.ERASURE_KEY.encode(), digestmod="sha256")


def _hash(keyed: hmac.HMAC, email: str) -> str:
    found = keyed.copy()
    found.update(email.encode())
    return found.hexdigest()


def append(
    emails: Sequence[str],
    *,
    at: datetime,
    reason: str,
    run: int | None,
    counts: Sequence[Mapping[str, int]] | None = None,
    sources: Sequence[str] | None = None,
    next_number: Callable[[], int] = lambda: 0,
) -> list[Line]:
    """Write one line per address and wait until the disk has them: one write and one fsync, however many there are.

    Args:
        emails: normalised addresses.
        at: time of erasure (aware).
        reason: why, without personal data.
        run: number of the expiry run, or None.
        counts: rows erased per source, for each of `emails`.
        sources: keys of what is erased; None for everything.
        next_number: gives the batch its number; asked while no other writer can come in between.

    Returns:
        The lines, in the order of `emails`.

    Raises:
        OSError: the disk is full or the directory cannot be written; nothing may then be deleted.
    """
    moment = at.astimezone(UTC)
    lines: list[Line] = []

    def texts(number: int) -> Iterator[str]:
        name, keyed = secrets.token_hex(8), _keyed()
        lines.extend(
            Line(f"{name}-{place}", _hash(keyed, email), moment, reason, run, rows, sources, number)
            for place, (email, rows) in enumerate(zip(emails, counts or [{}] * len(emails), strict=True), 1)
        )
        return _texts(lines)

    _append(_ERASURES, texts, at=moment, next_number=next_number)
    return lines


def append_to(kind: str, values: Mapping[str, Any], *, at: datetime, next_number: Callable[[], int]) -> None:
    """Write one line of another kind and wait until the disk has it.

    Args:
        kind: a word for the files of this kind.
        values: what the line says, without personal data.
        at: when it happened (aware).
        next_number: as for `append`.

    Raises:
        OSError: the disk is full or the directory cannot be written.
    """

    def texts(number: int) -> list[str]:
        return [json.dumps({**values, "at": at.astimezone(UTC).isoformat(), "number": number}, ensure_ascii=False) + "\n"]

    # What happened may lie months back. The file is that of the day on which it is written down: in an old one nobody would
    # look for the newest number.
    _append(f".{kind}{_OTHERS}", texts, at=datetime.now(UTC), next_number=next_number)


def _append(ending: str, texts: Callable[[int], Iterable[str]], *, at: datetime, next_number: Callable[[], int]) -> None:
    directory = settings.ERASURE_LEDGER_DIR
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = directory / f"{at:%Y-%m}{ending}"
    with _only_writer(directory):
        is_new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # Higher than all before it also when the database's counter is behind, and stays so until everything is replayed.
            number = max(next_number(), newest_number() + 1)
            # Not behind half a line that a crash left: that would be lost with it.
            start = "" if _ends_whole(descriptor) else "\n"
            _write_whole(descriptor, (start + "".join(texts(number))).encode())
        finally:
            os.close(descriptor)
        if is_new:
            sync(directory)


@contextmanager
def _only_writer(directory: Path) -> Iterator[None]:
    """Keep other writers out, whichever file they write: a line must not end up inside another, nor a number below one."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _texts(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the lines as they stand in the file. Most differ in nothing but id and subject; the rest is written once."""
    ends: dict[int, str] = {}
    for line in lines:
        # Equal counts are mostly one and the same object; where they are not, the end is only written more than once.
        end = ends.get(id(line.counts))
        if end is None:
            rest: dict[str, Any] = {"at": line.at.isoformat(), "reason": line.reason, "run": line.run}
            rest |= {"counts": line.counts, "number": line.number}
            if line.sources is not None:
                rest["sources"] = [*line.sources]
            end = ends[id(line.counts)] = json.dumps(rest, ensure_ascii=False)[1:] + "\n"
        yield f'{{"id": "{line.id}", "subject": "{line.subject}", {end}'


def read() -> Iterator[Line]:
    """Yield all lines, oldest file first. A line cut short by a crash was never acted on and is passed over."""
    for raw in _lines(_ERASURES):
        yield Line(**raw)


def read_from(kind: str) -> Iterator[dict[str, Any]]:
    """Yield what the lines of another kind say, as `read` does; `at` is a time (aware)."""
    yield from _lines(f".{kind}{_OTHERS}")


def find(name: str) -> Line | None:
    """Return the line of this name, or None; only lines in which the name stands are parsed."""
    return next((line for raw in _lines(_ERASURES, having=name) if (line := Line(**raw)).id == name), None)


def lines_under(subject: str) -> list[Line]:
    """Return the lines that have this hash of an address (`pseudonym`), oldest first; for most people there is one at most."""
    return [line for raw in _lines(_ERASURES, having=subject) if (line := Line(**raw)).subject == subject]


def newest_number() -> int:
    """Return the highest number in the ledger, of whichever kind, by a look at the ends; 0 when there is none.

    Raises:
        OSError: the ledger cannot be read.
    """
    # The clock of whoever writes a line of last month may be behind: two files of each kind.
    kinds: dict[str, list[Path]] = {}
    for path in (*_files(_ERASURES), *_files(_OTHERS)):
        kinds.setdefault("".join(path.suffixes), []).append(path)
    return max((_last_number(path) for paths in kinds.values() for path in paths[-2:]), default=0)


def _files(ending: str) -> list[Path]:
    directory = settings.ERASURE_LEDGER_DIR
    try:
        # Not `glob`: to that a folder that may not be read is an empty one, and a restore would go unnoticed.
        return sorted(path for path in directory.iterdir() if path.name.endswith(ending))
    except FileNotFoundError:  # nobody was erased yet
        return []


def _lines(ending: str, *, having: str = "") -> Iterator[dict[str, Any]]:
    """Yield what the lines say, oldest file first; those in which `having` does not stand are not even parsed."""
    for path in _files(ending):
        # Bytes: a line may be cut in the middle of a character.
        with path.open("rb") as file:
            for raw in _parse(line for line in file if having.encode() in line):
                yield {**raw, "at": datetime.fromisoformat(raw["at"])}


def _last_number(path: Path) -> int:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL_BYTES))
        # From the end: the first that is whole. The one where the look begins may be cut, and is then no JSON.
        for text in reversed(file.read().splitlines()):
            for raw in _parse([text]):
                return int(raw.get("number", 0))
    return 0


def _parse(texts: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for text in texts:
        try:
            raw = json.loads(text)
        except ValueError:
            continue
        yield raw


def _ends_whole(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def _write_whole(descriptor: int, data: bytes) -> None:
    """Write all of it and wait until the disk has it, or leave the file as it was.

    On a full disk the lines that still fit would say of people who stay that they were erased: a certificate would be found
    for them, and a replay would follow it.
    """
    size = os.fstat(descriptor).st_size
    try:
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    except OSError:
        with suppress(OSError):  # the disk is gone altogether; what was wrong is told
            os.ftruncate(descriptor, size)
        raise
