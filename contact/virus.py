"""Asks ClamAV whether a file from a visitor carries something that harms whoever opens it (law.md B14; art. 32).

Principle: a scanner that is away loses nobody's message. What could not be looked at is stored as such, the owner reads so
beside the file, and the worker looks at it as soon as it can (`look_again`). Only a virus that was found is refused.

The client is thirty lines of a protocol that has not changed in years (`man clamd`, INSTREAM); the kept client for Python is
under the GPL-2.0, which a site that others build on cannot take in (docs/decisions/0141-what-is-let-in.md).
"""

import logging
import socket
import struct
from typing import IO, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from privacy import files
from privacy.storage import StorageAway

logger = logging.getLogger(__name__)

_CHUNK = 64 * 1024
#: ClamAV names a virus in so many bytes at most.
_ANSWER = 4096


class Verdict(models.TextChoices):
    """What is known of a file."""

    UNKNOWN = "unknown", _("niet op virussen nagekeken")
    CLEAN = "clean", _("geen virus gevonden")
    FOUND = "found", _("virus gevonden en gewist")


def scan(content: IO[Any]) -> Verdict:
    """Send a file to the scanner and return its verdict; UNKNOWN when there is none, or it does not answer in time.

    Args:
        content: read from its beginning; left there.
    """
    if not settings.CLAMAV_URL:
        return Verdict.UNKNOWN
    content.seek(0)
    try:
        answer = _asked(content)
    except OSError as error:
        logger.warning("The virus scanner does not answer (%s).", type(error).__name__)
        return Verdict.UNKNOWN
    finally:
        content.seek(0)
    if answer.endswith(b"FOUND"):
        return Verdict.FOUND
    if answer.endswith(b"OK"):
        return Verdict.CLEAN
    # Larger than it takes, busy, or no ClamAV at all.
    logger.warning("The virus scanner gave no verdict.")
    return Verdict.UNKNOWN


def _asked(content: IO[Any]) -> bytes:
    with _connected() as server:
        server.sendall(b"zINSTREAM\0")
        while chunk := content.read(_CHUNK):
            server.sendall(struct.pack(">I", len(chunk)) + chunk)
        server.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _ANSWER and (part := server.recv(_ANSWER)):
            answer += part
    return answer.rstrip(b"\0\n ")


def _connected() -> socket.socket:
    url = urlsplit(settings.CLAMAV_URL)
    if url.scheme == "tcp":
        return socket.create_connection((url.hostname, url.port or 3310), timeout=settings.CLAMAV_SECONDS)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.settimeout(settings.CLAMAV_SECONDS)
    try:
        server.connect(url.path)
    except OSError:
        server.close()
        raise
    return server


def look_again() -> int:
    """Look at the files that nobody could look at yet; erase what carries a virus. Return how many have a verdict now.

    May run twice, and twice at once: a verdict is written over UNKNOWN alone.
    """
    from .models import Attachment  # the models name the verdicts

    judged = 0
    for attachment in Attachment.objects.filter(scan=Verdict.UNKNOWN).order_by("pk").iterator(chunk_size=100):
        try:
            with attachment.file.open() as content:
                verdict = scan(content)
        except FileNotFoundError:
            continue  # erased this very moment
        except StorageAway:
            break  # and the files with it
        if verdict == Verdict.UNKNOWN:
            break  # the scanner is away; the others wait with this one
        judged += _judge(attachment.pk, verdict)
    return judged


@transaction.atomic
def _judge(pk: int, verdict: Verdict) -> bool:
    from .models import Attachment

    waiting = Attachment.objects.select_for_update().filter(pk=pk, scan=Verdict.UNKNOWN).first()
    if waiting is None:
        return False
    if verdict == Verdict.FOUND:
        files.doom([str(waiting.file)])
        waiting.file = ""
        logger.warning("%s carried a virus and was erased.", waiting)
    waiting.scan = verdict
    waiting.save(update_fields=["file", "scan"])
    return True
