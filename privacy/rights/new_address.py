"""Another e-mail address (art. 16): whoever wants it shows that it is theirs, and is then known by it everywhere.

The person asks behind their link, or the officer for who phoned or wrote. Either way a one-time link goes to the new address,
and until its button is pressed nothing changes and nobody learns whether that address is known to us: the page says the same
and the mail does. Somebody else's it can prove to be only to its own reader; two people are never made one, a person decides.
The old address hears that it was changed, and not into what: others may read it by now.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from privacy.mail.services import send
from privacy.subjects.addresses import Taken, readdress
from privacy.subjects.contact import Contact
from privacy.subjects.emails import normalise_email
from privacy.subjects.models import DataSubject
from privacy.subjects.services import locked_person, touch

from .acts import report_corrections
from .letter_kinds import LetterKind
from .letters import write
from .links import Useless, address_link, look_up, use
from .models import Correction, DataRequest, OneTimeLink
from .states import NotAllowed, State
from .steps import Actor, call_officer, locked, move, note

#: Kind of the mail with the link; its reference is the link's key.
ADDRESS_MAIL = "rights.address"

Kind = DataRequest.Kind


class Same(Exception):
    """The person is known by that address already."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What the button in the mail did.

    Args:
        request: the request.
        email: the address that was proven.
        is_taken: whether nothing changed, since somebody else is known by it; the officer has been told.
    """

    request: DataRequest
    email: str
    is_taken: bool


@transaction.atomic
def offer(person: DataSubject, *, email: str, language: str, at: datetime) -> DataRequest:
    """Let somebody behind their link ask for another address; the link that proves it is mailed there.

    What they offered before and did not prove is over: the last one counts.

    Args:
        person: who.
        email: the new address, as typed.
        language: language code of the page.
        at: now (aware).

    Raises:
        DataSubject.DoesNotExist: they were erased meanwhile.
        Same: it is theirs already.
    """
    known = locked_person(person)
    touch(email=known.email, at=at, contact=Contact.REQUEST)
    for before in known.data_requests.filter(kind=Kind.RECTIFICATION, state=State.UNCONFIRMED):
        move(locked(before), State.EXPIRED, actor=Actor.PERSON, at=at)
        before.links.all().delete()
    request = DataRequest.objects.create(
        subject=known,
        email=known.email,
        kind=Kind.RECTIFICATION,
        identity=DataRequest.Identity.LINK,
        language=language,
        received_at=at,
        state=State.UNCONFIRMED,
    )
    note(request, actor=Actor.PERSON, at=at, reason=_("Een nieuw e-mailadres opgegeven."), before="")
    _mail_link(request, known, email, at=at)
    return request


@transaction.atomic
def offer_for(request: DataRequest, *, email: str, user: Any, at: datetime, seen: int | None = None) -> None:
    """Mail the link that proves a new address for somebody who phoned or wrote.

    Args:
        request: an open request for rectification; how we know who asked stands in it.
        email: the new address.
        user: who does it.
        at: now (aware).
        seen: see `locked`.

    Raises:
        NotAllowed: it is no such request.
        Same: it is theirs already.
    """
    request, person = _open(request, seen)
    request.handler = user
    _mail_link(request, person, email, at=at)
    note(request, actor=Actor.OFFICER, at=at, user=user, reason=_("Een link gestuurd naar het nieuwe e-mailadres."))


@transaction.atomic
def prove(token: str, *, at: datetime) -> Proof:
    """Let the reader of the mail show that the new address is theirs, and change it, unless somebody else is known by it.

    Args:
        token: of the link.
        at: now (aware).

    Raises:
        Useless: the link does not work, or the person is gone.
        OSError: the ledger cannot be written; nothing was changed, and the link still works.
    """
    request = locked(look_up(token, at=at).request)
    # Once more, now that nobody else can come in between.
    use(token, at=at)
    email, is_theirs = request.new_email, request.state == State.UNCONFIRMED
    if request.subject is None or not email or request.state not in {State.UNCONFIRMED, State.OPEN}:
        raise Useless
    if is_theirs:
        move(request, State.OPEN, actor=Actor.PERSON, at=at, reason=_("Het nieuwe e-mailadres is bevestigd."))
    try:
        _change(request, request.subject, email, actor=Actor.PERSON, at=at, is_all=is_theirs)
    except Taken:
        reason = _(
            "Het nieuwe e-mailadres is bevestigd, maar hoort al bij andere gegevens. Er is niets veranderd; wij zoeken het uit."
        )
        call_officer(request, reason=reason, at=at)
        return Proof(request=request, email=email, is_taken=True)
    if not is_theirs:
        call_officer(request, reason=_("Het nieuwe e-mailadres is bevestigd en ingevoerd. Meld de verbetering."), at=at)
    return Proof(request=request, email=email, is_taken=False)


@transaction.atomic
def change(request: DataRequest, *, email: str, reason: str, user: Any, at: datetime, seen: int | None = None) -> None:
    """Change the address without a link, where somebody who looked into it says why none is needed.

    Args:
        request: an open request for rectification.
        email: the new address.
        reason: why it is certain to be theirs; names nobody, since it outlives the person.
        user: who decides.
        at: now (aware).
        seen: see `locked`.

    Raises:
        NotAllowed: it is no such request.
        Same: it is theirs already.
        Taken: somebody else is known by it.
        ValueError: no reason, or one that names the person.
        OSError: the ledger cannot be written; nothing was changed.
    """
    if not reason.strip() or normalise_email(email) in reason.lower():
        raise ValueError("Why no link is needed must be said, without the address.")
    request, person = _open(request, seen)
    request.handler = user
    request.save(update_fields=["handler"])
    said = _("E-mailadres veranderd zonder link: %(reason)s") % {"reason": reason}
    note(request, actor=Actor.OFFICER, at=at, user=user, reason=said)
    _change(request, person, _other_than_now(person, email), actor=Actor.OFFICER, at=at, is_all=False)


@transaction.atomic
def _change(request: DataRequest, person: DataSubject, email: str, *, actor: str, at: datetime, is_all: bool) -> None:
    """Keep what was, write to the old address, answer the request if this is all of it, and only then change."""
    with override(request.language):
        label = _("E-mailadres")
    Correction.objects.create(
        request=request,
        subject=person,
        source=Correction.ADDRESS,
        reference=str(person),
        label=label,
        old=person.email,
        new=email,
        at=at,
    )
    write(request, LetterKind.READDRESSED, at=at)
    if is_all:
        report_corrections(request, actor=actor, at=at)
    else:
        DataRequest.objects.filter(pk=request.pk).update(new_email="")
    # Last, since it writes the ledger.
    readdress(person, email=email, at=at)


def follow(person: DataSubject, old: str, new: str, at: datetime) -> None:
    """Send the answers to their requests to the new address, and let no link work that was mailed to the old one."""
    DataRequest.objects.filter(subject=person).exclude(email="").update(email=new)
    mailed = OneTimeLink.objects.filter(request__subject=person)
    mailed._raw_delete(mailed.db)


def _open(request: DataRequest, seen: int | None) -> tuple[DataRequest, DataSubject]:
    request = locked(request, seen=seen)
    if request.kind != Kind.RECTIFICATION or request.state != State.OPEN or request.subject is None:
        raise NotAllowed(request.state, request.state)
    return request, request.subject


def _mail_link(request: DataRequest, person: DataSubject, email: str, *, at: datetime) -> None:
    request.new_email = _other_than_now(person, email)
    request.save(update_fields=["new_email", "handler"])
    send(kind=ADDRESS_MAIL, reference=address_link(request, at=at).pk, subject=person)


def _other_than_now(person: DataSubject, email: str) -> str:
    new = normalise_email(email)
    if new == person.email:
        raise Same
    return new
