"""A real worker, and what the jobs of the night and of inzage take of the machine's memory in it.

A worker is one parent and two processes that work, forked from it: most of what is loaded lies in memory once for the three of
them. What each takes is therefore its proportional share (PSS): a page that three have counts for a third.
"""

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.testing import Mailbox, Worker, wait_until
from django.conf import settings
from django.db.models import Max

from benchmarks.memory import share_of_memory
from privacy.retention.models import RetentionRun
from privacy.retention.tasks import run_nightly


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


def nightly() -> str:
    """Have the worker erase everybody who is due today; return how many those were, and the memory of who works."""
    before = RetentionRun.objects.aggregate(last=Max("pk", default=0))["last"]
    with running() as (worker, _mailbox, memory):
        run_nightly.delay()
        run = wait_until(
            lambda: RetentionRun.objects.filter(pk__gt=before, state=RetentionRun.State.FINISHED).first(),
            seconds=3600,
            message=lambda: worker.log[-4000:],
        )
    return f"{run.erased:,} people erased: {memory}"
