"""The process that owns the PostgreSQL and the Valkey of one folder: `python -m config.keeper FOLDER CONNECTION [--volatile]`.

`config.embedded` starts it and explains why it exists. It imports no Django, so that it starts in a moment.
"""

import argparse
import contextlib
import fcntl
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from config.servers import Postgres, Server, Valkey


def main() -> None:
    """Start the servers, serve their users, and stop when the last one has gone or SIGTERM comes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("connection", type=int, help="file descriptor of the first user")
    parser.add_argument("--volatile", action="store_true", help="speed over safety, and remove FOLDER at the end")
    options = parser.parse_args()
    folder: Path = options.folder.resolve()
    if os.fork():
        os._exit(0)

    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with (folder / "keeper.lock").open("w") as lock, contextlib.ExitStack() as stack:
        # The keeper before us may still be stopping its servers.
        fcntl.flock(lock, fcntl.LOCK_EX)
        first = socket.socket(fileno=options.connection)
        _forget_killed_keeper(folder)
        sockets = Path(tempfile.mkdtemp(prefix="koel-"))
        stack.callback(shutil.rmtree, sockets, ignore_errors=True)
        postgres = Postgres(folder / "postgres", sockets, durable=not options.volatile)
        valkey = Valkey(folder / "valkey", sockets)
        for server in (postgres, valkey):
            stack.callback(server.stop)
            server.start()
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(str(sockets / "keeper.sock"))
        listener.listen()
        known = {
            "sockets": str(sockets),
            "socket": str(sockets / "keeper.sock"),
            "urls": {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url},
        }
        (folder / "servers.json").write_text(json.dumps(known))
        stack.callback((folder / "servers.json").unlink, missing_ok=True)
        last = _serve(first, listener, {"postgres": postgres, "valkey": valkey})
    if options.volatile:
        shutil.rmtree(folder, ignore_errors=True)
    # The last user waits until the connection closes. Our end does that: neither the servers nor we are there any more.
    last.detach()


def _serve(first: socket.socket, listener: socket.socket, servers: dict[str, Server]) -> socket.socket:
    """Answer users until none is left; return the last one's connection."""
    users = selectors.DefaultSelector()
    users.register(listener, selectors.EVENT_READ)
    users.register(first, selectors.EVENT_READ)
    first.sendall(b"ok\n")
    while True:
        for key, _events in users.select():
            connection: socket.socket = key.fileobj  # type: ignore[assignment]
            if connection is listener:
                user, _address = listener.accept()
                users.register(user, selectors.EVENT_READ)
                user.sendall(b"ok\n")
                continue
            try:
                request = connection.recv(1024).decode().split()
            except OSError:
                request = []
            if request:
                connection.sendall(_do(request, servers))
                continue
            users.unregister(connection)
            if len(users.get_map()) == 1:
                return connection
            connection.close()


def _do(request: list[str], servers: dict[str, Server]) -> bytes:
    verb, name = request
    verbs: dict[str, Callable[[Server], None]] = {
        "start": Server.start,
        "stop": Server.stop,
        "kill": lambda server: server.stop(kill=True),
    }
    try:
        verbs[verb](servers[name])
    except (KeyError, RuntimeError) as error:
        return f"{verb} {name}: {error}\n".encode()
    return b"ok\n"


def _forget_killed_keeper(folder: Path) -> None:
    """Remove the folder of sockets that a killed keeper left behind."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        left = Path(json.loads((folder / "servers.json").read_text())["sockets"])
        if left.name.startswith("koel-"):
            shutil.rmtree(left)


def _leave(signum: int, frame: object) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main()
