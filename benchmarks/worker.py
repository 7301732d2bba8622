"""A real worker, and what the jobs of the night and of inzage take of the machine's memory in it.

A worker is one parent and two processes that work, forked from it: most of what is loaded lies in memory once for the three of
them. What each takes is therefore its proportional share (PSS): a page that three have counts for a third.
"""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from config.testing import Mailbox, Worker, wait_until
from django.conf import settings

from benchmarks.memory import share_of_memory
from privacy.retention.models import RetentionRun
from privacy.retention.services import _start
from privacy.retention.tasks import resume_interrupted
from privacy.statement.models import StatementVersion


@contextmanager
def running() -> Iterator[tuple[Worker, Mailbox, "Memory"]]:
    """Have a worker, the mails it sends, and what its processes take."""
    mailbox = Mailbox(Path(settings.EMAIL_FILE_PATH))
    mailbox.clear()
    with tempfile.TemporaryDirectory() as folder:
        worker = Worker(Path(folder), os.environ["DATABASE_URL"])
        worker.start()
        try:
            with Memory(worker.group) as memory:
                yield worker, mailbox, memory
        finally:
            worker.stop()


class Memory:
    """Looks every tenth of a second at what each process of a worker takes."""

    def __init__(self, parent: int) -> None:
        self._children = [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
        self._before = self._now()
        self._most = self._before
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look)

    def __enter__(self) -> "Memory":
        self._watch.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._over.set()
        self._watch.join()

    def __str__(self) -> str:
        return f"{self._before:.0f} -> {self._most:.0f} MiB"

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self._most = max(self._most, self._now())

    def _now(self) -> float:
        """Return what the process that takes most takes (MiB)."""
        return max(share_of_memory(child) for child in self._children)


def nightly(as_of: datetime) -> dict[str, object]:
    """Have a worker erase who was due then, its second process helping while nobody is on the site.

    Returns:
        How many `people`, in how many `seconds`, and the `memory` of who worked.
    """
    with running() as (worker, _mailbox, memory):
        begun = time.perf_counter()
        run = begin(as_of)
        wait_until(lambda: is_over(run), seconds=7200, message=lambda: worker.log[-4000:])
        seconds = time.perf_counter() - begun
    return {"people": run.erased, "seconds": seconds, "memory": str(memory)}


def begin(as_of: datetime) -> RetentionRun:
    """Begin a run by another clock than today's: the worker takes it up with the task that does so after a crash."""
    run = _start(StatementVersion.objects.binding(), as_of)
    resume_interrupted.delay()
    return run


def is_over(run: RetentionRun) -> bool:
    """Say whether a run is finished."""
    run.refresh_from_db()
    return run.state == RetentionRun.State.FINISHED
