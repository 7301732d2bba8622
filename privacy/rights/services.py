"""The verbs of this room: `ask` registers a request, `build_export` answers it."""

import tempfile
from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils import timezone

from privacy import files
from privacy.queue import enqueue_on_commit
from privacy.statement.models import StatementVersion
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
    statement that one of them wins; a file to which no row leads goes by itself (`privacy.files`).

    Args:
        request: the request; one that is no longer open is left as it is.

    Returns:
        Whether this call delivered the archive.

    Raises:
        NoStatementInForce: nothing is published; the request stays open.
    """
    with tempfile.TemporaryFile("w+b") as out:
        summary = build_export(email=request.subject.email, out=out)
        out.seek(0)
        name = files.keep(out, folder="inzage")
    with transaction.atomic():
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
        if won:
            files.claim([name])
        else:
            files.doom([name])
    return bool(won)


@transaction.atomic
def sweep_archives(*, at: datetime) -> int:
    """Delete archives past their days; return how many went. A file that a build left behind is swept by `privacy.files`.

    Args:
        at: now (aware).
    """
    expired = list(DataRequest.objects.with_expired_archive(at).select_for_update(of=("self",), skip_locked=True))
    files.doom(str(request.archive) for request in expired)
    DataRequest.objects.filter(pk__in=[request.pk for request in expired]).update(state=DataRequest.State.EXPIRED, archive="")
    return len(expired)
