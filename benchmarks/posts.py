"""What a visitor notices of the expiry: how long the form takes while people are being erased."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count

from django.test import Client

from tests.factories import filled_in

_numbers = count(1)


def compare(rounds: int) -> Iterator[str]:
    """Send the form on an idle site and while people are being erased; give a line with the 95th percentiles for each way.

    Args:
        rounds: how many messages on the idle site.
    """
    client = Client()
    _post(client)  # the first compiles templates
    idle = [_post(client) for _ in range(rounds)]
    before = _percentile(idle)
    yield f"{before * 1000:.1f} ms idle ({len(idle)} messages)"
    # The one takes a tenth of all people, the other the four tenths that are left of the half.
    for way, years_ago in (("ours, one process", 2), ("ours, two processes", 0)):
        command = [sys.executable, "-m", "benchmarks.expiry", way, str(years_ago)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as expiry:
            busy = list(_until(lambda expiry=expiry: expiry.poll() is not None, client))
        assert expiry.returncode == 0
        meanwhile = _percentile(busy)
        yield f"{meanwhile * 1000:.1f} ms beside {way} ({len(busy)} messages): {meanwhile / before:.2f}"


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
