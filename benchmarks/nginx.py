"""The nginx of docker-compose as a process of this machine: the very configuration, with addresses and folders of our own."""

import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from config.testing import wait_until

CONFIGURATION = Path(__file__).resolve().parents[1] / "nginx" / "nginx.conf"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def answers(url: str) -> bool:
    """Say whether anybody listens there, whatever they say."""
    try:
        urllib.request.urlopen(url).close()  # noqa: S310
    except urllib.error.HTTPError:
        return True  # nginx, say, while the web process behind it is not there
    except OSError:
        return False
    return True


class Nginx:
    """A context in which nginx runs: `url` is what a proxy that ends TLS talks to, `purge_url` what Django does."""

    def __init__(self, folder: Path, web: str, media: Path, more: str = "") -> None:
        """Prepare.

        Args:
            folder: for what nginx keeps; must exist.
            web: host and port of the web process.
            media: folder of the editors' images and documents.
            more: servers beside those of the configuration.
        """
        port, purge_port = free_port(), free_port()
        self.url, self.purge_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{purge_port}"
        text = CONFIGURATION.read_text()
        for theirs, ours in {
            "/tmp/": f"{folder}/",  # noqa: S108 (of the container)
            "/etc/nginx/mime.types": str(_mime_types()),
            "/var/lib/koel/media/": f"{media}/",
            "web:8000": web,
            "127.0.0.1:8080": f"127.0.0.1:{port}",
            "listen 8080": f"listen 127.0.0.1:{port}",
            "listen 8081": f"listen 127.0.0.1:{purge_port}",
            "worker_processes auto": "worker_processes 1",
        }.items():
            assert theirs in text, theirs
            text = text.replace(theirs, ours)
        self._file = folder / "nginx.conf"
        self._file.write_text(text.rstrip().removesuffix("}") + more + "\n}\n")
        # In the container it never is root; here its workers must be whoever owns the folders.
        directives = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        self._command = [nginx_program() or "nginx", "-e", "stderr", "-p", str(folder), "-c", str(self._file), "-g", directives]

    def __enter__(self) -> Self:
        """Start it and return when it answers."""
        subprocess.run([*self._command, "-t"], check=True, capture_output=True, text=True)
        self._process = subprocess.Popen(self._command)
        wait_until(lambda: answers(f"{self.url}/healthz/live"), message="nginx does not answer")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(20)


def nginx_program() -> str | None:
    """Return where nginx is; None where it is not installed."""
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


def _mime_types() -> Path:
    return Path("/etc/nginx/mime.types")
