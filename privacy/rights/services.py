"""The verbs of this room: `ask` registers a request, `build_export` answers it."""

import tempfile
from datetime import datetime
from typing import IO

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from privacy.queue import enqueue_on_commit
from privacy.statement.models import StatementVersion
from privacy.storage import private_storage
from privacy.subjects.emails import normalise_email
from privacy.subjects.services import find, touch

from . import archive
from .models import DataRequest


def build_export(*, email: str, out: IO[bytes]) -> archive.Summary:
    """Write everything held about the person with this address as a zip (art. 15, 20).

    Args:
        email: their address, however spelled. Somebody who is not known gets an archive that says so (law.md C8).
        out: where the zip goes; opened for writing and reading.

    Raises:
        NoStatementInForce: nothing is published.
    """
    version = StatementVersion.objects.binding()
    return archive.write(email=normalise_email(email), subject=find(email), version=version, out=out)


@transaction.atomic
def ask(*, email: str, received_at: datetime) -> DataRequest:
    """Register a request for inzage; its archive is built in the background once this is committed.

    Args:
        email: address of the person.
        received_at: when the request came in (aware), by whatever channel (law.md C1).
    """
    from .tasks import build_archive  # the tasks are doors to this module

    request = DataRequest.objects.create(subject=touch(email=email, at=received_at), received_at=received_at)
    enqueue_on_commit(build_archive, request.pk)
    return request


def build(request: DataRequest) -> bool:
    """Build the archive of an open request and mark it ready.

    Two workers may do this at once, and one may die half-way: the archive counts only when the row says so, in one
    statement that one of them wins; a file to which no row leads is swept up by `sweep_archives`.

    Args:
        request: the request; one that is no longer open is left as it is.

    Returns:
        Whether this call delivered the archive.

    Raises:
        NoStatementInForce: nothing is published; the request stays open.
    """
    storage = private_storage()
    with tempfile.TemporaryFile("w+b") as out:
        summary = build_export(email=request.subject.email, out=out)
        out.seek(0)
        name = storage.save(f"inzage/{get_random_string(32)}.zip", File(out))
    won = (
        DataRequest.objects.open()
        .filter(pk=request.pk)
        .update(
            state=DataRequest.State.READY,
            built_at=timezone.now(),
            archive=name,
            sha256=summary.sha256,
            records=summary.records,
        )
    )
    if not won:
        storage.delete(name)
    return bool(won)


def sweep_archives(*, at: datetime) -> int:
    """Delete archives past their days, and files to which no request leads; return how many files went.

    Args:
        at: now (aware).
    """
    swept = 0
    for request in DataRequest.objects.with_expired_archive(at):
        # The file first: dying in between leaves a row that leads nowhere, and the next sweep mends it.
        request.archive.delete(save=False)
        DataRequest.objects.filter(pk=request.pk).update(state=DataRequest.State.EXPIRED, archive="")
        swept += 1
    return swept + _sweep_orphans(at)


def _sweep_orphans(at: datetime) -> int:
    storage = private_storage()
    if not storage.exists("inzage"):
        return 0
    files = {f"inzage/{name}" for name in storage.listdir("inzage")[1]}
    orphans = files - set(DataRequest.objects.filter(archive__in=files).values_list("archive", flat=True))
    # A file of this very hour may belong to a build that has not got to its row yet.
    old = [name for name in orphans if (at - storage.get_modified_time(name)).total_seconds() > 3600]
    for name in old:
        storage.delete(name)
    return len(old)
