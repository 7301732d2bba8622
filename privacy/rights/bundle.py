"""A zip whose files grow side by side.

Python's own zip files write one after the other, and know no other compressor than zlib, which takes ten times as long.
Each file is compressed as it is written and waits under no name until it is complete, so that nothing is read twice.
"""

import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from shutil import copyfileobj
from typing import IO, cast

from isal import isal_zlib

#: Of the compressor, 0 to 3: of texts that repeat themselves 1 leaves a fiftieth, and 3 hardly less.
_LEVEL = 1

#: What a file may take in memory before it goes to the disk (bytes).
_IN_MEMORY = 256 * 1024


def spool() -> IO[bytes]:
    """Return a file under no name, gone when it is closed; only a large one touches the disk."""
    return cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))


class Member:
    """One file of a zip, being written."""

    def __init__(self, name: str, at: datetime, compressed: IO[bytes]) -> None:
        self.entry = zipfile.ZipInfo(name, at.timetuple()[:6])
        self.entry.compress_type = zipfile.ZIP_DEFLATED
        self.entry.external_attr = 0o600 << 16
        self.entry.CRC = 0
        self.digest = hashlib.sha256()
        self._compressor = isal_zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._compressed = compressed

    def write(self, content: bytes) -> None:
        """Go on with this."""
        self.digest.update(content)
        self.entry.CRC = isal_zlib.crc32(content, self.entry.CRC)
        self.entry.file_size += len(content)
        self._compressed.write(self._compressor.compress(content))

    def end(self) -> None:
        """Nothing follows."""
        self._compressed.write(self._compressor.flush())
        self.entry.compress_size = self._compressed.tell()
        self._compressed.seek(0)


class Bundle:
    """The zip.

    Args:
        zipped: an empty zip file, open for writing.
        out: the file that it is written to.
        at: when its files were made (local time).
    """

    def __init__(self, zipped: zipfile.ZipFile, out: IO[bytes], *, at: datetime) -> None:
        self.hashes: dict[str, str] = {}
        """SHA-256 of each file so far (hexadecimal)."""
        self._zip = zipped
        self._out = out
        self._at = at

    @contextmanager
    def file(self, name: str) -> Iterator[Member]:
        """Yield a file to write; it goes in at the end of the block, others meanwhile before it.

        Args:
            name: its path within the zip.
        """
        with spool() as compressed:
            member = Member(name, self._at, compressed)
            yield member
            member.end()
            self._append(member.entry, compressed)
        self.hashes[name] = member.digest.hexdigest()

    def _append(self, entry: zipfile.ZipInfo, compressed: IO[bytes]) -> None:
        """Do as `ZipFile.mkdir` does, for an entry of which all is known and whose content is compressed already."""
        entry.header_offset = self._zip.start_dir
        self._out.seek(entry.header_offset)
        self._out.write(entry.FileHeader())
        copyfileobj(compressed, self._out)
        self._zip.filelist.append(entry)
        self._zip.NameToInfo[entry.filename] = entry
        self._zip.start_dir = self._out.tell()
