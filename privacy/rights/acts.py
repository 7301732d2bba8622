"""What a person may have done with their data: put right, restrict, object, erase (art. 16-19, 21).

The person does it themselves behind their link, or the officer does it for them; both come here. Each act answers the
request: data, event, letter and the tasks to tell recipients (art. 19) are one transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from privacy.consent.models import Method, Suppression
from privacy.consent.services import object_to_mailings
from privacy.consent.suppression import address_hash
from privacy.mail.models import Mail
from privacy.register.periods import expires_at
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, Source, registry
from privacy.subjects.services import Erasure, erase

from .letter_kinds import LetterKind
from .letters import LETTER_MAIL, write
from .models import REQUESTS, Correction, DataRequest, Letter
from .recipients import tell_recipients
from .states import PENDING, State
from .steps import Actor, locked, move, note


class Held(Exception):
    """The data may not be erased now: there is a dispute (art. 17(3)(e)). A person decides."""


def correctable(request: DataRequest) -> list[tuple[Source, Record]]:
    """Return the records that the person of an open request for rectification may have put right, each with its source."""
    if request.kind != DataRequest.Kind.RECTIFICATION or request.state != State.OPEN or request.subject is None:
        return []
    return [
        (source, record)
        for source in registry.in_order()
        if source.amend
        for record in source.collect(request.subject)
        if record.amendable
    ]


@transaction.atomic
def correct(
    request: DataRequest,
    *,
    source: str,
    reference: str,
    values: Mapping[str, str],
    actor: str,
    at: datetime,
    user: Any = None,
    seen: int | None = None,
    is_all: bool = True,
) -> list[Correction]:
    """Put values of one record right, and keep what stood there before (art. 16; law.md C17).

    Args:
        request: a request for rectification.
        source: key of the source.
        reference: the record's own name.
        values: label -> what it must be; values that are so already are passed over.
        actor: who does it.
        at: now (aware).
        user: the member of staff.
        seen: see `locked`.
        is_all: whether this answers the request; if not, `report_corrections` does, once.

    Returns:
        What was changed; nothing at all leaves the request as it is.

    Raises:
        LookupError: the person has no such record, or that value is not theirs to correct.
    """
    request = locked(request, seen=seen)
    subject = _person(request)
    found = registry.sources[source]
    if found.amend is None:
        raise LookupError(source)
    before = found.amend(subject, reference, values)
    changed = Correction.objects.bulk_create(
        Correction(
            request=request,
            subject=subject,
            source=source,
            reference=reference,
            label=label,
            old=before[label],
            new=value,
            at=at,
        )
        for label, value in values.items()
        if before[label] != value
    )
    if changed and is_all:
        report_corrections(request, actor=actor, at=at, user=user)
    elif changed:
        note(request, actor=actor, at=at, user=user, reason=_("Verbeterd bij %(reference)s.") % {"reference": reference})
    return changed


@transaction.atomic
def report_corrections(request: DataRequest, *, actor: str, at: datetime, user: Any = None, seen: int | None = None) -> Letter:
    """Answer a request with what was put right under it, and have the recipients told (art. 16, 19)."""
    request = locked(request, seen=seen)
    with override(request.language):
        lines = "\n".join(
            _("- %(label)s: was “%(old)s”, is nu “%(new)s”") % vars(change) for change in request.corrections.order_by("pk")
        )
    tell_recipients(request, what=gettext_lazy("verbeterd"), at=at)
    letter = write(request, LetterKind.RECTIFIED, at=at, verbeterd=lines)
    move(request, State.DELIVERED, actor=actor, at=at, user=user, letter=letter)
    return letter


@transaction.atomic
def restrict(request: DataRequest, *, actor: str, at: datetime, user: Any = None, seen: int | None = None) -> Letter:
    """Restrict the use of a person's data: they are kept and neither used nor erased (art. 18(1)-(2); law.md C17)."""
    request = locked(request, seen=seen)
    subject = _person(request)
    # Also where it is restricted: the end of that may be announced already, and this is a new one.
    DataSubject.objects.filter(pk=subject.pk).update(restricted_at=at)
    tell_recipients(request, what=gettext_lazy("beperkt; wij bewaren ze alleen nog en gebruiken ze niet"), at=at)
    letter = write(request, LetterKind.RESTRICTED, at=at)
    move(request, State.DELIVERED, actor=actor, at=at, user=user, letter=letter)
    return letter


@transaction.atomic
def announce_lifting(request: DataRequest, *, user: Any, at: datetime, seen: int | None = None) -> Letter:
    """Tell a person that the restriction ends; it ends when the letter has gone out (18(3)), see `lift_announced`."""
    request = locked(request, seen=seen)
    letter = write(request, LetterKind.LIFTED, at=at)
    note(request, actor=Actor.OFFICER, at=at, user=user, reason="", letter=letter)
    return letter


def lift_announced() -> int:
    """End the restrictions whose announcement has gone out; return how many."""
    sent = Mail.objects.filter(kind=LETTER_MAIL, state=Mail.State.SENT).values("reference")
    told_since = Letter.objects.filter(kind=LetterKind.LIFTED, pk__in=sent, written_at__gt=OuterRef("restricted_at"))
    people = DataSubject.objects.filter(restricted_at__isnull=False)
    return people.filter(Exists(told_since.filter(request__subject=OuterRef("pk")))).update(restricted_at=None)


def announce_decided(*, at: datetime) -> int:
    """Announce the end of restrictions that were for an objection, now that it was turned down or taken back.

    Else the data of who objected once would never be used nor erased again (18(1)(d), 18(3)). One that was given way to
    stays until the officer lifts it: what is stopped is theirs to see to first. So does one that the person asked for.

    Args:
        at: now (aware).

    Returns:
        How many were announced.
    """
    of_theirs = DataRequest.objects.filter(subject=OuterRef("subject"))
    announced = Letter.objects.filter(kind=LetterKind.LIFTED, request=OuterRef("pk"))
    asked = of_theirs.filter(kind=DataRequest.Kind.RESTRICTION, state=State.DELIVERED).exclude(Exists(announced))
    weighed = of_theirs.filter(kind=DataRequest.Kind.OBJECTION, state__in=PENDING)
    over = DataRequest.objects.filter(
        ~Exists(announced),
        ~Exists(asked),
        ~Exists(weighed),
        kind=DataRequest.Kind.OBJECTION,
        state__in=[State.REFUSED, State.WITHDRAWN],
        closed_at__gte=F("subject__restricted_at"),
    )
    count = 0
    for found in over:
        with transaction.atomic():
            request = locked(found)
            if request.subject and not request.letters.filter(kind=LetterKind.LIFTED).exists():
                letter = write(request, LetterKind.LIFTED, at=at)
                note(request, actor=Actor.SITE, at=at, reason="", letter=letter)
                count += 1
    return count


@transaction.atomic
def object_to_marketing(request: DataRequest, *, actor: str, at: datetime, user: Any = None, seen: int | None = None) -> Letter:
    """Stop direct marketing at once; nobody weighs anything (art. 21(2)-(3); law.md C21)."""
    request = locked(request, seen=seen)
    subject = _person(request)
    object_to_mailings(email=subject.email, place=str(request), at=at, method=_method(request))
    with override(request.language):
        reason = _("Wij gebruiken uw gegevens niet meer om u iets aan te bieden. Dat is meteen ingegaan.")
    letter = write(request, LetterKind.OBJECTION, at=at, reden=reason)
    move(request, State.DELIVERED, actor=actor, at=at, user=user, letter=letter)
    return letter


@transaction.atomic
def object_on_grounds(
    request: DataRequest, *, at: datetime, actor: str = Actor.PERSON, user: Any = None, seen: int | None = None
) -> None:
    """Take an objection to another use: until somebody has weighed it, the data are not used (art. 18(1)(d), 21(1))."""
    request = locked(request, seen=seen)
    reason = _("Bezwaar: de gegevens worden niet gebruikt tot het is beoordeeld.")
    if _person(request).restricted_at and request.events.filter(reason=reason).exists():
        return  # pressed twice
    DataSubject.objects.filter(pk=_person(request).pk).update(restricted_at=at)
    note(request, actor=actor, at=at, user=user, reason=reason)


@transaction.atomic
def uphold_objection(
    request: DataRequest, *, upheld: bool, reason: str, user: Any, at: datetime, seen: int | None = None
) -> Letter:
    """Decide about an objection on grounds: stop, or say which compelling grounds there are (21(1); law.md C21).

    Args:
        request: the request.
        upheld: whether the person is right.
        reason: what we do, or the grounds; for the person.
        user: who decides.
        at: now (aware).
        seen: see `locked`.

    Raises:
        ValueError: no reason.
    """
    if not reason.strip():
        raise ValueError("A decision needs its reasons.")
    request = locked(request, seen=seen)
    kind = LetterKind.OBJECTION if upheld else LetterKind.REFUSAL
    letter = write(request, kind, at=at, reden=reason)
    to = State.DELIVERED if upheld else State.REFUSED
    move(request, to, actor=Actor.OFFICER, at=at, user=user, reason=reason, letter=letter)
    return letter


@transaction.atomic
def erase_person(request: DataRequest, *, actor: str, at: datetime, user: Any = None, seen: int | None = None) -> Erasure:
    """Erase a person from every source, and tell them what stays, why, and until when (art. 17, 12(4); law.md C18).

    The request stays as proof, without its person. Its letter goes out after the address is gone from everywhere else.

    Args:
        request: a request for erasure.
        actor: who does it.
        at: now (aware).
        user: the member of staff.
        seen: see `locked`.

    Raises:
        Held: there is a dispute; the officer decides.
        OSError: the ledger cannot be written; nothing was erased.
    """
    request = locked(request, seen=seen)
    subject = DataSubject.objects.select_for_update().get(pk=_person(request).pk)
    if subject.hold_until and subject.hold_until > at:
        raise Held
    address = request.email
    version = StatementVersion.objects.in_force()
    with override(request.language):
        left = [f"- {what}, {why}" for what, why in stays_after_erasure(subject, version)] if version else []
    move(request, State.DELIVERED, actor=actor, at=at, user=user)
    result = erase([subject], reason="request", at=at)
    request = locked(request)
    tell_recipients(request, what=gettext_lazy("gewist"), at=at)
    request.email, request.erasure = address, result.lines[0].id
    request.save(update_fields=["email", "erasure"])
    with override(request.language):
        left += [f"- {kept.label}: {kept.reason} ({date_format(kept.until, 'j F Y')})" for kept in result.retained]
    letter = write(request, LetterKind.ERASED, at=at, survives=True, blijft="\n".join(left), bewijs=request.erasure)
    note(request, actor=Actor.SITE, at=at, reason="; ".join(kept.reason for kept in result.retained), letter=letter)
    return result


def stays_after_erasure(subject: DataSubject, version: StatementVersion) -> list[tuple[str, str]]:
    """Return what an erasure leaves whoever asks, as pairs of what and why: for the page that asks, and the letter after it."""
    until = timezone.localdate(expires_at(timezone.now(), *version.period(REQUESTS)))
    left = [
        (
            _("Dat u om wissen vroeg"),
            _("zonder uw naam of adres, tot %(until)s: zo kunnen wij aantonen dat wij het deden (art. 5 lid 2 AVG).")
            % {"until": date_format(until, "j F Y")},
        ),
        (
            _("Een onleesbare code van uw e-mailadres"),
            _("zodat u gewist blijft als wij een reservekopie moeten terugzetten (art. 17 en 32 AVG)."),
        ),
    ]
    if Suppression.objects.filter(address_hash=address_hash(subject.email)).exists():
        left.append(
            (
                _("Een onleesbare code van uw e-mailadres op de lijst van wie geen reclame wil"),
                _("zolang wij die lijst nodig hebben om u geen reclame te sturen (art. 21 lid 3 AVG)."),
            )
        )
    return left


def _person(request: DataRequest) -> DataSubject:
    if request.subject is None:
        raise LookupError("Nobody is known by this request.")
    return request.subject


def _method(request: DataRequest) -> str:
    heard = {
        DataRequest.Channel.WEBSITE: Method.LINK,
        DataRequest.Channel.MAIL: Method.MAIL,
        DataRequest.Channel.LETTER: Method.PAPER,
    }
    return heard.get(DataRequest.Channel(request.channel), Method.PHONE)
