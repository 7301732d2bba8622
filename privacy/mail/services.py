"""The verbs of this room: `send` and `send_to_all` owe a mail, `deliver` and `sweep` pay it, `retry` begins anew.

Principle: a mail is owed in the transaction of what it is about, so it is never forgotten and never sent for what did not
happen. An attempt is counted, and the next one planned, before the mail server is asked: a process that dies in the middle
neither loses the mail nor tries it again and again. Failure mode: it dies between the server's "250" and the commit that
follows at once; the mail then goes out a second time, under the same Message-ID.
"""

import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from privacy.locks import only_one
from privacy.queue import enqueue_on_commit
from privacy.subjects.models import DataSubject

from . import builders
from .models import Mail, MailQuerySet
from .transport import in_short, is_down, is_final, mail_server

logger = logging.getLogger(__name__)

#: Advisory locks (`privacy.locks`): one process sweeps, one process sends a mail.
_SWEEP, _ONE_MAIL = 7_101_001, 7_101_002

#: So many failures of the server in a row mean that it is down; the next sweep tries again.
GIVE_UP_AFTER = 3

_COLUMNS = "kind, reference, subject_id, is_bulk, state, created_at, attempts, next_attempt_at, last_error"


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A mail that is to be owed.

    Args:
        kind: a registered kind.
        reference: key of what it is about.
        subject: the person whom it concerns, with whom the row goes; None for mails about nobody.
    """

    kind: str
    reference: int
    subject: DataSubject | None = None


def send(*, kind: str, reference: int, subject: DataSubject | None = None) -> None:
    """Owe a mail, once; it goes out after the running transaction, at once or by the sweep.

    Args:
        kind: as for `Owed`.
        reference: likewise.
        subject: likewise.

    Raises:
        LookupError: no app has such mails.
    """
    send_several([Owed(kind=kind, reference=reference, subject=subject)])


def send_several(mails: Sequence[Owed]) -> None:
    """Owe different mails at once, each as `send` does.

    Args:
        mails: what is owed; none is fine.

    Raises:
        LookupError: no app has one of these kinds.
    """
    from .tasks import deliver_one  # the tasks are doors to this module

    if not mails:
        return
    now = timezone.now()
    values: list[Any] = []
    for mail in mails:
        builders.find(mail.kind)
        values += [mail.kind, mail.reference, mail.subject.pk if mail.subject else None, now, now]
    # One statement in place of the four of `get_or_create`: it is part of every POST of the form.
    rows = ", ".join(["(%s, %s, %s, false, 'pending', %s, 0, %s, '')"] * len(mails))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Mail._meta.db_table} ({_COLUMNS}) VALUES {rows} ON CONFLICT DO NOTHING RETURNING id",  # noqa: S608 (our own table and columns)
            values,
        )
        for (pk,) in cursor.fetchall():
            enqueue_on_commit(deliver_one, pk)


def send_to_all(*, kind: str, reference: int, people: QuerySet[DataSubject]) -> int:
    """Owe a mail to each of these people, each once; the sweep sends them at its pace. One statement for any number.

    Args:
        kind: a registered kind.
        reference: key of what it is about.
        people: the receivers.

    Returns:
        How many mails are new.

    Raises:
        LookupError: no app has such mails.
    """
    builders.find(kind)
    chosen, values = people.order_by().values("pk").query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        # The lock: somebody erased between this statement and the commit would make the commit fail.
        cursor.execute(
            f"""
            INSERT INTO {Mail._meta.db_table} ({_COLUMNS})
            SELECT %s, %s, who.id, true, 'pending', %s, 0, %s, ''
            FROM {DataSubject._meta.db_table} AS who WHERE who.id IN ({chosen}) FOR KEY SHARE OF who
            ON CONFLICT DO NOTHING
            """,  # noqa: S608 (our own tables, and a query of Django's)
            [kind, reference, now := timezone.now(), now, *values],
        )
        new: int = cursor.rowcount
        return new


def deliver(mail_id: int) -> bool:
    """Try to send one mail, if it is due; may be called any number of times, by any number of processes.

    The server is asked outside any transaction. Erasing the person meanwhile is not held up by it.

    Args:
        mail_id: key of the mail; one that is gone or has nothing to do is left alone.

    Returns:
        False when the mail server is down, so that there is no use in trying another mail now.
    """
    with only_one(_ONE_MAIL, mail_id) as mine:
        mail = _begin(mail_id) if mine else None
        message = _written(mail) if mail else None
        return _transmit(mail, message) if mail and message else True


def sweep() -> None:
    """Try what is due, at most `settings.MAIL_PER_SWEEP`: retries, mailings to many, what a dead broker swallowed.

    One process at a time, so that a second beat does not double the pace.
    """
    with only_one(_SWEEP) as mine:
        if not mine:
            return
        failures = 0
        for pk in Mail.objects.due(timezone.now()).values_list("pk", flat=True)[: settings.MAIL_PER_SWEEP]:
            failures = 0 if deliver(pk) else failures + 1
            if failures == GIVE_UP_AFTER:
                # A server that hangs costs `EMAIL_TIMEOUT` each time, and the worker has other work.
                return


def retry(mails: MailQuerySet, *, at: datetime) -> int:
    """Give these mails all their attempts anew, if they were given up; the sweep sends them. Return how many there are.

    Args:
        mails: the mails; those that did not fail are left as they are.
        at: now (aware).
    """
    return mails.failed().update(state=Mail.State.PENDING, attempts=0, next_attempt_at=at)


@transaction.atomic
def _begin(mail_id: int) -> Mail | None:
    """Count an attempt and plan the next one; return the mail if there is something to do."""
    now = timezone.now()
    waits = settings.MAIL_RETRY_AFTER_SECONDS
    due = Mail.objects.due(now).filter(pk=mail_id).select_related("subject")
    mail = due.select_for_update(of=("self",), skip_locked=True).first()
    if mail is None:
        return None
    if mail.attempts > len(waits):
        # Killed in its last attempt: whether it got there nobody knows.
        _settle(mail, state=Mail.State.FAILED)
        return None
    mail.attempts += 1
    mail.next_attempt_at = now + timedelta(seconds=waits[min(mail.attempts, len(waits)) - 1])
    mail.save(update_fields=["attempts", "next_attempt_at"])
    return mail


def _written(mail: Mail) -> EmailMessage | None:
    """Have the mail written; None when there is nothing to send, or its writer failed."""
    try:
        message = builders.find(mail.kind).build(mail)
    except Exception as error:  # noqa: BLE001 (whatever one writer does, the other mails must go out)
        # Where, but not what: the error's words may quote a person.
        place = traceback.extract_tb(error.__traceback__)[-1]
        logger.error("%s (%s) cannot be written: %s in %s:%s", mail, mail.kind, type(error).__name__, place.name, place.lineno)
        _attempt_failed(mail, error)
        return None
    if message is None:
        _settle(mail, state=Mail.State.CANCELLED)
        return None
    # A machine wrote it, so no machine need answer (RFC 3834).
    own = {"Message-ID": mail.message_id_header, "Auto-Submitted": "auto-generated"}
    message.extra_headers = own | message.extra_headers
    return message


def _transmit(mail: Mail, message: EmailMessage) -> bool:
    """Hand the mail to the server; return False when the server is down."""
    try:
        with mail_server() as server:
            server.send_messages([message])
            # Before the good-bye, which may hang or fail.
            _settle(mail, state=Mail.State.SENT, sent_at=timezone.now(), last_error="")
    except DatabaseError:
        raise  # of our own row: nothing more can be written down
    except Exception as error:  # noqa: BLE001 (also a header that cannot be written must not block the others)
        logger.warning("%s (%s) was not sent (%s) at attempt %s.", mail, mail.kind, in_short(error), mail.attempts)
        _attempt_failed(mail, error)
        return not is_down(error)
    return True


def _attempt_failed(mail: Mail, error: Exception) -> None:
    """Write the error down, and give the mail up when there is no use or no attempt left."""
    if is_final(error) or mail.attempts > len(settings.MAIL_RETRY_AFTER_SECONDS):
        _settle(mail, state=Mail.State.FAILED, last_error=in_short(error))
    else:
        Mail.objects.filter(pk=mail.pk).update(last_error=in_short(error))


def _settle(mail: Mail, **values: Any) -> None:
    """Write how it ended; there is nothing to do any more. Somebody erased meanwhile has no row to write in."""
    Mail.objects.filter(pk=mail.pk).update(next_attempt_at=None, **values)
