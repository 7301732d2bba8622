"""Reads on while what came before is being written: a database and a zip each have a processor of their own to work with."""

from collections.abc import Iterator
from queue import Queue
from threading import Event, Thread
from typing import Any, TypeVar

T = TypeVar("T")

#: How many items may wait; more would be memory, and no faster.
_WAITING = 2


def read_ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield what `items` yields, from a thread that is ahead of whoever takes it.

    The thread is gone when the generator ends or is closed. What `items` raises is raised here.

    Args:
        items: used by that thread alone until the generator has ended.
    """
    queue: Queue[tuple[bool, Any]] = Queue(maxsize=_WAITING)
    given_up = Event()

    def read() -> None:
        try:
            for item in items:
                queue.put((True, item))
                if given_up.is_set():
                    return
            queue.put((False, None))
        except BaseException as error:  # noqa: BLE001 (raised in the other thread)
            queue.put((False, error))

    thread = Thread(target=read, name="read-ahead", daemon=True)
    thread.start()
    try:
        while True:
            more, item = queue.get()
            if more:
                yield item
            elif item is None:
                return
            else:
                raise item
    finally:
        given_up.set()
        while thread.is_alive():
            # Whoever waits for room finds it.
            while not queue.empty():
                queue.get_nowait()
            thread.join(timeout=0.01)
