"""Reports of errors, as the service gets them: what broke and where, and nothing of anybody (law.md I11)."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import brotli
import pytest

ROOT = Path(__file__).resolve().parents[2]

#: A page, a task and a line of the log that fail with somebody in hand: in the form, the address, variables and the message.
FAILING = """
import logging

import django
django.setup()
import sentry_sdk
from celery import shared_task
from django.test import Client
from django.urls import path
from config import urls

def fail(whose):
    name = "Anna Jansen"
    raise ValueError(f"Key (email)=({whose}) of {name} already exists.")

urls.urlpatterns.insert(0, path("toestemming/<slug:token>/", lambda request, token: fail(request.POST["email"])))
client = Client(raise_request_exception=False, headers={"host": "www.example.nl", "user-agent": "Annafox"})
client.cookies["kenmerk"] = "anna-0"
client.post("/toestemming/geheim-anna/?q=anna", {"email": "anna@voorbeeld.example"}, secure=True)
shared_task(name="failing")(fail).apply(["anna@voorbeeld.example"])
logging.getLogger("privacy.mail").error("Mail to %s failed.", "anna@voorbeeld.example")
sentry_sdk.flush(timeout=10)
"""


@pytest.fixture
def service() -> Iterator[Any]:
    """Take reports on 127.0.0.1, as Sentry does; `bodies` is what came."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            # The library compresses with what is installed.
            assert self.headers["Content-Encoding"] == "br"
            server.bodies.append(brotli.decompress(body).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.bodies = []
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def run(code: str, environment: dict[str, str]) -> None:
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_say_what_broke_and_where_and_nothing_of_anybody(service: Any, production_environment: dict[str, str]) -> None:
    dsn = f"http://key@127.0.0.1:{service.server_port}/1"
    run(FAILING, production_environment | {"SENTRY_DSN": dsn})

    everything = "\n".join(service.bodies)
    assert "anna" not in everything.lower(), everything
    reports = [json.loads(body.splitlines()[2]) for body in service.bodies]
    page, task, line = sorted(reports, key=lambda report: ("exception" not in report, "toestemming" not in str(report)))
    for report in (page, task):
        (error,) = report["exception"]["values"]
        assert error["type"] == "ValueError"
        assert error["stacktrace"]["frames"][-1]["function"] == "fail"
    assert page["transaction"] == "/toestemming/…/"
    assert task["transaction"] == "failing"
    assert (line["logger"], line["logentry"]) == ("privacy.mail", {"message": "Mail to %s failed."})


def test_without_an_address_nothing_is_loaded(production_environment: dict[str, str]) -> None:
    code = "import sys, django; django.setup(); assert not [name for name in sys.modules if name.startswith('sentry_sdk')]"
    run(code, production_environment)
