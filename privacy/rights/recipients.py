"""Telling whoever got the data what was done with them (art. 19): a task and a letter for each, and what came of it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise

from privacy.statement.models import StatementVersion

from .letters import write_to_recipient
from .models import DataRequest, RecipientNotice
from .steps import Actor, Outdated, locked, note


def tell_recipients(request: DataRequest, *, what: str | Promise, at: datetime) -> None:
    """Make a task and a letter for each recipient that the statement in force names (art. 19).

    For all of them, whatever the purpose: what was handed over by hand the site does not know, the officer does.

    Args:
        request: a locked request.
        what: what was done with the data, as in "de gegevens zijn ...".
        at: now (aware).
    """
    version = StatementVersion.objects.in_force()
    known = set(request.notices.values_list("recipient", flat=True))
    for recipient in version.facts["recipients"] if version else []:
        if recipient["name"] not in known:
            known.add(recipient["name"])
            RecipientNotice.objects.create(request=request, recipient=recipient["name"], created_at=at)
            write_to_recipient(request, recipient["name"], what=what, at=at)


@transaction.atomic
def told(notice: RecipientNotice, *, outcome: str, user: Any, at: datetime) -> None:
    """Write down that a recipient was told, or why that was impossible (art. 19). The same outcome twice is one.

    Args:
        notice: whom it is about.
        outcome: what came of it; names nobody, since it outlives the person.
        user: who told them.
        at: now (aware).

    Raises:
        Outdated: somebody wrote down something else meanwhile.
        ValueError: the outcome names the person.
    """
    done = RecipientNotice.objects.filter(pk=notice.pk, done_at=None).update(done_at=at, done_by=user, outcome=outcome)
    if done:
        reason = f"{notice.recipient}: {outcome}"
        note(locked(notice.request), actor=Actor.OFFICER, at=at, user=user, reason=reason)
    elif not RecipientNotice.objects.filter(pk=notice.pk, outcome=outcome).exists():
        raise Outdated
