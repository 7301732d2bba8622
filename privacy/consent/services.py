"""The verbs of consent: `give`, `confirm`, `withdraw`, `object_to_mailings`, and the question `may`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.models import Page

from privacy.mail.services import Owed, send, send_several
from privacy.queue import enqueue_on_commit
from privacy.register.periods import past
from privacy.statement.models import StatementVersion, texts_of
from privacy.statement.promises import promised
from privacy.subjects.models import DataSubject
from privacy.subjects.services import find, locked_person

from . import ledger
from .chain import append
from .models import UNCONFIRMED, ConsentEvent, ErasureDue, Method, UnconfirmedConsent
from .signals import consent_withdrawn
from .states import State, essence, in_force, state
from .suppression import is_suppressed, suppress

#: Kinds of mail; their references are the first event of an act, and the unconfirmed consent.
RECEIPT_MAIL, CONFIRM_MAIL = "consent.receipt", "consent.confirm"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a person ticked.

    Args:
        purpose: key of the purpose.
        wording: the text that stood beside the box, to the letter.
    """

    purpose: str
    wording: str


@transaction.atomic(savepoint=False)
def give(
    *,
    subject: DataSubject,
    choices: Sequence[Choice],
    version: StatementVersion,
    language: str,
    place: str,
    at: datetime,
    method: str = Method.FORM,
    page: Page | None = None,
    is_locked: bool = False,
    owe_receipt: bool = True,
) -> list[ConsentEvent]:
    """Record that a person gave consent, one event per purpose, and mail them the receipt.

    A box left empty is no event: it is not a refusal of what was given before, and nothing is done on the strength of
    it (Planet49, C-673/17: only an act counts). A purpose whose addresses are confirmed first is no event yet either, but
    a mail that asks (`confirm`), unless the person came through a link that was mailed to them.

    Args:
        subject: who.
        choices: the ticked boxes.
        version: the statement that was shown.
        language: language code of what was shown.
        place: path of the form, or the channel.
        at: when (aware).
        method: how they let us know.
        page: the form's page; its live revision is what was shown.
        is_locked: whether `subject` is the row as it is now, locked by this transaction (as `touch` returns it).
        owe_receipt: False when the caller owes the receipt (`receipt_of`) together with other mails.

    Returns:
        The events.

    Raises:
        DataSubject.DoesNotExist: the person was erased in the meantime.
    """
    if not choices:
        return []
    shown = {
        "version": version,
        "language": language,
        "place": place,
        "at": at,
        "page_id": page.pk if page else None,
        "revision_id": page.live_revision_id if page else None,
    }
    person = subject if is_locked else locked_person(subject)
    to_confirm = [choice for choice in choices if method == Method.FORM and _is_mailing(version, choice.purpose)]
    for choice in to_confirm:
        _ask_to_confirm(person, UnconfirmedConsent(purpose=choice.purpose, wording=choice.wording, **shown))
    given = append(
        person,
        [
            ConsentEvent(
                action=ConsentEvent.Action.GIVEN, method=method, purpose=choice.purpose, wording=choice.wording, **shown
            )
            for choice in choices
            if choice not in to_confirm
        ],
    )
    if mailings := [event.purpose for event in given if _is_mailing(version, event.purpose)]:
        _forget_unconfirmed(person, mailings)
    if owe_receipt:
        send_several(receipt_of(given))
    return given


def _is_mailing(version: StatementVersion, purpose: str) -> bool:
    found = essence(version, purpose)
    return found is not None and found.is_mailing


def _ask_to_confirm(person: DataSubject, asked: UnconfirmedConsent) -> None:
    """Keep the box and mail its holder; ticked twice it is asked once more, from the later moment on."""
    _forget_unconfirmed(person, [asked.purpose])
    asked.subject = person
    asked.save(force_insert=True)
    send(kind=CONFIRM_MAIL, reference=asked.pk, subject=person)


def _forget_unconfirmed(person: DataSubject, purposes: Sequence[str], *, until: datetime | None = None) -> None:
    waiting = UnconfirmedConsent.objects.filter(subject=person, purpose__in=purposes)
    if until:
        waiting = waiting.filter(at__lte=until)
    waiting._raw_delete(waiting.db)


def receipt_of(events: Sequence[ConsentEvent]) -> list[Owed]:
    """Return the one receipt that is owed for what a person did in one act, named after its first event; none for no act."""
    return [Owed(kind=RECEIPT_MAIL, reference=events[0].pk, subject=events[0].subject)] if events else []


@transaction.atomic
def confirm(*, subject: DataSubject, purpose: str, at: datetime) -> ConsentEvent | None:
    """Make an unconfirmed consent count, now that its address has proved to be the person's own (law.md B11).

    Args:
        subject: who.
        purpose: key of the purpose.
        at: when the link was used (aware).

    Returns:
        The event, dated when the box was ticked; None when there is nothing to confirm any more.

    Raises:
        DataSubject.DoesNotExist: the person was erased in the meantime.
    """
    person = locked_person(subject)
    asked = UnconfirmedConsent.objects.filter(subject=person, purpose=purpose)
    period = promised(UNCONFIRMED, until_then=settings.CONSENT_CONFIRM_DAYS)
    confirmable = asked.exclude(pk__in=past(asked, "at", period=period, as_of=at).values("pk"))
    waiting = confirmable.select_related("version").defer(*texts_of("version")).first()
    if waiting is None:
        return None
    events = append(
        person,
        [
            ConsentEvent(
                action=ConsentEvent.Action.GIVEN,
                method=Method.FORM,
                confirmed_at=at,
                purpose=purpose,
                wording=waiting.wording,
                version=waiting.version,
                language=waiting.language,
                page_id=waiting.page_id,
                revision_id=waiting.revision_id,
                place=waiting.place,
                at=waiting.at,
            )
        ],
    )
    _forget_unconfirmed(person, [purpose])
    send_several(receipt_of(events))
    return events[0]


@transaction.atomic
def withdraw(
    *, subject: DataSubject, purpose: str, place: str, at: datetime, method: str, later_stands: bool = False
) -> ConsentEvent | None:
    """Record that a person took back consent (art. 7(3)); the purpose stops with it, and what rests on it alone is deleted.

    The deletion is queued with the event (art. 17(1)(b)); a broker that is gone delays it, and a sweep catches up. A line in
    the ledger keeps a restored backup from undoing it.

    Args:
        subject: the person.
        purpose: key of the purpose.
        place: path or channel ("mail", "phone") through which it came.
        at: when (aware).
        method: how they let us know.
        later_stands: whether what was agreed to after `at` stands, for what is written down later than it came in. Otherwise
            the last act is the last row, whatever the clock did.

    Returns:
        The event, or None when there was nothing to take back.

    Raises:
        DataSubject.DoesNotExist: the person was erased in the meantime.
    """
    event = take_back(subject=subject, purpose=purpose, place=place, at=at, method=method, later_stands=later_stands)
    if event:
        ledger.write(event.subject.email, purpose=purpose, method=method, at=at)
    return event


@transaction.atomic
def take_back(
    *, subject: DataSubject, purpose: str, place: str, at: datetime, method: str, later_stands: bool
) -> ConsentEvent | None:
    """Do what `withdraw` does, for what the ledger knows already."""
    from .tasks import erase_withdrawn  # the tasks are doors to this module

    person = locked_person(subject)
    _forget_unconfirmed(person, [purpose], until=at if later_stands else None)
    latest = _last_act(person, purpose)
    if latest is None or latest.action != ConsentEvent.Action.GIVEN:
        return None
    if later_stands and (latest.confirmed_at or latest.at) > at:
        return None
    (event,) = append(
        person,
        [
            ConsentEvent(
                purpose=purpose,
                action=ConsentEvent.Action.WITHDRAWN,
                method=method,
                wording=latest.wording,
                version=latest.version,
                language=latest.language,
                place=place,
                at=at,
            )
        ],
    )
    consent_withdrawn.send(sender=ConsentEvent, subject=person, purpose=purpose)
    due = ErasureDue.objects.create(subject=person, since=at)
    enqueue_on_commit(erase_withdrawn, due.pk)
    return event


@transaction.atomic
def object_to_mailings(*, email: str, place: str, at: datetime, method: str, later_stands: bool = False) -> list[ConsentEvent]:
    """Record that somebody objects to direct marketing: no mailing goes to this address any more (art. 21(2)-(3)).

    Absolute: it needs no reason, no consent on record, and no known person. Consents to mailings are withdrawn with it.

    Args:
        email: the address, however spelled.
        place: path or channel through which it came.
        at: when (aware).
        method: how they let us know.
        later_stands: as for `withdraw`.

    Returns:
        The withdrawals that it meant.
    """
    suppress(email, at=at)
    ledger.write(email, purpose=ledger.OBJECTION, method=method, at=at)
    subject = find(email)
    if subject is None:
        return []
    mailings = {
        event.purpose
        for event in subject.consent_events.select_related("version").defer(*texts_of("version"))
        if _is_mailing(event.version, event.purpose)
    } | set(subject.unconfirmed_consents.values_list("purpose", flat=True))
    how: Any = {"place": place, "at": at, "method": method, "later_stands": later_stands}
    events = [withdraw(subject=subject, purpose=key, **how) for key in sorted(mailings)]
    return [event for event in events if event]


def may(*, subject: DataSubject, purpose: str) -> bool:
    """Say whether this person's consent for this purpose stands; everything that rests on consent asks this first.

    It stands when the last act was to give it, the purpose has not considerably changed since, and, where it is a mailing,
    the address was confirmed and its holder has not objected to mailings.

    Args:
        subject: who.
        purpose: key of the purpose.
    """
    latest = _last_act(subject, purpose)
    now = essence(in_force(), purpose)
    if latest is None or now is None:
        return False
    if state(latest.action, essence(latest.version, purpose), now) is not State.GIVEN:
        return False
    return not (now.is_mailing and is_suppressed(subject.email, since=latest.confirmed_at or latest.at))


def _last_act(subject: DataSubject, purpose: str) -> ConsentEvent | None:
    events = subject.consent_events.filter(purpose=purpose).select_related("version")
    return events.defer(*texts_of("version")).order_by("-number").first()
