"""Requests for inzage: built once, kept a few days, gone with the person."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from config.testing import Worker, wait_until
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from privacy import files
from privacy.rights import services
from privacy.rights.models import DataRequest
from privacy.rights.services import ask, build, sweep_archives
from privacy.rights.tasks import build_archive, build_pending, delete_expired_archives
from privacy.statement.models import PrivacyStatementPage
from privacy.storage import private_storage
from privacy.subjects.services import erase
from tests.factories import relation, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


@pytest.fixture(autouse=True)
def _empty_storage() -> Iterator[None]:
    """No archives of other tests."""
    yield
    for name in archives():
        private_storage().delete(f"inzage/{name}")


@pytest.fixture
def request_of_jan(client: Client) -> DataRequest:
    """A request of somebody who sent a message; nothing built yet."""
    send(client, email="jan@voorbeeld.example")
    return ask(email="jan@voorbeeld.example", received_at=timezone.now())


def archives() -> list[str]:
    """Return the files in the private storage."""
    storage = private_storage()
    return storage.listdir("inzage")[1] if storage.exists("inzage") else []


def dies(*args: Any, **kwargs: Any) -> None:
    raise ConnectionError


def test_built_once(request_of_jan: DataRequest, django_capture_on_commit_callbacks: Any) -> None:
    """Two workers at once, or one told twice: one archive, one file."""
    stale = DataRequest.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert build(request_of_jan)
        assert not build(stale)
        build_archive(request_of_jan.pk)
    request_of_jan.refresh_from_db()
    assert (request_of_jan.state, request_of_jan.records) == ("ready", 6)
    assert [f"inzage/{name}" for name in archives()] == [request_of_jan.archive.name]


def test_a_build_that_dies_leaves_the_request_open(request_of_jan: DataRequest, monkeypatch: Any) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(services, "build_export", dies)
        with pytest.raises(ConnectionError):
            build_archive(request_of_jan.pk)
    assert DataRequest.objects.open().count() == 1
    assert not archives()
    build_pending()
    assert DataRequest.objects.get().state == "ready"


def test_waits_while_no_statement_is_in_force(request_of_jan: DataRequest) -> None:
    PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
    build_pending()
    assert DataRequest.objects.open().count() == 1


def test_a_request_that_is_gone_is_no_error() -> None:
    build_archive(4711)


def test_archive_goes_after_its_days(
    request_of_jan: DataRequest, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """C14: seven days, then the file is deleted; not a second before."""
    build(request_of_jan)
    built_at = DataRequest.objects.get().built_at
    assert built_at is not None
    last_second = built_at + timedelta(days=settings.EXPORT_KEEP_DAYS, seconds=-1)
    assert sweep_archives(at=last_second) == 0
    assert len(archives()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_archives(at=last_second + timedelta(seconds=1)) == 1
    assert not archives()
    assert DataRequest.objects.get().state == "expired"
    delete_expired_archives()


def test_files_without_a_request_are_swept(request_of_jan: DataRequest, monkeypatch: Any) -> None:
    """A build that died between the file and its row leaves a file; an hour later it goes, and only it."""
    build(request_of_jan)
    other = ask(email=relation(timezone.now()).email, received_at=timezone.now())
    with monkeypatch.context() as patch:
        patch.setattr(files, "claim", dies)
        with pytest.raises(ConnectionError):
            build(other)
    assert len(archives()) == 2
    soon = timezone.now() + timedelta(minutes=59)
    assert files.sweep(at=soon) == 0
    assert files.sweep(at=soon + timedelta(minutes=2)) == 1
    request_of_jan.refresh_from_db()
    assert [f"inzage/{name}" for name in archives()] == [request_of_jan.archive.name]


def test_erasure_takes_the_file_along(request_of_jan: DataRequest, django_capture_on_commit_callbacks: Any) -> None:
    """C18, I7: uploads and archives do not outlive their row."""
    build(request_of_jan)
    other = ask(email=relation(timezone.now()).email, received_at=timezone.now())
    build(other)
    with django_capture_on_commit_callbacks(execute=True):
        erase([request_of_jan.subject], reason="request", at=timezone.now())
    assert list(DataRequest.objects.all()) == [other]
    other.refresh_from_db()
    assert [f"inzage/{name}" for name in archives()] == [other.archive.name]


def test_a_request_is_contact_and_moves_the_clock() -> None:
    person = relation(timezone.now() - timedelta(days=300))
    received = timezone.now() - timedelta(days=2)
    ask(email=person.email, received_at=received)
    person.refresh_from_db()
    assert person.last_contact_at == received


class TestOfficer:
    """The screens under Privacy > Inzageverzoeken."""

    def test_adds_a_request_and_takes_the_archive(self, admin_client: Client, django_capture_on_commit_callbacks: Any) -> None:
        """C1, C14: a request by phone with its true date; the download is logged, without a name."""
        relation(timezone.now(), email="jan@voorbeeld.example")
        response = admin_client.post(
            reverse("privacy-requests:add"), {"email": "Jan@voorbeeld.example", "received_at": "2026-11-01 10:00"}
        )
        assert response.status_code == 302
        request = DataRequest.objects.get()
        assert timezone.localtime(request.received_at).isoformat() == "2026-11-01T10:00:00+01:00"
        build(request)
        listing = admin_client.get(reverse("privacy-requests:index")).content.decode()
        url = reverse("privacy_rights_download", args=[request.pk])
        assert url in listing
        download = admin_client.get(url)
        assert b"".join(download.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
        assert "no-store" in download["Cache-Control"]
        assert "attachment" in download["Content-Disposition"]
        entry = ModelLogEntry.objects.filter(action="privacy_rights.download").get()
        assert entry.label == f"DataRequest #{request.pk}"

    def test_refuses_a_receipt_in_the_future(self, admin_client: Client) -> None:
        response = admin_client.post(
            reverse("privacy-requests:add"), {"email": "jan@voorbeeld.example", "received_at": "2999-01-01 10:00"}
        )
        assert response.status_code == 200
        assert "toekomst" in response.content.decode()
        assert not DataRequest.objects.exists()

    def test_strangers_and_editors_get_nothing(
        self, client: Client, django_user_model: Any, request_of_jan: DataRequest
    ) -> None:
        """C14: only who may see requests; being able to log in is not enough."""
        build(request_of_jan)
        url = reverse("privacy_rights_download", args=[request_of_jan.pk])
        assert client.get(url).status_code == 302
        editor = django_user_model.objects.create_user("redacteur", password="wachtwoord")
        editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(editor)
        refused = client.get(url)
        assert refused.status_code == 302
        assert not refused.get("Content-Disposition")
        editor.user_permissions.add(Permission.objects.get(codename="view_datarequest"))
        allowed = client.get(url)
        assert allowed.status_code == 200
        allowed.close()


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_builds_it(celery_worker_process: Worker, client: Client) -> None:
    send(client, email="jan@voorbeeld.example")
    ask(email="jan@voorbeeld.example", received_at=timezone.now())
    wait_until(lambda: DataRequest.objects.filter(state="ready").exists(), message=lambda: celery_worker_process.log[-4000:])
    assert "jan@voorbeeld.example" not in celery_worker_process.log
