"""The steps of a request: each locks it, looks whether it may go there from where it is, and writes the event.

Whoever acts on a screen says which event they saw last (`seen`): of two officers at once the second is told, and does nothing.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from privacy import files
from privacy.mail.services import send
from privacy.subjects.models import DataSubject

from .models import DataRequest, Letter, OneTimeLink, RequestEvent
from .states import FINAL, State, require

#: Kind of the mail that tells the officer of a request that waits for them; its reference is the request's key.
OFFICER_MAIL = "rights.officer"

Actor = RequestEvent.Actor


class Outdated(Exception):
    """Something happened to the request since the screen was made; nothing was done."""


def locked(request: DataRequest, *, seen: int | None = None) -> DataRequest:
    """Return the request as it is now, locked until the end of the transaction.

    Args:
        request: the request.
        seen: key of the last event that whoever acts has seen; None for who sees no screen.

    Raises:
        Outdated: there are newer events.
    """
    # The person before what is theirs, as everywhere: two who wait for each other would wait for ever.
    whose = DataRequest.objects.filter(pk=request.pk).values("subject")
    DataSubject.objects.select_for_update(no_key=True).filter(pk__in=whose).first()
    now = DataRequest.objects.select_for_update(of=("self",)).select_related("subject").get(pk=request.pk)
    if seen is not None and now.last_event_id() != seen:
        raise Outdated
    return now


def move(
    request: DataRequest,
    to: State,
    *,
    actor: str,
    at: datetime,
    user: Any = None,
    reason: str = "",
    letter: Letter | None = None,
) -> RequestEvent:
    """Bring a locked request into another state, with its event; the clock stops and goes on by itself.

    An archive that was made for it goes, unless it has been delivered.

    Args:
        request: see `locked`.
        to: the state.
        actor: who does it.
        at: when (aware).
        user: the member of staff.
        reason: why; without personal data, since it outlives the person.
        letter: the letter that says so.

    Raises:
        NotAllowed: not from where it is.
        ValueError: the reason names the person.
    """
    require(request.state, to)
    before, request.state = request.state, to
    today = timezone.localdate(at)
    if to == State.WAITING:
        request.waiting_since = today
    elif request.waiting_since:
        request.paused_days += (today - request.waiting_since).days
        request.waiting_since = None
        request.reckon()
    if to in FINAL:
        request.closed_at = at
        request.new_email = ""
    if user is not None:
        request.handler = user
    request.save()
    event = note(request, actor=actor, at=at, user=user, reason=reason, letter=letter, before=before)
    if to != State.DELIVERED:
        # What was made is not what the person gets, or they get nothing: it has no reason to lie there (5(1)(e)).
        drop_archive(request, at=at)
    return event


def note(
    request: DataRequest,
    *,
    actor: str,
    at: datetime,
    reason: str,
    user: Any = None,
    letter: Letter | None = None,
    before: str | None = None,
) -> RequestEvent:
    """Write down what happened to a request; without `before`, while it stays where it is.

    Raises:
        ValueError: the reason names the person.
    """
    if request.email and request.email in reason.lower():
        raise ValueError("The reason outlives the person and must not name them.")
    return RequestEvent.objects.create(
        request=request,
        at=at,
        actor=actor,
        user=user,
        from_state=request.state if before is None else before,
        to_state=request.state,
        reason=reason,
        letter=letter,
    )


def drop_archive(request: DataRequest, *, at: datetime) -> bool:
    """Delete the archive of a locked request, once this is committed, and its link; return whether there was one.

    Args:
        request: the request.
        at: now (aware).
    """
    if not request.archive:
        return False
    files.doom([str(request.archive)])
    links = OneTimeLink.objects.filter(request=request, opens=OneTimeLink.Opens.ARCHIVE)
    links._raw_delete(links.db)
    request.archive = ""
    request.save(update_fields=["archive"])
    note(request, actor=Actor.SITE, at=at, reason=_("Archief gewist."))
    return True


def call_officer(request: DataRequest, *, reason: str, at: datetime) -> None:
    """Leave a request to the officer, with the reason, and mail them that it waits."""
    note(request, actor=Actor.SITE, at=at, reason=reason)
    send(kind=OFFICER_MAIL, reference=request.pk, subject=request.subject)
