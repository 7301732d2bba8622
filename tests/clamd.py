"""A server on this machine that speaks ClamAV's protocol (INSTREAM), and misbehaves when told to."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

#: What this server takes for a virus.
VIRUS = b"%PDF-1.4 dit is het virus"


class Scanner:
    """What the server does, and what it was sent.

    `behaviour` is "protocol", "hang" (reads all and never answers), "drop" (hangs up at once), "garble" or "limit" (as ClamAV
    answers a file that is larger than its StreamMaxLength).
    """

    def __init__(self) -> None:
        self.behaviour = "protocol"
        self.sent: list[bytes] = []
        self.url = ""
        self.let_go = threading.Event()


@contextmanager
def clamd() -> Iterator[Scanner]:
    """Run the server; `url` is what `CLAMAV_URL` has to be."""
    scanner = Scanner()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if scanner.behaviour == "drop":
                return
            assert self.rfile.read(10) == b"zINSTREAM\0"
            content = b"".join(_chunks(self.rfile))
            scanner.sent.append(content)
            if scanner.behaviour == "hang":
                scanner.let_go.wait()
                return
            found = b"stream: Test.Signature FOUND\0" if VIRUS in content else b"stream: OK\0"
            self.wfile.write(
                {"garble": b"<html>", "limit": b"INSTREAM size limit exceeded. ERROR\0"}.get(scanner.behaviour, found)
            )

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        scanner.url = f"tcp://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield scanner
        finally:
            scanner.let_go.set()
            server.shutdown()


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while size := struct.unpack(">I", stream.read(4))[0]:
        yield stream.read(size)
