"""Asking on "Mijn gegevens": whether an address that is known takes another time, and how long the answer takes."""

import time
from email.message import EmailMessage
from statistics import median
from types import SimpleNamespace

import redis
from config.testing import Mailbox, wait_until
from django.conf import settings
from django.test import Client, override_settings

from benchmarks.worker import running
from privacy.mail.models import Mail
from tests.my_data import link_in

#: Nobody is turned away while we measure.
_NO_LIMITS = dict.fromkeys(settings.ASKS_PER_HOUR, 1_000_000)


def same_for_everybody(email: str, rounds: int) -> str:
    """Ask for a known and an unknown address in turns; return how much the two distributions of the times overlap.

    Args:
        email: an address that is known.
        rounds: how many of each.
    """
    client = Client()
    took: dict[str, list[float]] = {email: [], "onbekend@voorbeeld.example": []}
    with override_settings(ASKS_PER_HOUR=_NO_LIMITS):
        for _ in range(rounds):
            for address, times in took.items():
                begin = time.perf_counter()
                _ask(client, address)
                times.append(time.perf_counter() - begin)
    # What follows on these is nobody's to measure.
    Mail.objects.update(state=Mail.State.CANCELLED, next_attempt_at=None)
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushall()
    known, unknown = took.values()
    longer = sum(one > other for one in known for other in unknown) / rounds**2
    return (
        f"median {median(known) * 1000:.2f} ms known, {median(unknown) * 1000:.2f} ms unknown; "
        f"overlap {_overlap(known, unknown):.2f}; the known one takes longer in {longer:.0%}"
    )


def from_link_to_mail(email: str) -> str:
    """Return the seconds from the POST of the link to the mail with the archive by an idle worker, and its memory."""
    with running() as (worker, mailbox, memory), override_settings(ASKS_PER_HOUR=_NO_LIMITS):
        client = Client()
        _ask(client, email)
        link = _path(wait_until(lambda: _mail(mailbox, "Bevestig uw verzoek"), message=lambda: worker.log[-4000:]))
        begin = time.perf_counter()
        assert client.post(link).status_code == 302
        wait_until(lambda: _mail(mailbox, "staan klaar"), message=lambda: worker.log[-4000:])
        seconds = time.perf_counter() - begin
    return f"{seconds:.2f} s, memory {memory}"


def _ask(client: Client, email: str) -> None:
    response = client.post("/mijn-gegevens/", {"email": email, "kind": "access"})
    assert response.status_code == 302


def _overlap(one: list[float], other: list[float]) -> float:
    """Return 1 for two distributions that are the same, 0 for two that share nothing (1 - Kolmogorov-Smirnov)."""
    return 1 - max(
        abs(sum(row <= value for row in one) / len(one) - sum(row <= value for row in other) / len(other))
        for value in (*one, *other)
    )


def _mail(mailbox: Mailbox, subject: str) -> EmailMessage | None:
    return next((mail for mail in mailbox.messages() if subject in str(mail["Subject"])), None)


def _path(mail: EmailMessage | None) -> str:
    assert mail
    return link_in(SimpleNamespace(body=mail.get_content()))  # type: ignore[arg-type]
