"""The erasure ledger: who was erased, kept outside the database and without saying who.

A backup that is restored brings erased people back. The ledger is what survives it: one JSON line per erased person, in
one file a month under `ERASURE_LEDGER_DIR`. A line names the person by a keyed hash of the normalised address, useless
to whoever hasn't got `ERASURE_KEY`.

Lines reach the disk *before* the deletion is committed. A crash in between leaves a line for a person who is still
there; the next run erases them after all and writes a second line. The other order could erase a person without a line,
and a restore would bring them back unnoticed. So lines count at least once, and readers take them as a set.
"""

import fcntl
import hashlib
import hmac
import json
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class Line:
    """One erased person.

    Args:
        id: name of the line, for certificates and letters.
        subject: keyed hash of the normalised e-mail address (hexadecimal).
        at: when (aware).
        reason: why, in words without personal data.
        run: number of the expiry run, None for one person's erasure.
        sources: keys of what was erased, when it was not everything (a consent that was withdrawn); None for everything.
    """

    id: str
    subject: str
    at: datetime
    reason: str
    run: int | None
    sources: Sequence[str] | None = None

    def as_json(self) -> str:
        """Return the line as it stands in the file, without the line end."""
        line: dict[str, Any] = {
            "id": self.id,
            "subject": self.subject,
            "at": self.at.isoformat(),
            "reason": self.reason,
            "run": self.run,
        }
        if self.sources is not None:
            line["sources"] = [*self.sources]
        return json.dumps(line, ensure_ascii=False)


def pseudonym(email: str) -> str:
    """Return the keyed hash under which the ledger knows `email` (normalised)."""
    return hmac.new(settings.ERASURE_KEY.encode(), email.encode(), hashlib.sha256).hexdigest()


def append(
    emails: Sequence[str], *, at: datetime, reason: str, run: int | None, sources: Sequence[str] | None = None
) -> list[Line]:
    """Write one line per address and wait until the disk has them.

    Args:
        emails: normalised addresses.
        at: time of erasure (aware).
        reason: why, without personal data.
        run: number of the expiry run, or None.
        sources: keys of what is erased; None for everything.

    Returns:
        The lines, in the order of `emails`.

    Raises:
        OSError: the disk is full or the directory cannot be written; nothing may then be deleted.
    """
    moment = at.astimezone(UTC)
    lines = [
        Line(id=str(uuid.uuid4()), subject=pseudonym(email), at=moment, reason=reason, run=run, sources=sources)
        for email in emails
    ]
    directory = settings.ERASURE_LEDGER_DIR
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = directory / f"{moment:%Y-%m}.jsonl"
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # Several workers write the same file; a line of one must not end up inside a line of another.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Nor behind half a line that a crash left: that would be lost with it.
        start = "" if _ends_whole(descriptor) else "\n"
        _write_all(descriptor, (start + "".join(line.as_json() + "\n" for line in lines)).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        _sync_directory(directory)
    return lines


def read() -> Iterator[Line]:
    """Yield all lines, oldest file first. A line cut short by a crash was never acted on and is passed over."""
    for path in sorted(settings.ERASURE_LEDGER_DIR.glob("*.jsonl")):
        # Bytes: a line may be cut in the middle of a character.
        with path.open("rb") as file:
            yield from _parse(file)


def _parse(texts: Iterable[bytes]) -> Iterator[Line]:
    for text in texts:
        try:
            raw = json.loads(text)
        except ValueError:
            continue
        yield Line(**{**raw, "at": datetime.fromisoformat(raw["at"])})


def _ends_whole(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _sync_directory(directory: os.PathLike[str]) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
