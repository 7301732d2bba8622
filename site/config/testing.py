"""Pytest plugin and helpers: every test run has a PostgreSQL and a Valkey of its own, and real Celery workers.

It is a plugin and not part of `tests/conftest.py`, because the servers must run before Django reads its settings, and
pytest-django sets Django up before it loads a conftest. The fixtures made of this are in `tests/conftest.py`.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import pytest

from config.embedded import Servers

T = TypeVar("T")

servers_key = pytest.StashKey[Servers]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start the servers in a new temporary folder and put their addresses in the environment."""
    folder = Path(tempfile.mkdtemp(prefix="koel-test-"))
    servers = Servers.hold(folder, durable=False)
    early_config.stash[servers_key] = servers
    # Over whatever is set: tests never touch a database of anyone else.
    os.environ.update(servers.urls, TEST_DATA=str(folder))
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers; their folder goes with them."""
    if servers := config.stash.get(servers_key, None):
        servers.release()
        del config.stash[servers_key]


def wait_until(condition: Callable[[], T], *, seconds: float = 30, message: str | Callable[[], str] = "") -> T:
    """Return the condition's value as soon as it is true; fail the test when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"Not within {seconds} s: {message() if callable(message) else message or condition}")
        time.sleep(0.02)
    return value


class Worker:
    """A real `celery -A config worker` process on the test database and this run's Valkey."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self._log = folder / "worker.log"
        self._database_url = database_url
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """Return what all processes of this worker have logged."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def group(self) -> int:
        """The number of its process group."""
        assert self._process, "this worker does not run"
        return self._process.pid

    def start(self, **settings: Any) -> None:
        """Start the worker and return when it takes tasks; `settings` are Django settings for this process (JSON values)."""
        assert self._process is None, "this worker runs already"
        environment = {"DATABASE_URL": self._database_url, "TEST_SETTINGS": json.dumps(settings)}
        before = len(self.log)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "celery",
                    "-A",
                    "config",
                    "worker",
                    "--concurrency=2",
                    "--loglevel=INFO",
                    "--without-mingle",
                    "--without-gossip",
                ],
                env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"} | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own process group, so that `kill` takes the pool along.
                start_new_session=True,
            )
        wait_until(lambda: " ready." in self.log[before:] or self._died(), message=lambda: self.log[-4000:])

    def stop(self) -> None:
        """End the worker, letting it finish its tasks."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the worker and its pool at once, as a machine that loses power would."""
        self._end(signal.SIGKILL)

    def _end(self, signum: signal.Signals) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        if signum == signal.SIGTERM:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                pytest.fail(f"The worker does not stop:\n{self.log[-4000:]}")
            finally:
                _kill_group(process.pid)
        else:
            _kill_group(process.pid)
            process.wait()

    def _died(self) -> bool:
        if self._process and self._process.poll() is not None:
            pytest.fail(f"The worker ended with {self._process.returncode}:\n{self.log[-4000:]}")
        return False


class Mailbox:
    """The mails that processes other than pytest sent: each is a file in one folder."""

    #: Django's file backend writes this line after every mail, so a mail without it is still being written.
    _END = b"\n" + b"-" * 79 + b"\n"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def messages(self) -> list[EmailMessage]:
        """Return the mails sent since the test began, oldest first."""
        files = sorted(self._folder.glob("*.log")) if self._folder.exists() else []
        mails = [mail for file in files for mail in file.read_bytes().split(self._END)[:-1]]
        return [message_from_bytes(mail, _class=EmailMessage, policy=policy.default) for mail in mails]

    def clear(self) -> None:
        """Forget the mails."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
