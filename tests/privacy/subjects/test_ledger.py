"""The ledger: lines that survive crashes and crowds, and that say nothing to whoever hasn't got the key."""

import os
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from privacy.subjects import ledger

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """A ledger of this test's own."""
    settings.ERASURE_LEDGER_DIR = tmp_path / "ledger"
    return tmp_path / "ledger"


def write(*emails: str, at: datetime = NOW, reason: str = "één reden") -> list[ledger.Line]:
    """Write a line for each address."""
    return ledger.append(emails, at=at, reason=reason, run=None)


def test_what_was_written_is_read() -> None:
    assert list(ledger.read()) == []
    lines = write("a@voorbeeld.example", "b@voorbeeld.example") + write("c@voorbeeld.example")
    assert list(ledger.read()) == lines
    assert len({line.id for line in lines}) == 3


def test_a_file_a_month_oldest_first(folder: Path) -> None:
    december, november = write("a@x.example", at=datetime(2026, 12, 1, tzinfo=UTC)), write("b@x.example", at=NOW)
    assert sorted(path.name for path in folder.iterdir()) == ["2026-11.jsonl", "2026-12.jsonl"]
    assert list(ledger.read()) == november + december


def test_only_its_owner_reads_it(folder: Path) -> None:
    write("a@voorbeeld.example")
    (file,) = folder.iterdir()
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)


def test_a_line_is_useless_without_the_key(settings: Settings) -> None:
    """4(5): a pseudonym; with another key the same person is another string, and the hash is no plain one."""
    with_ours = ledger.pseudonym("a@voorbeeld.example")
    assert with_ours == ledger.pseudonym("a@voorbeeld.example")
    assert with_ours != ledger.pseudonym("b@voorbeeld.example")
    settings.ERASURE_KEY = settings.ERASURE_KEY[::-1]
    assert ledger.pseudonym("a@voorbeeld.example") != with_ours


@pytest.mark.parametrize("cut", [2, 20, 100])
def test_a_line_cut_by_a_crash_is_passed_over_and_takes_no_other_with_it(folder: Path, cut: int) -> None:
    """Nothing was erased on the strength of half a line; what is written after it counts."""
    whole = write("a@voorbeeld.example")
    write("b@voorbeeld.example")
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-cut])
    assert list(ledger.read()) == whole
    after = write("c@voorbeeld.example")
    assert list(ledger.read()) == whole + after


def test_a_line_that_lost_only_its_end_counts(folder: Path) -> None:
    lines = write("a@voorbeeld.example")
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    assert list(ledger.read()) == lines
    lines += write("b@voorbeeld.example")
    assert list(ledger.read()) == lines


def test_a_line_cut_inside_a_letter_is_passed_over(folder: Path) -> None:
    whole = write("a@voorbeeld.example")
    (file,) = folder.iterdir()
    line = file.read_bytes()
    file.write_bytes(line + line[: line.index("é".encode()) + 1])
    assert list(ledger.read()) == whole


def test_lines_of_several_writers_never_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each gets its lines onto the disk in small pieces here, as a full disk or a signal may do."""
    real = os.write
    monkeypatch.setattr(ledger.os, "write", lambda descriptor, data: real(descriptor, bytes(data[:40])))
    ready = threading.Barrier(6)
    written: list[ledger.Line] = []

    def work(number: int) -> None:
        ready.wait()
        for turn in range(5):
            written.extend(write(*(f"{number}.{turn}.{n}@voorbeeld.example" for n in range(4))))

    threads: list[Any] = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    found = list(ledger.read())
    assert len(found) == 6 * 5 * 4
    assert {line.subject for line in found} == {line.subject for line in written}
