"""Reading ahead changes nothing about what is read (C10: the archive is complete, or is none)."""

import threading
from collections.abc import Iterator

import pytest

from privacy.rights.ahead import read_ahead


def running() -> bool:
    return any(thread.name == "read-ahead" for thread in threading.enumerate())


def test_yields_all_in_order_and_leaves_no_thread() -> None:
    assert list(read_ahead(iter(range(1_000)))) == list(range(1_000))
    assert list(read_ahead(iter([]))) == []
    assert list(read_ahead(iter([None, [], 0]))) == [None, [], 0], "nothing is taken for the end"
    assert not running()


def test_what_goes_wrong_there_goes_wrong_here_after_what_came_before() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    taken = read_ahead(broken())
    assert next(taken) == 1
    with pytest.raises(OSError, match="gone"):
        next(taken)
    assert not running()


def test_whoever_stops_early_stops_the_reading() -> None:
    read = []

    def endless() -> Iterator[int]:
        while True:
            read.append(1)
            yield len(read)

    taken = read_ahead(endless())
    assert next(taken) == 1
    taken.close()  # type: ignore[attr-defined]
    assert not running()
    assert len(read) < 10
