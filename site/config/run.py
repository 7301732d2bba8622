"""`make run`: PostgreSQL, Valkey, web, Celery worker and beat on a developer's machine, until one of them ends or Ctrl-C.

Why not a general supervisor: docs/decisions/0004-supervisor.md.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from threading import Thread
from types import FrameType
from typing import NoReturn

from config.embedded import DATA, ROOT, bound_to_parent, start, stop

STOP_SECONDS = 15
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Services = dict[str, subprocess.Popen[bytes]]


def main() -> int:
    """Run everything; return the exit code for the shell."""
    for signum in SIGNALS:
        signal.signal(signum, _interrupt)
    port = os.environ.setdefault("PORT", "8000")
    if why := _not_free(port):
        _say(f"{why}; another one is chosen with: PORT=8001 make run")
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    services: Services = {}
    try:
        start()
        # Bound to us: half of two first starts at once would be worse than none.
        subprocess.run(bound_to_parent([sys.executable, "-m", "config.prepare"], signal.SIGTERM), cwd=ROOT, check=True)
        for name, command in _commands(port).items():
            services[name] = _start(command)
        Thread(target=_say_where, args=(port,), daemon=True).start()
        return _watch(services)
    except _Interrupted as signalled:
        _say(f"{signalled}: stopping")
        return 0
    except subprocess.CalledProcessError as error:
        _say(f"migrations or demo failed: {_why(error.returncode)}")
        return 1
    finally:
        _end(services)
        stop()


def _not_free(port: str) -> str:
    """Return why the site cannot be served on this port; empty when it can. Asked first: nothing else need be started then."""
    try:
        with socket.socket() as asked:
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            asked.bind(("127.0.0.1", int(port)))
    except (ValueError, OverflowError):
        return f"PORT is {port!r}, and a port is a number up to 65535"
    except OSError as error:
        return f"port {port} cannot be used: {(error.strerror or '').lower()}"
    return ""


def _commands(port: str) -> dict[str, list[str]]:
    celery = [sys.executable, "-m", "celery", "-A", "config"]
    return {
        "web": [sys.executable, "manage.py", "runserver", "--skip-checks", f"127.0.0.1:{port}"],
        "worker": [*celery, "worker", "--concurrency=2", "--loglevel=INFO", "--without-mingle", "--without-gossip"],
        "beat": [*celery, "beat", "--loglevel=INFO", "--pidfile=", f"--schedule={DATA / 'beat-schedule'}"],
    }


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches us alone, and we stop the others in order.
    return subprocess.Popen(
        bound_to_parent(command, signal.SIGTERM),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _say_where(port: str) -> None:
    """Say the address once it answers: the web process loads for seconds, and whoever follows a link sooner finds nobody."""
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", int(port))):
            break
        time.sleep(0.1)
    _say(f"http://localhost:{port}/ and http://localhost:{port}/admin/ (Ctrl-C stops everything)")


def _watch(services: Services) -> int:
    """Print what the services print until one of them ends; say which and why."""
    printers = [Thread(target=_print, args=(name, process), daemon=True) for name, process in services.items()]
    for printer in printers:
        printer.start()
    # Waits without collecting: `poll` below still gets the exit code.
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    for name, process in services.items():
        if (code := process.poll()) is not None:
            # Its last words first: they are the reason.
            printers[list(services).index(name)].join(timeout=1)
            _say(f"{name} ended: {_why(code)}; stopping the others")
    return 1


def _print(name: str, process: subprocess.Popen[bytes]) -> None:
    for line in process.stdout or ():
        _say(line.decode(errors="replace").rstrip(), name)


def _end(services: Services) -> None:
    """Ask every service to stop, and kill with all its children what has not done so in time."""
    # From here on nothing may interrupt us: it would leave processes behind.
    for signum in SIGNALS:
        signal.signal(signum, signal.SIG_IGN)
    for process in services.values():
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in services.values():
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _why(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _say(line: str, name: str = "run") -> None:
    print(f"{name:>6} | {line}", flush=True)  # noqa: T201


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise _Interrupted(signal.Signals(signum).name)


class _Interrupted(Exception):
    """A signal asked us to stop."""


if __name__ == "__main__":
    sys.exit(main())
