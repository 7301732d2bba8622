"""Files with a server that speaks S3, so that several web machines share them (docs/decisions/0480-files-in-a-bucket.md).

An object is private to the key that wrote it, and nothing here makes an address that leads to one: what may be seen is handed
out by a view of ours. Written with one PUT, which is there whole when it answers, or not at all.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage
from django.core.files.utils import validate_file_name
from django.utils.deconstruct import deconstructible
from django.utils.encoding import filepath_to_uri

from config.settings.environment import Bucket
from privacy.storage import StorageAway

#: Bytes of a file in memory; what is longer waits on the disk while it is read.
_IN_MEMORY = 256 * 1024

#: A visitor waits for it: boto3's own answer to a server that is away comes after minutes.
_CONFIG = Config(
    connect_timeout=3,  # seconds
    read_timeout=10,  # seconds
    retries={"mode": "standard", "total_max_attempts": 2},
    s3={"addressing_style": "path"},
    # Sums of its own invention are refused by servers of others; what may not be altered has its hash in the database.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


@lru_cache
def _client(endpoint: str, region: str, key: str, secret: str, process: int) -> Any:
    """Return the client of a server, one for all threads and buckets: each takes 12 MB.

    Args:
        endpoint: see `Bucket`, as the next three.
        region: see there.
        key: see there.
        secret: see there.
        process: that asks. Who took over its parent's connections would read answers that are meant for others.
    """
    session = boto3.session.Session(aws_access_key_id=key, aws_secret_access_key=secret, region_name=region)
    return session.client("s3", endpoint_url=endpoint, config=_CONFIG)


@contextmanager
def _as_of_a_disk() -> Iterator[None]:
    """Raise what callers know: errors of a disk."""
    try:
        yield
    except ClientError as error:
        status, code = error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
        # A HEAD has no more to say than its status.
        if code in {"NoSuchKey", "404"}:
            raise FileNotFoundError("There is no such file in the bucket.") from error
        kind = StorageAway if status >= 500 else PermissionError
        raise kind(f"The server of the bucket refuses: {code}.") from error
    # Sent elsewhere, the client asks for the region, and for the region of that.
    except (BotoCoreError, RecursionError) as error:
        raise StorageAway(f"The server of the bucket does not answer: {type(error).__name__}.") from error


@deconstructible
class ObjectStorage(Storage):
    """A bucket, or the part of one below a prefix. Every method raises OSError where the server refuses or is away.

    Args:
        bucket: its name in `settings.BUCKETS`.
        base_url: the address of ours below which a view hands the files out; none where there is no such view.
    """

    def __init__(self, *, bucket: str, base_url: str | None = None) -> None:
        self._name = bucket
        self._base_url = base_url

    @property
    def _bucket(self) -> Bucket:
        bucket: Bucket = settings.BUCKETS[self._name]
        return bucket

    @property
    def _s3(self) -> Any:
        bucket = self._bucket
        return _client(bucket.endpoint, bucket.region, bucket.key, bucket.secret, os.getpid())

    def _at(self, name: str) -> dict[str, str]:
        """Return where a file is, as the client's methods take it; raise SuspiciousFileOperation for one outside."""
        validate_file_name(name, allow_relative_path=True)
        return {"Bucket": self._bucket.name, "Key": f"{self._bucket.prefix}{PurePosixPath(name)}"}

    @_as_of_a_disk()
    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        """Fetch the file, whole before it is read: who has begun to hand it out can no longer say that it broke off."""
        if mode != "rb":
            raise ValueError("What lies in a bucket is read, or written anew.")
        body = self._s3.get_object(**self._at(name))["Body"]
        fetched = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (whoever reads it closes it)
        try:
            shutil.copyfileobj(body, fetched)
        except BaseException:
            fetched.close()
            raise
        fetched.seek(0)
        return File(fetched, name)

    @_as_of_a_disk()
    def _save(self, name: str, content: "File[bytes]") -> str:
        kind = getattr(content, "content_type", None) or "application/octet-stream"
        plain: Any = content
        # Django's own is false where it has no name, and would be sent as nothing.
        while isinstance(plain, File):
            plain = plain.file
        plain.seek(0)
        self._s3.put_object(**self._at(name), Body=plain, ContentType=kind)
        return name

    @_as_of_a_disk()
    def delete(self, name: str) -> None:
        """Delete the file, and where the bucket keeps versions of what is deleted, those too (art. 17)."""
        place = self._at(name)
        if not self._s3.delete_object(**place).get("DeleteMarker"):
            return
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=place["Bucket"], Prefix=place["Key"]):
            for version in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
                if version["Key"] == place["Key"]:
                    self._s3.delete_object(**place, VersionId=version["VersionId"])

    def exists(self, name: str) -> bool:
        """Say whether there is such a file; a folder is none."""
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    @_as_of_a_disk()
    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Return the names of the folders and files directly in a folder, "" for the topmost."""
        prefix = f"{self._at(path)['Key']}/" if path else self._bucket.prefix
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket.name, Prefix=prefix, Delimiter="/")
        folders, files = [], []
        for page in pages:
            folders += [found["Prefix"][len(prefix) : -1] for found in page.get("CommonPrefixes", ())]
            files += [found["Key"][len(prefix) :] for found in page.get("Contents", ())]
        return folders, files

    def size(self, name: str) -> int:
        """Return the size in bytes."""
        size: int = self._head(name)["ContentLength"]
        return size

    def get_modified_time(self, name: str) -> datetime:
        """Return when the file was written (aware)."""
        written: datetime = self._head(name)["LastModified"]
        return written

    def url(self, name: str | None) -> str:
        """Return the address at which our view hands the file out; raise ValueError, as Django's own do, without one."""
        if self._base_url is None or name is None:
            raise ValueError("This file is not accessible via a URL.")
        return f"{self._base_url}{filepath_to_uri(name)}"

    @_as_of_a_disk()
    def _head(self, name: str) -> dict[str, Any]:
        head: dict[str, Any] = self._s3.head_object(**self._at(name))
        return head
