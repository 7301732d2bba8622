"""PostgreSQL and Valkey from their wheels: a developer's machine and the tests need nothing installed.

One *keeper* process per folder (`config.keeper`) owns the two servers. Whoever needs them holds a connection to it: the
first one starts it, and when the last connection closes, also because its process was killed, it stops the servers and
ends. So `manage.py` beside a running `make run` uses the same servers and does not stop them, and alone it starts and stops
its own. The sockets lie in a short folder of their own: no port can be taken, and no path is too long for a socket.

Decision record: docs/decisions/0003-embedded-servers.md.
"""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / ".data"

_held: list["Servers"] = []


class Servers:
    """A hold on the servers of one folder; they run for as long as anyone has one. Also a context manager."""

    def __init__(self, connection: socket.socket, urls: dict[str, str]) -> None:
        self._connection = connection
        self.urls = urls
        """`DATABASE_URL` and `REDIS_URL` of the servers."""

    @classmethod
    def hold(cls, folder: Path, *, durable: bool = True) -> Self:
        """Return a hold on the servers whose data is in `folder`, starting them when they do not run.

        Without `durable` nothing waits for the disk, and the folder is removed with the last hold: for tests.

        Raises:
            RuntimeError: they could not be started; the message holds the end of their log.
        """
        folder.mkdir(parents=True, exist_ok=True)
        # One at a time: of two first users, the second finds the keeper of the first.
        with (folder / "start.lock").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            connection = _connect(folder) or _start_keeper(folder, durable=durable)
            return cls(connection, json.loads((folder / "servers.json").read_text())["urls"])

    def ask(self, verb: str, server: str) -> None:
        """Have the keeper `stop`, `kill` or `start` one server, `postgres` or `valkey`, and wait until it has.

        Raises:
            RuntimeError: the keeper could not.
        """
        self._connection.sendall(f"{verb} {server}\n".encode())
        answer = _line(self._connection)
        if answer != "ok":
            raise RuntimeError(answer or "the keeper of the servers is gone")

    def release(self) -> None:
        """Give up the hold; when it was the last one, return after the servers have stopped."""
        try:
            self._connection.shutdown(socket.SHUT_WR)
            _line(self._connection)
        except OSError:
            pass  # The keeper is gone, and the servers with it.
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.release()


def start() -> None:
    """Complete `DATABASE_URL` and `REDIS_URL` in the environment, with servers held until this process ends."""
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not (os.environ.get(name) or os.environ.get(f"{name}_FILE"))]
    if missing:
        servers = Servers.hold(DATA / "servers")
        _held.append(servers)
        os.environ.update({name: servers.urls[name] for name in missing})


def stop() -> None:
    """Give up what `start` holds and wait for it; a process that just ends need not call this."""
    while _held:
        _held.pop().release()


def bound_to_parent(command: list[str], signum: signal.Signals) -> list[str]:
    """Return the command such that Linux sends it the signal when its parent dies, however that happens."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", signum.name.removeprefix("SIG"), "--", *command] if setpriv else command


def _connect(folder: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(json.loads((folder / "servers.json").read_text())["socket"])
        # A keeper that is just leaving may still take the connection, but does not greet.
        if _line(connection) == "ok":
            return connection
    except (OSError, ValueError):
        pass  # No keeper, or one that was killed.
    connection.close()
    return None


def _start_keeper(folder: Path, *, durable: bool) -> socket.socket:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "config.keeper", str(folder), str(theirs.fileno()), *([] if durable else ["--volatile"])]
    with (folder / "keeper.log").open("wb") as log, theirs:
        # A session of its own: Ctrl-C in a terminal goes to the users, and the keeper leaves after them.
        # It forks itself away from us at once, so that it is nobody's child and never a zombie.
        subprocess.run(
            command,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=True,
        )
    if _line(ours) != "ok":
        ours.close()
        raise RuntimeError(f"PostgreSQL or Valkey did not start:\n{(folder / 'keeper.log').read_text()[-4000:]}")
    return ours


def _line(connection: socket.socket) -> str:
    """Return the next line, or what there was of it when the other side closes."""
    received = b""
    while not received.endswith(b"\n") and (byte := connection.recv(1)):
        received += byte
    return received.decode().strip()
