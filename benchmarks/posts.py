"""What a visitor notices of the expiry: how long the form takes while people are being erased."""

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

from config.testing import wait_until
from dateutil.relativedelta import relativedelta
from django.test import Client
from django.utils import timezone

from benchmarks import worker
from privacy.retention.models import RetentionRun
from privacy.subjects.models import DataSubject
from tests.factories import filled_in

#: From one message to the next (seconds). The worker has its mails to send meanwhile, on an idle site too.
_PACE = 0.3

_numbers = count(1)


def compare(messages: int) -> Iterator[str]:
    """Send the form on an idle site and while people are being erased; give a line with the 95th percentiles for each way.

    Args:
        messages: how many on the idle site.
    """
    client = Client()
    with worker.running():
        _post(client)  # the first compiles templates
        before = _percentile([_post(client) for _ in range(messages)])
        yield f"{before * 1000:.1f} ms idle ({messages} messages)"
        # Half of all people, and then the other half.
        for way, begin in (
            ("the nightly run, with visitors since before it", lambda: _begin(0)),
            ("the nightly run, with visitors since it has help", lambda: _begin_in_quiet(-18)),
        ):
            run, busy = begin(), []
            while not worker.is_over(run):
                busy.append(_post(client))
            meanwhile = _percentile(busy)
            yield f"{meanwhile * 1000:.1f} ms beside {way} ({len(busy)} messages): {meanwhile / before:.2f}"


def _begin(months_ago: int) -> RetentionRun:
    return worker.begin(timezone.now() - relativedelta(months=months_ago))


def _begin_in_quiet(months_ago: int) -> RetentionRun:
    """Begin a run as if the last visitor had left an hour ago; return when two processes are in the middle of it."""
    hour_ago = timezone.now() - timedelta(hours=1)
    DataSubject.objects.filter(last_contact_at__gt=hour_ago).update(last_contact_at=hour_ago)
    run = _begin(months_ago)
    wait_until(lambda: RetentionRun.objects.filter(pk=run.pk, erased__gt=10_000).exists(), seconds=600)
    return run


def _post(client: Client) -> float:
    """Send one message of somebody new, and wait for the next one's turn; return the seconds that the POST took."""
    begin = time.perf_counter()
    message = filled_in(client, email=f"bezoeker{next(_numbers)}@voorbeeld.example")
    posted = time.perf_counter()
    response = client.post("/contact/", message)
    seconds = time.perf_counter() - posted
    assert response.status_code == 302
    time.sleep(max(0, begin + _PACE - time.perf_counter()))
    return seconds


def _percentile(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]
