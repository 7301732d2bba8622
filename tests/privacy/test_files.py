"""A file in the private storage lives exactly as long as its row, whatever dies in between (I7)."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from privacy import files
from privacy.storage import private_storage
from privacy.subjects.models import DoomedFile
from privacy.subjects.tasks import delete_doomed_files

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_storage() -> Iterator[None]:
    """No files of other tests."""
    yield
    for name in stored():
        private_storage().delete(name)


def stored() -> list[str]:
    with contextlib.suppress(FileNotFoundError):  # no file was ever kept
        return [f"test/{name}" for name in private_storage().listdir("test")[1]]
    return []


def keep() -> str:
    return files.keep(BytesIO(b"inhoud"), folder="test")


def in_a_while() -> Any:
    return timezone.now() + files.GRACE + timedelta(minutes=1)


@pytest.mark.usefixtures("either_storage")
def test_a_file_that_is_claimed_stays() -> None:
    name = keep()
    with transaction.atomic():
        files.claim([name])
    assert files.sweep(at=in_a_while()) == 0
    assert stored() == [name]
    with private_storage().open(name) as file:
        assert file.read() == b"inhoud"


@pytest.mark.usefixtures("either_storage")
def test_one_whose_row_never_came_goes_after_its_hour() -> None:
    """The process died between file and row, or the transaction was rolled back."""
    name = keep()
    with transaction.atomic():
        files.claim([name])
        transaction.set_rollback(True)
    assert files.sweep(at=timezone.now() + files.GRACE - timedelta(minutes=1)) == 0
    assert stored() == [name]
    assert files.sweep(at=in_a_while()) == 1
    assert stored() == []
    assert not DoomedFile.objects.exists()


def test_a_storage_that_fails_half_way_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        name = "x"

        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield b"half"
            raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "File", lambda content: Full())
        with pytest.raises(OSError, match="No space"):
            keep()
    files.sweep(at=in_a_while())
    assert stored() == []


@pytest.mark.usefixtures("either_storage")
def test_a_file_that_was_swept_cannot_be_claimed() -> None:
    """Nor can its row be stored: it would lead nowhere."""
    name = keep()
    files.sweep(at=in_a_while())
    with pytest.raises(files.FileGone), transaction.atomic():
        files.claim([name])


@pytest.mark.usefixtures("either_storage")
class TestDoom:
    @pytest.fixture
    def name(self) -> str:
        name = keep()
        files.claim([name])
        return name

    def test_takes_the_file_after_the_commit(self, name: str) -> None:
        with transaction.atomic():
            files.doom([name])
            assert stored() == [name]
        assert stored() == []
        assert not DoomedFile.objects.exists()

    def test_is_undone_with_its_transaction(self, name: str) -> None:
        with transaction.atomic():
            files.doom([name])
            transaction.set_rollback(True)
        files.sweep(at=in_a_while())
        assert stored() == [name]

    def test_survives_a_crash_right_after_the_commit(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(files, "_delete_named", lambda names: None)  # the process is no more
            with transaction.atomic():
                files.doom([name])
        assert stored() == [name]
        delete_doomed_files()
        assert stored() == []

    def test_is_tried_again_when_the_storage_refuses(
        self, name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """One file that cannot go keeps no other from going."""
        other = keep()
        files.claim([other])
        delete = type(private_storage()).delete

        def refuses_one(storage: Any, asked: str) -> None:
            if asked == name:
                raise OSError("stale file handle")
            delete(storage, asked)

        with monkeypatch.context() as patch:
            patch.setattr(type(private_storage()), "delete", refuses_one)
            with transaction.atomic():
                files.doom([name, other])
        assert stored() == [name]
        assert "could not be deleted (OSError)" in caplog.text
        assert files.sweep(at=in_a_while()) == 1
        assert stored() == []

    def test_of_a_file_that_is_gone_already_is_no_error(self, name: str) -> None:
        private_storage().delete(name)
        with transaction.atomic():
            files.doom([name])
        assert not DoomedFile.objects.exists()


def test_names_cannot_be_guessed_and_only_the_owner_reads() -> None:
    name = keep()
    assert len(name.removeprefix("test/")) == 32
    assert "." not in name
    assert private_storage().exists(name)
    path = Path(private_storage().path(name))
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
