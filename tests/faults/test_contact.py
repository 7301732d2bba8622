"""What was taken in is stored, and what must follow does, whatever dies in between (invariant 6)."""

import time
from collections.abc import Iterator

import pytest
import redis
from config.testing import Mailbox, Worker, wait_until
from django.conf import settings
from django.test import Client
from django.utils import timezone

from contact.mails import OWNERS_MAIL
from privacy.mail.models import Mail
from privacy.mail.tasks import deliver_one, sweep
from privacy.rights.models import DataRequest
from privacy.rights.services import take
from privacy.rights.tasks import sweep as sweep_requests
from tests.conftest import Broker
from tests.factories import send
from tests.smtp import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

SECRETS = {"email": "jan.jansen@voorbeeld.example", "name": "Jan Jansen", "message": "Mijn geheime vraag"}


#: What one message sends: the owner's mail, and the sender's receipt of consent.
MAILS = 2


def notified() -> bool:
    """Whether every mail went out."""
    return Mail.objects.exists() and not Mail.objects.exclude(state=Mail.State.SENT).exists()


def no_time_to_lose() -> None:
    """Let every mail that waits be due now."""
    Mail.objects.filter(state=Mail.State.PENDING).update(next_attempt_at=timezone.now())


def test_a_real_worker_tells_the_owner_once(client: Client, celery_worker_process: Worker, mailbox: Mailbox) -> None:
    send(client, **SECRETS)
    wait_until(notified, message=lambda: celery_worker_process.log)
    deliver_one.delay(Mail.objects.get(kind=OWNERS_MAIL).pk)
    sweep.delay()
    wait_until(lambda: celery_worker_process.log.count("succeeded in") == MAILS + 2, message=lambda: celery_worker_process.log)
    assert len(mailbox.messages()) == MAILS


def test_nothing_personal_is_in_queue_log_or_mail(client: Client, worker: Worker, mailbox: Mailbox) -> None:
    """I6, I10, invariant 3: with no worker yet, all that was queued lies in Valkey."""
    send(client, **SECRETS)
    queued = b"\n".join(everything_in_valkey())
    assert b"privacy.mail.tasks.deliver_one" in queued, "the test looks in the right place"
    worker.start()
    wait_until(notified, message=lambda: worker.log)
    (to_the_owner,) = [mail for mail in mailbox.messages() if mail["To"] != SECRETS["email"]]
    written = queued.decode(errors="replace") + worker.log + to_the_owner.as_string()
    for secret in (*SECRETS.values(), "jan.jansen", "Jansen"):
        assert secret not in written


def everything_in_valkey() -> Iterator[bytes]:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter():
            yield key
            match client.type(key):
                case b"list":
                    yield from client.lrange(key, 0, -1)
                case b"hash":
                    yield from (part for pair in client.hgetall(key).items() for part in pair)
                case b"set":
                    yield from client.smembers(key)
                case b"zset":
                    yield from client.zrange(key, 0, -1)
                case _:
                    yield client.get(key) or b""


def test_the_form_works_without_broker_and_the_mail_goes_out_later(
    client: Client, broker: Broker, worker: Worker, mailbox: Mailbox
) -> None:
    broker.stop()
    began = time.monotonic()
    response = send(client, **SECRETS)
    # Two mails are owed; asking for the broker until it is there would take two seconds for each.
    assert time.monotonic() - began < 3
    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200
    assert not notified()

    broker.start()
    worker.start()
    sweep.delay()  # what beat does each minute
    wait_until(notified, message=lambda: worker.log)
    assert len(mailbox.messages()) == MAILS


def test_a_dead_mail_server_delays_the_mail_and_loses_nothing(client: Client, worker: Worker) -> None:
    with MailServer() as server:
        server.stop()
        worker.start(**server.settings())
        send(client, **SECRETS)
        wait_until(lambda: "was not sent (ConnectionRefusedError)" in worker.log, message=lambda: worker.log)
        assert not notified()
        assert "jansen" not in worker.log.lower()

        server.start()
        no_time_to_lose()
        sweep.delay()  # what beat does each minute
        wait_until(notified, message=lambda: worker.log)
        assert len(server.taken) == MAILS


def test_a_worker_killed_while_it_talks_to_the_mail_server_sends_one_mail(client: Client, worker: Worker) -> None:
    """The attempt counts before the server is asked, so the next worker waits its time; and nothing is lost."""
    with MailServer("hang") as server:
        worker.start(**server.settings() | {"EMAIL_TIMEOUT": 60})
        send(client, **SECRETS)
        wait_until(lambda: Mail.objects.filter(attempts=1).count() == MAILS and server.heard, message=lambda: worker.log)
        worker.kill()
        mail = Mail.objects.get(kind=OWNERS_MAIL)
        assert (mail.state, mail.attempts) == (Mail.State.PENDING, 1)
        assert mail.next_attempt_at
        assert mail.next_attempt_at > timezone.now()

        server.behaviour = "accept"
        worker.start(**server.settings())
        sweep.delay()
        wait_until(lambda: "succeeded in" in worker.log, message=lambda: worker.log)
        assert not server.taken, "not before its time"
        no_time_to_lose()
        for _ in range(2):
            sweep.delay()
        wait_until(notified, message=lambda: worker.log)
        assert len(server.taken) == MAILS
        mail.refresh_from_db()
        assert (mail.state, mail.attempts) == (Mail.State.SENT, 2)


def test_two_processes_that_send_and_sweep_at_once_send_each_mail_once(client: Client, worker: Worker) -> None:
    for n in range(10):
        send(client, email=f"n{n}@voorbeeld.example")
        sweep.delay()
    for pk in Mail.objects.values_list("pk", flat=True):
        deliver_one.delay(pk)
    with MailServer() as server:
        worker.start(**server.settings())
        wait_until(lambda: worker.log.count("succeeded in") == 2 * 10 * MAILS + 10, seconds=60, message=lambda: worker.log)
        assert notified()
        assert len(server.taken) == 10 * MAILS


def test_a_worker_that_dies_leaves_the_mail_to_the_next(client: Client, worker: Worker, mailbox: Mailbox) -> None:
    worker.start()
    worker.kill()
    send(client, **SECRETS)
    worker.start()
    wait_until(notified, message=lambda: worker.log)
    assert len(mailbox.messages()) == MAILS


def test_a_request_for_inzage_works_without_broker_too(broker: Broker, worker: Worker) -> None:
    broker.stop()
    now = timezone.now()
    request = take(email=SECRETS["email"], kind="access", received_at=now, at=now)
    broker.start()
    worker.start()
    sweep_requests.delay()
    wait_until(lambda: DataRequest.objects.get(pk=request.pk).archive, message=lambda: worker.log)
