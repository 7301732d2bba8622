"""Files go with their rows: not before the commit, and not never (law.md I7)."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from privacy.rights.models import DataRequest
from privacy.storage import private_storage
from privacy.subjects import files
from privacy.subjects.models import DataSubject, FileToDelete
from privacy.subjects.services import erase
from privacy.subjects.tasks import delete_files
from tests.factories import relation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]


@pytest.fixture
def request_with_file() -> DataRequest:
    """A request that was answered, with its archive."""
    name = private_storage().save("inzage/archief.zip", ContentFile(b"everything about somebody"))
    now = timezone.now()
    return DataRequest.objects.create(subject=relation(now), received_at=now, state="ready", archive=name, built_at=now)


def go(request: DataRequest) -> None:
    erase([request.subject], reason="verzoek", at=timezone.now())


def test_the_file_goes_after_the_commit(request_with_file: DataRequest) -> None:
    name = request_with_file.archive.name
    with transaction.atomic():
        go(request_with_file)
        assert private_storage().exists(name)
    assert not private_storage().exists(name)
    assert not FileToDelete.objects.exists()


def test_the_file_stays_when_the_erasure_is_undone(request_with_file: DataRequest) -> None:
    with transaction.atomic():
        go(request_with_file)
        transaction.set_rollback(True)
    assert private_storage().exists(request_with_file.archive.name)
    assert DataSubject.objects.filter(pk=request_with_file.subject_id).exists()
    assert not FileToDelete.objects.exists()


def test_what_a_storage_refused_the_sweep_deletes(request_with_file: DataRequest, monkeypatch: Any) -> None:
    """The person is gone all the same: a storage that is away keeps nobody's data in the database."""
    name = request_with_file.archive.name

    def refuse(*args: Any) -> None:
        raise OSError("away")

    with monkeypatch.context() as patch:
        patch.setattr(type(private_storage()), "delete", refuse)
        go(request_with_file)
    assert not DataSubject.objects.exists()
    assert private_storage().exists(name)
    delete_files()
    assert not private_storage().exists(name)
    assert not FileToDelete.objects.exists()
    # What is gone already is no error: two sweeps may run at once.
    FileToDelete.objects.create(field="privacy_rights.DataRequest.archive", name=name, since=timezone.now())
    assert files.delete_noted_files() == 1
