"""The verbs on a request: asking, confirming, and what an officer does with its clock until it is answered.

Each takes one of the `steps`, with the letter where there is one, in one transaction. What a person wants done with their data
is in `acts`, the answer to inzage in `search`, `review` and `delivery`.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from privacy.mail.services import send
from privacy.queue import enqueue_on_commit
from privacy.subjects.contact import Contact
from privacy.subjects.emails import normalise_email
from privacy.subjects.models import DataSubject
from privacy.subjects.services import locked_person, touch

from . import clock
from .letter_kinds import LetterKind
from .letters import compose, write
from .links import use
from .models import DataRequest, Letter
from .states import PENDING, NotAllowed, State, require
from .steps import Actor, locked, move, note

#: Kind of mail with the link that confirms a request; its reference is the request's key.
LINK_MAIL = "rights.link"

#: So soon nobody presses the same button again on purpose.
PRESSED_TWICE_WITHIN = timedelta(seconds=10)

#: Kinds of which what the person writes can ask for more than their own page does.
_IN_WORDS = (DataRequest.Kind.RECTIFICATION, DataRequest.Kind.OBJECTION)


class TooLate(Exception):
    """The law allows this no more."""


@transaction.atomic
def ask(*, email: str, kind: str, message: str, language: str, at: datetime) -> DataRequest:
    """Take down a request from the website. Nobody is looked up: known and unknown addresses cost the same (law.md C8).

    What happens next depends on who reads the mail: it holds a link for somebody we know, and the answer for others.

    Args:
        email: the address, as typed.
        kind: a `DataRequest.Kind`.
        message: what the person adds.
        language: language code of the form.
        at: when (aware).
    """
    request = DataRequest.objects.create(
        email=normalise_email(email),
        kind=kind,
        message=message,
        language=language,
        received_at=at,
        state=State.UNCONFIRMED,
    )
    note(request, actor=Actor.PERSON, at=at, reason="", before="")
    send(kind=LINK_MAIL, reference=request.pk)
    return request


@transaction.atomic
def take(
    *,
    email: str,
    kind: str,
    received_at: datetime,
    at: datetime,
    channel: str = DataRequest.Channel.MAIL,
    identity: str = DataRequest.Identity.REPLY,
    message: str = "",
    language: str = settings.LANGUAGE_CODE,
    user: Any = None,
    confirm_receipt: bool = False,
) -> DataRequest:
    """Take down a request that came by another way than the website (law.md C1). The same one twice, by staff, is one.

    Args:
        email: address of the person, who is made known by it when they were not; empty when they gave none yet (see
            `link_person`).
        kind: a `DataRequest.Kind`.
        received_at: when it truly came in (aware); the clock starts there.
        at: now (aware).
        channel: how it came.
        identity: how we know who asks.
        message: what they ask, in short.
        language: of the letters.
        user: who takes it down.
        confirm_receipt: whether to send a letter that says that we have it, and by when the answer comes; not after its term.
    """
    person = touch(email=email, at=received_at, contact=Contact.REQUEST, now=at) if email else None
    # A form sent twice, or two officers with the same letter; the person's row is locked by now.
    same = DataRequest.objects.pending().filter(subject=person, kind=kind, channel=channel, received_at=received_at)
    if user and person and (found := same.filter(message=message).first()):
        return found
    request = DataRequest.objects.create(
        subject=person,
        email=person.email if person else "",
        kind=kind,
        channel=channel,
        identity=identity,
        message=message,
        language=language,
        received_at=received_at,
        handler=user,
        state=State.OPEN,
    )
    # Taken down after its term: there is no day left to promise, and the next letter is the answer.
    confirms = confirm_receipt and not request.is_overdue(at)
    letter = write(request, LetterKind.CONFIRMATION, at=at) if confirms else None
    note(request, actor=Actor.OFFICER if user else Actor.SITE, at=at, user=user, reason="", letter=letter, before="")
    go_on(request)
    return request


@transaction.atomic
def link_person(request: DataRequest, *, email: str, user: Any, at: datetime, seen: int | None = None) -> None:
    """Say by which address the person is known who asked by phone or on paper, or make them known by it.

    Args:
        request: a request of nobody known.
        email: their address.
        user: who found it.
        at: now (aware).
        seen: see `locked`.

    Raises:
        NotAllowed: it is somebody's already, or was answered.
    """
    request = locked(request, seen=seen)
    if request.subject or request.state not in PENDING:
        raise NotAllowed(request.state, request.state)
    request.subject = touch(email=email, at=request.received_at, contact=Contact.REQUEST, now=at)
    request.email, request.handler = request.subject.email, user
    request.save(update_fields=["subject", "email", "handler"])
    note(request, actor=Actor.OFFICER, at=at, user=user, reason=_("Gekoppeld aan een betrokkene."))
    go_on(request)


@transaction.atomic
def begin(*, subject: DataSubject, kind: str, language: str, at: datetime, message: str = "") -> DataRequest:
    """Return the request that this act of somebody who came through their link answers, a new one when there is none.

    What they asked in words of their own, about a correction or an objection, waits for somebody who reads it, and so does a
    new address that somebody else is known by: a button of theirs does not answer it. The same words twice are one request, and
    words are added to one that came without. An archive that is being made is not made twice.

    Args:
        subject: the person.
        kind: a `DataRequest.Kind`.
        language: language code of the page.
        at: when (aware).
        message: what the person adds.

    Raises:
        DataSubject.DoesNotExist: the person was erased meanwhile.
    """
    return _begin(locked_person(subject), kind=kind, language=language, at=at, message=message)


def _begin(subject: DataSubject, *, kind: str, language: str, at: datetime, message: str = "") -> DataRequest:
    """Do what `begin` says, for a person whose row is locked."""
    theirs = subject.data_requests.filter(kind=kind, identity=DataRequest.Identity.LINK)
    if kind in _IN_WORDS:
        theirs = theirs.filter(message__in=["", message], new_email="")
    found = theirs.filter(state__in=PENDING if kind in DataRequest.WITH_ARCHIVE else [State.OPEN]).order_by("message").last()
    if found:
        found = locked(found)
        if message and not found.message:
            found.message = message
            found.save(update_fields=["message"])
        return found
    touch(email=subject.email, at=at, contact=Contact.REQUEST)
    request = DataRequest.objects.create(
        subject=subject,
        email=subject.email,
        kind=kind,
        identity=DataRequest.Identity.LINK,
        language=language,
        message=message,
        received_at=at,
        state=State.OPEN,
    )
    note(request, actor=Actor.PERSON, at=at, reason="", before="")
    go_on(request)
    return request


def press(*, subject: DataSubject, kind: str, language: str, at: datetime) -> DataRequest | None:
    """Return the request that a button answers at once (`begin`); None when the same press answered it a moment ago.

    To be called in the transaction of the act: the person's row, locked here, has a second press wait until the first is done.

    Args:
        subject: the person.
        kind: a `DataRequest.Kind`.
        language: language code of the page.
        at: when (aware).

    Raises:
        DataSubject.DoesNotExist: the person was erased meanwhile.
    """
    subject = locked_person(subject)
    just_now = DataRequest.objects.filter(
        subject=subject,
        kind=kind,
        identity=DataRequest.Identity.LINK,
        state=State.DELIVERED,
        closed_at__gt=at - PRESSED_TWICE_WITHIN,
    )
    return None if just_now.exists() else _begin(subject, kind=kind, language=language, at=at)


def go_on(request: DataRequest) -> None:
    """Have the background do what it can for an open request, once this is committed."""
    from .tasks import collect_one  # the tasks are doors to the services

    if request.kind in DataRequest.WITH_ARCHIVE:
        enqueue_on_commit(collect_one, request.pk)


@transaction.atomic
def confirm(token: str, *, at: datetime) -> DataRequest | None:
    """Let the reader of the mail confirm their request: they have shown that the address is theirs (law.md C5).

    Args:
        token: of the link.
        at: now (aware).

    Returns:
        The request, open now; None when the person is not known (any more).

    Raises:
        Useless: the link doesn't work.
    """
    link = use(token, at=at)
    request = locked(link.request)
    person = DataSubject.objects.select_for_update(no_key=True).filter(email=request.email).first()
    if person is None or request.state != State.UNCONFIRMED:
        return None
    request.subject = touch(email=person.email, at=request.received_at, contact=Contact.REQUEST)
    request.identity = DataRequest.Identity.LINK
    move(request, State.OPEN, actor=Actor.PERSON, at=at)
    go_on(request)
    return request


@transaction.atomic
def nothing_held(request: DataRequest, *, at: datetime) -> Letter | None:
    """Close a request from an address that nobody is known by: the letter that says so is the answer (law.md C8).

    Args:
        request: an unconfirmed request; any other is left alone.
        at: now (aware).
    """
    request = locked(request)
    if request.state != State.UNCONFIRMED:
        return request.letters.filter(kind=LetterKind.NOTHING_HELD).first()
    letter = compose(request, LetterKind.NOTHING_HELD, {}, at=at)
    letter.save(force_insert=True)
    move(request, State.DELIVERED, actor=Actor.SITE, at=at, letter=letter)
    return letter


@transaction.atomic
def withdraw(
    request: DataRequest, *, actor: str, at: datetime, user: Any = None, reason: str = "", seen: int | None = None
) -> None:
    """Let a person take back their request."""
    move(locked(request, seen=seen), State.WITHDRAWN, actor=actor, at=at, user=user, reason=reason)


@transaction.atomic
def extend(request: DataRequest, *, months: int, reason: str, user: Any, at: datetime, seen: int | None = None) -> Letter:
    """Extend the term, by sending the letter that says so and why (12(3); law.md C4).

    Args:
        request: the request.
        months: by how many, once; at most two.
        reason: why, for the person: the complexity or the number of requests.
        user: who decides.
        at: now (aware).
        seen: see `locked`.

    Raises:
        TooLate: the first month is over, it was extended before, or it was answered.
        ValueError: no reason, or no such number of months.
    """
    request = locked(request, seen=seen)
    if not reason.strip():
        raise ValueError("An extension needs its reasons.")
    if not 1 <= months <= clock.MAX_EXTENSION_MONTHS:
        raise ValueError("An extension is one or two months.")
    if not may_extend(request, at):
        raise TooLate
    request.extended_months = months
    request.handler = user
    request.reckon()
    request.save()
    with override(request.language):
        longer = ngettext("%(count)s maand", "%(count)s maanden", months) % {"count": months}
    letter = write(request, LetterKind.EXTENSION, at=at, reden=reason, maanden=longer)
    note(request, actor=Actor.OFFICER, at=at, user=user, reason=reason, letter=letter)
    return letter


def may_extend(request: DataRequest, at: datetime) -> bool:
    """Say whether a request still waits for its answer, was never extended, and its person can be told in the first month."""
    in_time = clock.may_extend(request.received_on, today=timezone.localdate(at), paused_days=request.paused_days)
    return in_time and request.state in PENDING and not request.extended_months


@transaction.atomic
def ask_person(request: DataRequest, *, question: str, user: Any, at: datetime, seen: int | None = None) -> bool:
    """Ask the person for what an answer needs; the clock stops when that is done without delay (law.md C6).

    Args:
        request: the request.
        question: what we need and why.
        user: who asks.
        at: now (aware).
        seen: see `locked`.

    Returns:
        Whether the clock stopped.
    """
    request = locked(request, seen=seen)
    require(request.state, State.WAITING)
    stops = clock.asked_without_delay(request.received_on, asked_on=timezone.localdate(at), days=settings.ASK_WITHIN_DAYS)
    with override(request.language):
        said = (
            _("De dagen waarop wij op uw antwoord wachten, komen bij de termijn, die nu loopt tot en met %(due)s.")
            if stops
            else _("De termijn loopt door: u krijgt ons antwoord uiterlijk op %(due)s.")
        )
        term = said % {"due": date_format(request.due_on, "j F Y")}
    letter = write(request, LetterKind.QUESTION, at=at, vraag=question, termijn=term)
    if stops:
        move(request, State.WAITING, actor=Actor.OFFICER, at=at, user=user, letter=letter)
    else:
        note(request, actor=Actor.OFFICER, at=at, user=user, reason="", letter=letter)
    return stops


@transaction.atomic
def resume(
    request: DataRequest, *, actor: str, at: datetime, user: Any = None, reason: str = "", seen: int | None = None
) -> None:
    """Go on after the person answered; the days waited are added to the term."""
    request = locked(request, seen=seen)
    move(request, State.OPEN, actor=actor, at=at, user=user, reason=reason)
    go_on(request)


@transaction.atomic
def refuse(request: DataRequest, *, reason: str, user: Any, at: datetime, seen: int | None = None) -> Letter:
    """Refuse a request, with the letter that gives reasons, the complaint and the court (12(4); law.md C15).

    Args:
        request: the request.
        reason: why, for the person.
        user: who decides.
        at: now (aware).
        seen: see `locked`.

    Raises:
        ValueError: no reason.
    """
    if not reason.strip():
        raise ValueError("A refusal needs its reasons.")
    request = locked(request, seen=seen)
    letter = write(request, LetterKind.REFUSAL, at=at, reden=reason)
    move(request, State.REFUSED, actor=Actor.OFFICER, at=at, user=user, reason=reason, letter=letter)
    return letter


@transaction.atomic
def answer(request: DataRequest, *, reason: str, user: Any, at: datetime, seen: int | None = None) -> None:
    """Close a request that was answered outside this site: on paper, at the counter (law.md C16).

    Args:
        request: the request.
        reason: how.
        user: who did.
        at: now (aware).
        seen: see `locked`.
    """
    if not reason.strip():
        raise ValueError("How it was answered must be said.")
    move(locked(request, seen=seen), State.DELIVERED, actor=Actor.OFFICER, at=at, user=user, reason=reason)


@transaction.atomic
def expire_unconfirmed(*, at: datetime) -> int:
    """Forget the addresses of requests whose link nobody used; return how many.

    Args:
        at: now (aware).
    """
    over = DataRequest.objects.filter(state=State.UNCONFIRMED)
    waiting = over.filter(links__expires_at__gt=at)
    # One whose mail never went out has no link; it gets as long as the mail room goes on trying.
    late = over.exclude(pk__in=waiting.values("pk")).filter(received_at__lte=at - timedelta(hours=settings.LINK_HOURS))
    count = 0
    for request in late.select_for_update(of=("self",), skip_locked=True):
        move(request, State.EXPIRED, actor=Actor.SITE, at=at)
        count += 1
    return count
