"""The bucket is away: nobody loses what they typed or their link, and what must go goes once it is back (I7)."""

import gc
from io import BytesIO
from types import GeneratorType
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from contact.models import Attachment, Opening, Submission
from contact.tasks import scan_files_again
from contact.virus import Verdict
from privacy import files
from privacy.mail.models import Mail
from privacy.rights.models import DataRequest, OneTimeLink
from privacy.rights.services import take
from privacy.storage import private_storage
from privacy.subjects.models import DataSubject, DoomedFile
from privacy.subjects.services import erase
from privacy.subjects.tasks import delete_doomed_files
from tests.buckets import Bucket
from tests.clamd import clamd
from tests.documents import PDF
from tests.factories import ask_for_a_file, send
from tests.my_data import JAN, link_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]


@pytest.fixture
def _with_a_file(bucket: Bucket, client: Client) -> None:
    """A message with a file, in the bucket."""
    ask_for_a_file()
    assert send(client, email=JAN, drawing=SimpleUploadedFile("plan.pdf", PDF)).status_code == 302


def test_who_sends_a_file_gets_back_what_was_typed(bucket: Bucket, client: Client) -> None:
    ask_for_a_file()
    bucket.go_away()
    response = send(client, drawing=SimpleUploadedFile("plan.pdf", PDF), name="Jan")
    assert response.status_code == 503
    html = response.content.decode()
    assert "Uw bericht is niet opgeslagen" in html
    assert "Hoe duur is een website?" in html
    assert not Submission.objects.exists()


@pytest.mark.usefixtures("_with_a_file")
def test_a_message_without_a_file_needs_no_bucket(bucket: Bucket, client: Client) -> None:
    bucket.go_away()
    assert send(client, email="ander@voorbeeld.example").status_code == 302


@pytest.mark.usefixtures("_with_a_file")
def test_the_owner_is_asked_to_come_back(bucket: Bucket, admin_client: Client) -> None:
    bucket.go_away()
    url = reverse("contact_attachment", args=[Attachment.objects.get().pk])
    response = admin_client.get(url)
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    bucket.back()
    response = admin_client.get(url)
    assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
    assert Opening.objects.exists()


def test_a_picture_is_not_said_to_be_gone(bucket: Bucket, client: Client) -> None:
    """A browser or nginx would believe it."""
    name = default_storage.save("images/ijs.png", ContentFile(b"x"))
    bucket.go_away()
    response = client.get(f"/media/{name}")
    assert (response.status_code, response["Cache-Control"]) == (503, "no-store")


@pytest.mark.usefixtures("_with_a_file")
def test_what_the_scanner_has_not_seen_is_looked_at_once_it_is_back(bucket: Bucket, settings: Settings) -> None:
    with clamd() as scanner:
        settings.CLAMAV_URL = scanner.url
        bucket.go_away()
        scan_files_again()
        assert Attachment.objects.get().scan == Verdict.UNKNOWN
        bucket.back()
        scan_files_again()
    assert Attachment.objects.get().scan == Verdict.CLEAN


@pytest.mark.usefixtures("_with_a_file")
def test_an_archive_waits_and_its_link_is_not_used_up(bucket: Bucket, post_office: Any) -> None:
    """C14: made when the bucket is back, and taken when it is back again."""
    take(email=JAN, kind=DataRequest.Kind.ACCESS, received_at=timezone.now(), at=timezone.now())
    bucket.go_away()
    gc.disable()
    try:
        assert not [mail for mail in post_office() if "staan klaar" in mail.subject]
        # Closed when the error came, with PostgreSQL's cursor, and not whenever Python finds it.
        assert not [
            one for one in gc.get_objects() if type(one) is GeneratorType and one.__name__ == "cursor_iter" and one.gi_frame
        ]
    finally:
        gc.enable()
    bucket.back()
    Mail.objects.filter(state=Mail.State.PENDING).update(next_attempt_at=timezone.now())
    (mail,) = [mail for mail in post_office() if "staan klaar" in mail.subject]
    bucket.go_away()
    response = Client().post(link_in(mail))
    assert (response.status_code, response["Cache-Control"]) == (503, "no-store")
    assert OneTimeLink.objects.get(opens="archive").used_at is None
    bucket.back()
    taken: Any = Client().post(link_in(mail))
    assert taken.status_code == 200
    assert b"".join(taken.streaming_content).startswith(b"PK")


@pytest.mark.parametrize("versioned", [False, True])
@pytest.mark.usefixtures("_with_a_file")
def test_an_erasure_is_done_all_the_same_and_leaves_no_object(
    bucket: Bucket,
    post_office: Any,
    versioned: bool,
) -> None:
    """C18: rows at once, files with the first sweep that finds the bucket."""
    if versioned:
        bucket.keep_versions()
    take(email=JAN, kind=DataRequest.Kind.ACCESS, received_at=timezone.now(), at=timezone.now())
    post_office()
    attached, archive = Attachment.objects.get().file.name, DataRequest.objects.get().archive.name
    assert bucket.everything() == sorted([f"private/{attached}", f"private/{archive}"])
    bucket.go_away()
    erase(DataSubject.objects.filter(email=JAN), reason="verzoek", at=timezone.now())
    assert not Attachment.objects.exists()
    delete_doomed_files()
    assert DoomedFile.objects.count() == 2
    bucket.back()
    delete_doomed_files()
    assert bucket.everything() == []
    assert not DoomedFile.objects.exists()


def test_many_doomed_files_wait_for_its_silence_once(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A night of thousands would end in the morning otherwise; and none of them is put off by an hour."""
    names = [files.keep(BytesIO(b"x"), folder="test") for _ in range(5)]
    files.claim(names)
    bucket.go_away()
    tried = []
    delete = type(private_storage()).delete

    def counted(storage: Any, name: str) -> None:
        tried.append(name)
        delete(storage, name)

    monkeypatch.setattr(type(private_storage()), "delete", counted)
    with transaction.atomic():
        files.doom(names)
    delete_doomed_files()
    assert len(tried) == 2
    assert "doomed files wait" in caplog.text
    bucket.back()
    assert files.sweep(at=timezone.now()) == 5
    assert bucket.everything() == []
