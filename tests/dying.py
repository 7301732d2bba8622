"""Processes of the site that die where a test wants them to, or start together."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

#: Has a function send its process a signal, before or after it does its work, at a certain call.
_SIGNALS = """
import importlib, os, signal, sys
path, when, nth, sent = sys.argv[1], sys.argv[2], int(sys.argv[3]), getattr(signal, sys.argv[4])
module, _, name = path.rpartition(".")
module = importlib.import_module(module)
real, calls = getattr(module, name), [0]
def dying(*args, **kwargs):
    calls[0] += 1
    if calls[0] == nth and when == "before":
        os.kill(os.getpid(), sent)
    result = real(*args, **kwargs)
    if calls[0] == nth and when == "after":
        os.kill(os.getpid(), sent)
    return result
setattr(module, name, dying)
"""

#: Runs before everything else in a process: the ledger of the test.
_LEDGER = """
import django
django.setup()
from pathlib import Path
from django.conf import settings
settings.ERASURE_LEDGER_DIR = Path({folder!r})
"""


def with_ledger(folder: Path, code: str) -> str:
    """Return code of a process of the site that keeps its ledger in `folder`."""
    return _LEDGER.format(folder=str(folder)) + code


def child(code: str, *arguments: str, settings: dict[str, Any] | None = None, piped: bool = False) -> "subprocess.Popen[bytes]":
    """Start a process of the site on the test database; `piped` to talk with it."""
    pipe = subprocess.PIPE if piped else None
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    environment["TEST_SETTINGS"] = json.dumps(settings or {})
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, env=os.environ | environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)


def signalled_at(
    where: str, when: str, nth: int, act: str, *, ledger: Path, settings: dict[str, Any] | None = None, signal: str = "SIGKILL"
) -> "subprocess.Popen[bytes]":
    """Start a process of the site that is killed, or stopped, on its way.

    Args:
        where: dotted name of the function at which it is.
        when: "before" or "after" the function does its work.
        nth: at which of its calls.
        act: the code it runs.
        ledger: where it keeps its ledger.
        settings: settings of its own.
        signal: name of what it gets.
    """
    return child(with_ledger(ledger, _SIGNALS + act), where, when, str(nth), signal, settings=settings)


def killed_at(where: str, when: str, nth: int, act: str, *, ledger: Path, settings: dict[str, Any] | None = None) -> int:
    """Run such a process until it is dead; return its exit code, -9 when it was killed on its way."""
    return signalled_at(where, when, nth, act, ledger=ledger, settings=settings).wait(180)


def at_once(code: str, *, settings: dict[str, Any]) -> None:
    """Start two processes that get ready, and have both call their `beat()` in the same moment."""
    code += "\nimport sys\nprint('ready', flush=True)\nsys.stdin.readline()\nbeat()\n"
    beats = [child(code, settings=settings, piped=True) for _ in range(2)]
    try:
        for beat in beats:
            assert beat.stdout is not None
            assert beat.stdout.readline() == b"ready\n"
        for beat in beats:
            assert beat.stdin is not None
            beat.stdin.write(b"go\n")
            beat.stdin.flush()
        for beat in beats:
            beat.communicate(timeout=180)
            assert beat.returncode == 0
    finally:
        for beat in beats:
            beat.kill()
            beat.communicate()
