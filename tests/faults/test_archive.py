"""Inzage on a real worker: within seconds, and built once when the worker dies half-way."""

import io
import time
import zipfile
from typing import Any

import pytest
from config.testing import Mailbox, Worker, wait_until
from django.test import Client
from django.utils import timezone

from privacy.mail.models import Mail
from privacy.mail.tasks import sweep as sweep_mails
from privacy.rights.models import DataRequest
from privacy.rights.services import take
from privacy.storage import private_storage
from tests.factories import SubmissionFactory, relation, send
from tests.privacy.rights.conftest import ask, link_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

JAN = "jan@voorbeeld.example"


def ready(mailbox: Mailbox) -> Any:
    """Return the mail with the download, once it is there."""
    return next((mail for mail in mailbox.messages() if "staan klaar" in str(mail["Subject"])), None)


def path_of(mail: Any) -> str:
    class Read:
        body = mail.get_content()

    return link_in(Read())  # type: ignore[arg-type]


def test_from_the_confirmed_link_to_the_download_in_seconds(
    client: Client, celery_worker_process: Worker, mailbox: Mailbox
) -> None:
    """Under five seconds on an idle worker, and nothing of it in the log."""
    send(client, email=JAN, message="kwartsvraag")
    ask(client, email=JAN)
    first = wait_until(lambda: next((m for m in mailbox.messages() if "Bevestig uw verzoek" in str(m["Subject"])), None))
    begin = time.monotonic()
    client.post(path_of(first))
    mail = wait_until(lambda: ready(mailbox), message=lambda: celery_worker_process.log[-4000:])
    assert time.monotonic() - begin < 5
    response: Any = Client().post(path_of(mail))
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as bundle:
        assert b"kwartsvraag" in bundle.read("index.html")
    log = celery_worker_process.log
    assert JAN not in log
    assert "kwartsvraag" not in log
    assert path_of(mail).strip("/").rpartition("/")[2] not in log


def test_killed_while_building_it_is_built_once(worker: Worker, mailbox: Mailbox) -> None:
    """The mail stays owed; the next attempt makes one whole archive, and one mail goes out."""
    person = relation(timezone.now(), email=JAN)
    SubmissionFactory.create_batch(300, subject=person)
    worker.start()
    take(email=JAN, kind="access", received_at=timezone.now(), at=timezone.now())
    wait_until(lambda: Mail.objects.filter(kind="rights.letter", attempts=1).exists(), message=lambda: worker.log[-4000:])
    worker.kill()
    delivered = len([mail for mail in mailbox.messages() if "staan klaar" in str(mail["Subject"])])
    Mail.objects.filter(kind="rights.letter", state="pending").update(next_attempt_at=timezone.now())
    worker.start()
    sweep_mails.delay()
    wait_until(lambda: Mail.objects.filter(kind="rights.letter", state="sent").exists(), message=lambda: worker.log[-4000:])
    mails = [mail for mail in mailbox.messages() if "staan klaar" in str(mail["Subject"])]
    # Killed between the server's "250" and our commit, a mail goes out twice, under one Message-ID (the mail room's principle).
    assert len({mail["Message-ID"] for mail in mails}) == 1
    assert len(mails) - delivered <= 1
    response: Any = Client().post(path_of(mails[-1]))
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as bundle:
        assert bundle.testzip() is None
    request = DataRequest.objects.get()
    assert private_storage().exists(request.archive.name)
