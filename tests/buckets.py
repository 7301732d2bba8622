"""A server on this machine that speaks S3, and a bucket of it in which the site's files lie."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

import boto3
import pytest
from config.settings.environment import Environment
from config.testing import wait_until
from django.apps import apps
from django.core.files.storage import storages
from django.db.models import FileField
from pytest_django import Settings

from benchmarks.nginx import answers, free_port
from privacy.storage import private_storage

#: With what has to be written in another way in an address.
KEY, SECRET = "sleutel", "geheim/van+de:emmer@huis"


@contextmanager
def s3_server() -> Iterator[str]:
    """Run the server and yield its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), message="The server of buckets does not answer.")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@lru_cache
def _client(server: str) -> Any:
    session = boto3.session.Session(aws_access_key_id=KEY, aws_secret_access_key=SECRET, region_name="eu-west-1")
    return session.client("s3", endpoint_url=server)


class Bucket:
    """A new bucket, in which both storages lie: `media/` and `private/`."""

    def __init__(self, server: str, settings: Settings, patch: pytest.MonkeyPatch) -> None:
        self._server, self._settings = server, settings
        self.name = f"koel-{uuid.uuid4().hex}"
        self.client = _client(server)
        self.client.create_bucket(Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.back()
        backend = "config.object_storage.ObjectStorage"
        settings.STORAGES = settings.STORAGES | {
            "default": {"BACKEND": backend, "OPTIONS": {"bucket": "default", "base_url": settings.MEDIA_URL}},
            "private": {"BACKEND": backend, "OPTIONS": {"bucket": "private"}},
        }
        # Fields ask for the private storage once, when they are made.
        for model in apps.get_models():
            for field in model._meta.get_fields():
                if isinstance(field, FileField) and getattr(field, "_storage_callable", None) is private_storage:
                    patch.setattr(field, "storage", storages["private"])

    def urls(self, server: str = "") -> dict[str, str]:
        """Return the variables that name it, at another server when one is given."""
        host = urlsplit(server or self._server).netloc
        place = f"s3://{KEY}:{quote(SECRET, safe='')}@{host}/{self.name}"
        return {f"{which.upper()}_STORAGE_URL": f"{place}/{which}?tls=no&region=eu-west-1" for which in ("media", "private")}

    def back(self) -> None:
        """Have the site find it."""
        self.go_to(self._server)

    def go_away(self) -> None:
        """Have nobody listen where the site looks for it."""
        # Of all ports the one where surely nobody ever does.
        self.go_to("http://127.0.0.1:1")

    def go_to(self, server: str) -> None:
        """Have the site look for it at another server."""
        read = Environment.read(os.environ | self.urls(server))
        self._settings.BUCKETS = {"default": read.media_storage_url, "private": read.private_storage_url}

    def keep_versions(self) -> None:
        """Have the server keep what is deleted, as many a provider proposes."""
        self.client.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": "Enabled"})

    def everything(self) -> list[str]:
        """Return the names of all objects, of all versions of deleted ones, and of all that were half written."""
        found = self.client.list_object_versions(Bucket=self.name)
        half = self.client.list_multipart_uploads(Bucket=self.name)
        rows = [*found.get("Versions", ()), *found.get("DeleteMarkers", ()), *half.get("Uploads", ())]
        return sorted(row["Key"] for row in rows)
