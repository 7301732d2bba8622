"""What a visitor notices of the expiry: how long the form takes while half a million people are being erased."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count

from django.test import Client

from tests.factories import filled_in

_numbers = count(1)


def compare(rounds: int) -> str:
    """Send the form on an idle site and while the expiry of half of all people runs; return the 95th percentiles.

    Args:
        rounds: how many messages on the idle site.
    """
    client = Client()
    _post(client)  # the first compiles templates
    idle = [_post(client) for _ in range(rounds)]
    command = [sys.executable, "-m", "benchmarks.expiry", "ours, one process", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as expiry:
        busy = list(_until(lambda: expiry.poll() is not None, client))
    assert expiry.returncode == 0
    before, meanwhile = _percentile(idle), _percentile(busy)
    return (
        f"{before * 1000:.1f} ms idle ({len(idle)} messages), {meanwhile * 1000:.1f} ms meanwhile ({len(busy)}): "
        f"{meanwhile / before:.2f}"
    )


def _until(is_over: Callable[[], bool], client: Client) -> Iterator[float]:
    while not is_over():
        yield _post(client)


def _post(client: Client) -> float:
    """Send one message of somebody new; return the seconds that the POST took."""
    message = filled_in(client, email=f"bezoeker{next(_numbers)}@voorbeeld.example")
    begin = time.perf_counter()
    response = client.post("/contact/", message)
    seconds = time.perf_counter() - begin
    assert response.status_code == 302
    return seconds


def _percentile(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]
