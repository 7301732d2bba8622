"""Files in a bucket: as private as in a folder, gone when they are deleted, and never in memory as a whole (I7, C18)."""

import socket
import tempfile
import threading
import time
import traceback
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import pytest
from config import object_storage
from config.object_storage import ObjectStorage
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, default_storage
from django.utils import timezone

from privacy.storage import StorageAway, private_storage
from tests.buckets import SECRET, Bucket

MEGABYTE = 1024 * 1024


@pytest.fixture
def storage(bucket: Bucket) -> Storage:
    """The private storage, in a bucket."""
    return private_storage()


def test_a_file_comes_back_as_it_was_written(storage: Storage) -> None:
    before = timezone.now().replace(microsecond=0)
    assert storage.save("map/één bestand.pdf", ContentFile(b"inhoud")) == "map/één bestand.pdf"
    assert storage.exists("map/één bestand.pdf")
    assert not storage.exists("map/ander.pdf")
    assert not storage.exists("map")
    assert storage.size("map/één bestand.pdf") == 6
    assert before <= storage.get_modified_time("map/één bestand.pdf") <= timezone.now()
    with storage.open("map/één bestand.pdf") as file:
        assert (file.read(2), file.read(), file.size) == (b"in", b"houd", 6)


def test_it_is_written_from_its_beginning_whether_it_has_a_name_or_not(storage: Storage) -> None:
    """A file of Django's is false when it has no name, and a client may take that for no content."""
    for number, name in enumerate(("", "naam")):
        content = BytesIO(b"inhoud")
        content.read()
        storage.save(f"map/{number}", File(File(content, name), name))
        with storage.open(f"map/{number}") as file:
            assert file.read() == b"inhoud"


def test_a_folder_lists_what_is_directly_in_it(storage: Storage) -> None:
    for name in ("a", "map/b", "map/c", "map/dieper/d"):
        storage.save(name, ContentFile(b"x"))
    assert storage.listdir("") == (["map"], ["a"])
    assert storage.listdir("map") == (["dieper"], ["b", "c"])


def test_a_name_that_is_taken_is_not_written_over(bucket: Bucket) -> None:
    first, second = (default_storage.save("images/ijs.png", ContentFile(text)) for text in (b"een", b"twee"))
    assert first != second
    with default_storage.open(first) as file:
        assert file.read() == b"een"


def test_what_is_not_there_says_so(storage: Storage) -> None:
    for ask in (storage.open, storage.size, storage.get_modified_time):
        with pytest.raises(FileNotFoundError):
            ask("map/niets")
    storage.delete("map/niets")


def test_nothing_outside_of_its_part_is_reached(storage: Storage) -> None:
    default_storage.save("images/ijs.png", ContentFile(b"x"))
    for name in ("../media/images/ijs.png", "/media/images/ijs.png", "map/../../media/images/ijs.png"):
        with pytest.raises(SuspiciousFileOperation):
            storage.open(name)
    assert storage.listdir("") == ([], [])


def test_no_address_leads_to_a_private_file_and_the_object_is_its_owners(bucket: Bucket, storage: Storage) -> None:
    storage.save("inzage/archief", ContentFile(b"alles"))
    with pytest.raises(ValueError, match="not accessible"):
        storage.url("inzage/archief")
    grants = bucket.client.get_object_acl(Bucket=bucket.name, Key="private/inzage/archief")["Grants"]
    assert [(grant["Grantee"]["Type"], grant["Permission"]) for grant in grants] == [("CanonicalUser", "FULL_CONTROL")]


@pytest.mark.parametrize("versioned", [False, True])
def test_deleted_it_is_gone_and_its_neighbour_is_not(bucket: Bucket, storage: Storage, versioned: bool) -> None:
    """Art. 17: also where the bucket keeps what is deleted."""
    if versioned:
        bucket.keep_versions()
    for name in ("map/foto", "map/foto2"):
        storage.save(name, ContentFile(b"x"))
    for _ in range(2):
        storage.delete("map/foto")
    assert bucket.everything() == ["private/map/foto2"]


class TestLarge:
    @pytest.fixture
    def large(self) -> Iterator[Any]:
        with tempfile.TemporaryFile() as file:
            file.truncate(32 * MEGABYTE)
            yield file

    def test_it_is_never_in_memory_as_a_whole(self, storage: Storage, large: Any) -> None:
        storage.save("warm", ContentFile(b"x"))  # what the client loads once
        tracemalloc.start()
        try:
            storage.save("groot", File(large))
            with storage.open("groot") as file:
                file.seek(-1, 2)
                assert file.tell() == 32 * MEGABYTE - 1
            assert tracemalloc.get_traced_memory()[1] < 8 * MEGABYTE
        finally:
            tracemalloc.stop()

    def test_one_that_breaks_half_way_leaves_nothing(self, bucket: Bucket, storage: Storage, large: Any) -> None:
        """Parts of an upload lie in a bucket under no name that anybody would delete."""

        class Breaks(File):  # type: ignore[type-arg]
            pass

        class Disk:
            def __init__(self) -> None:
                self.read_bytes = 0

            def read(self, size: int = -1) -> bytes:
                content: bytes = large.read(size)
                self.read_bytes += len(content)
                # Past what is read beforehand to sign it.
                if self.read_bytes > 48 * MEGABYTE:
                    raise OSError("The disk is broken")
                return content

            def __getattr__(self, name: str) -> Any:
                return getattr(large, name)

        with pytest.raises(OSError):  # noqa: PT011 (which one depends on the client)
            storage.save("groot", File(Disk()))
        assert bucket.everything() == []


@contextmanager
def answering(status: int) -> Iterator[str]:
    """Run a server that answers everything with this status, and yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD = do_PUT = do_DELETE = answer  # noqa: N815 (named by the library)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


ASKED: list[Callable[[Storage], Any]] = [
    lambda storage: storage.open("map/naam"),
    lambda storage: storage.save("map/naam", ContentFile(b"x")),
    lambda storage: storage.delete("map/naam"),
    lambda storage: storage.exists("map/naam"),
    lambda storage: storage.listdir("map"),
    lambda storage: storage.size("map/naam"),
    lambda storage: storage.get_modified_time("map/naam"),
]


class TestAway:
    @pytest.mark.parametrize("ask", ASKED)
    def test_nobody_there(self, bucket: Bucket, ask: Callable[[Storage], Any]) -> None:
        bucket.go_away()
        with pytest.raises(StorageAway):
            ask(private_storage())

    @pytest.mark.parametrize(("status", "error"), [(403, PermissionError), (500, StorageAway), (302, StorageAway)])
    def test_a_server_that_refuses(self, bucket: Bucket, status: int, error: type[OSError]) -> None:
        """A wrong key is not a matter of waiting."""
        with answering(status) as address:
            bucket.go_to(address)
            for ask in ASKED:
                with pytest.raises(error):
                    ask(private_storage())

    def test_one_that_is_silent_is_not_waited_for(self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
        assert object_storage._CONFIG.connect_timeout <= 3
        assert object_storage._CONFIG.read_timeout <= 10
        monkeypatch.setattr(object_storage, "_CONFIG", object_storage._CONFIG.merge(object_storage.Config(read_timeout=0.3)))
        with socket.create_server(("127.0.0.1", 0)) as silent:
            bucket.go_to(f"http://127.0.0.1:{silent.getsockname()[1]}")
            begin = time.monotonic()
            with pytest.raises(StorageAway):
                private_storage().exists("map/naam")
            assert time.monotonic() - begin < 5

    def test_no_error_and_no_log_names_the_secret(self, bucket: Bucket, caplog: pytest.LogCaptureFixture) -> None:
        with answering(403) as address:
            for server in (address, ""):
                bucket.go_to(server) if server else bucket.go_away()
                with pytest.raises(OSError) as raised:  # noqa: PT011 (tried above)
                    private_storage().open("map/naam")
                storage: Any = private_storage()
                said = [
                    *traceback.format_exception(raised.value),
                    caplog.text,
                    repr(storage.deconstruct()),
                    repr(settings.BUCKETS),
                ]
                assert not [text for text in said if SECRET[:8] in text]


def test_a_process_never_takes_over_its_parents_connections(storage: ObjectStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery's processes are split off from one that may have asked before: both would read the answers to the other."""
    ours = storage._s3
    assert storage._s3 is ours
    monkeypatch.setattr(object_storage.os, "getpid", lambda: -1)
    assert storage._s3 is not ours
