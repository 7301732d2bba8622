"""Inzage on a real worker: within seconds, and built once, whoever dies half-way and however many are at it."""

import contextlib
import io
import json
import os
import secrets
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from config.testing import Mailbox, Worker, wait_until
from django.db import connection
from django.test import Client
from django.utils import timezone

from contact.models import Submission
from privacy import files
from privacy.mail.models import Mail
from privacy.mail.services import deliver
from privacy.mail.tasks import sweep as sweep_mails
from privacy.rights import services
from privacy.rights.delivery import build_export
from privacy.rights.models import DataRequest, Letter
from privacy.rights.search import collect
from privacy.rights.services import take
from privacy.rights.steps import Outdated
from privacy.subjects.models import DoomedFile
from privacy.subjects.registry import Record, registry
from tests.factories import SubmissionFactory, relation, send
from tests.locking import holding, wait_for_nobody, wait_for_waiting
from tests.my_data import ask, link_in
from tests.privacy.rights.conftest import _empty_storage, archives  # noqa: F401 (a fixture)

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


def test_reads_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody writes and another place forgets while it is being made: all of it is as it was when it began."""
    person = relation(timezone.now(), email=JAN)
    SubmissionFactory.create(subject=person, form_data={"message": "eerst"})
    like = registry.sources["contact.submissions"]

    def writes(_subject: Any) -> Iterator[Record]:
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute('UPDATE contact_submission SET form_data = \'{"message": "later"}\'')
            cursor.execute(
                "INSERT INTO privacy_subjects_contactmoment (subject_id, kind, at) VALUES (%s, 'phone', now())", [person.pk]
            )
        other.close()
        yield Record(reference="Mail #1", at=timezone.now(), values={"Tekst": "x"})

    # Not the very first: the moment is that of the first question to the database.
    source = replace(like, key="test.first", order=25, collect=writes, rows=None, amend=None)
    monkeypatch.setitem(registry.sources, source.key, source)
    out = io.BytesIO()
    summary = build_export(email=JAN, out=out)
    with zipfile.ZipFile(out) as bundle:
        text = bundle.read("data.json").decode() + bundle.read("index.html").decode()
    assert (summary.by_source["test.first"], summary.by_source["subjects.contact_moments"]) == (1, 0)
    assert "eerst" in text
    assert "later" not in text
    assert Submission.objects.filter(form_data__message="later").exists(), "it was written meanwhile"


@pytest.fixture
def owed() -> DataRequest:
    """Somebody with much to write down, whose answer is ready to go out."""
    person = relation(timezone.now(), email=JAN)
    for _ in range(300):
        SubmissionFactory.create(subject=person, form_data={"message": secrets.token_hex(200)})
    request = take(email=JAN, kind="access", received_at=timezone.now(), at=timezone.now())
    collect(request.pk, at=timezone.now())
    request.refresh_from_db()
    assert request.state == "ready"
    return request


def bytes_on_disk(group: int) -> int:
    """Return the size of all files without a name that the processes of a group have open."""
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.getpgid(int(process.name)) == group:
                names = {descriptor: str(descriptor.readlink()) for descriptor in (process / "fd").iterdir()}
                found += sum(row.stat().st_size for row, name in names.items() if name.endswith(" (deleted)"))
    return found


def answered_once(worker: Worker, mailbox: Mailbox, request: DataRequest) -> None:
    """Start anew; one mail goes out, one whole archive is there, and nothing else is left."""
    wait_for_nobody()
    request.refresh_from_db()
    assert (request.archive.name, request.links.count()) == ("", 0)
    assert not ready(mailbox)
    mails = Mail.objects.filter(kind="rights.letter")
    mails.update(next_attempt_at=timezone.now())
    worker.start()
    sweep_mails.delay()
    wait_until(lambda: mails.filter(state="sent").exists(), message=lambda: worker.log[-4000:])
    (mail,) = [mail for mail in mailbox.messages() if "staan klaar" in str(mail["Subject"])]
    assert mails.get().attempts == 2
    files.sweep(at=timezone.now() + files.GRACE)
    request.refresh_from_db()
    assert [f"inzage/{name}" for name in archives()] == [request.archive.name]
    assert not DoomedFile.objects.exists()
    response: Any = Client().post(path_of(mail))
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as bundle:
        assert bundle.testzip() is None
        assert len(json.loads(bundle.read("data.json"))["sources"]["contact.submissions"]["records"]) == 301


def test_killed_while_the_archive_is_being_written(worker: Worker, mailbox: Mailbox, owed: DataRequest) -> None:
    """Half of it is on the disk when the worker dies: nobody gets that half, and nothing is left of it."""
    with holding("LOCK TABLE contact_opening IN ACCESS EXCLUSIVE MODE"):
        worker.start()
        wait_for_waiting()
        assert bytes_on_disk(worker.group) > 50_000, "it was killed too early for this test to mean anything"
        worker.kill()
    assert not archives()
    answered_once(worker, mailbox, owed)


def test_killed_between_the_file_and_its_row(worker: Worker, mailbox: Mailbox, owed: DataRequest) -> None:
    """All of it is in the storage when the worker dies, and no row leads to it: it goes by itself."""
    with holding(f"SELECT FROM privacy_rights_datarequest WHERE id = {owed.pk} FOR UPDATE"):
        worker.start()
        wait_for_waiting()
        (orphan,) = archives()
        worker.kill()
    answered_once(worker, mailbox, owed)
    assert orphan not in archives()


def test_two_workers_build_it_once(worker: Worker, mailbox: Mailbox, owed: DataRequest) -> None:
    """The second comes while the first is building, and leaves it alone."""
    mails = Mail.objects.filter(kind="rights.letter")
    with holding("LOCK TABLE contact_opening IN ACCESS EXCLUSIVE MODE"):
        worker.start()
        wait_for_waiting()
        mails.update(next_attempt_at=timezone.now())
        deliver(mails.get().pk)
        assert mails.get().attempts == 1
    wait_until(lambda: mails.filter(state="sent").exists(), message=lambda: worker.log[-4000:])
    assert len(archives()) == 1
    assert len([mail for mail in mailbox.messages() if "staan klaar" in str(mail["Subject"])]) == 1


def test_two_workers_ask_the_sources_once() -> None:
    relation(timezone.now(), email=JAN)
    request = take(email=JAN, kind="access", received_at=timezone.now(), at=timezone.now())
    with holding(f"SELECT FROM privacy_rights_datarequest WHERE id = {request.pk} FOR UPDATE"):
        collect(request.pk, at=timezone.now())
    request.refresh_from_db()
    assert (request.state, request.attempts) == ("open", 0)
    for _ in range(2):
        collect(request.pk, at=timezone.now())
    request.refresh_from_db()
    assert (request.state, request.attempts, request.letters.count()) == ("ready", 1, 1)


def test_of_two_officers_at_the_same_moment_one_acts(django_user_model: Any) -> None:
    """Both have the same screen, and both press a button while the other's step is on its way."""
    officer = django_user_model.objects.create_superuser("officier", "o@koelict.example", "wachtwoord")
    request = take(email=JAN, kind="objection", received_at=timezone.now(), at=timezone.now())
    seen, outcomes = request.last_event_id(), []
    steps = [
        lambda: services.refuse(request, reason="Nee.", user=officer, at=timezone.now(), seen=seen),
        lambda: services.extend(request, months=1, reason="Drukte.", user=officer, at=timezone.now(), seen=seen),
    ]

    def act(step: Callable[[], object]) -> None:
        try:
            outcomes.append(type(step()))
        except Outdated as error:
            outcomes.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=[step]) for step in steps]
    with holding(f"SELECT FROM privacy_rights_datarequest WHERE id = {request.pk} FOR UPDATE"):
        for thread in threads:
            thread.start()
        wait_for_waiting(2)
    for thread in threads:
        thread.join()
    assert set(outcomes) == {Letter, Outdated}
    assert request.letters.count() == 1
