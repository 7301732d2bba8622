"""What people let us know by phone, letter or mail counts as their own click does (art. 7(3), 12(2), 21(2)-(3); law.md B7, C1).

Through the same verbs, so that it stops at once, is an event in the chain and queues its deletion. It is dated when it came in,
not when somebody found the time to write it down; who wrote it down stands in Wagtail's log. A mail confirms it, which is also
how a person hears of it when somebody else called in their name.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from privacy.mail.services import send
from privacy.subjects.services import find

from .models import ConsentEvent, Method, Suppression
from .services import object_to_mailings, withdraw
from .suppression import address_hash

#: Kinds of mail; their references are the first withdrawal, and the row of the suppression list.
WITHDRAWN_MAIL, OBJECTION_MAIL = "consent.withdrawn", "consent.objection"

#: Where an event says it happened that no address of the site led to.
PLACE = _("door ons vastgelegd")

#: How it can have come in, in few words.
METHODS = {Method.PHONE: _("per telefoon"), Method.MAIL: _("per mail"), Method.PAPER: _("per brief of op papier")}


@transaction.atomic
def take_down(
    *, email: str, purposes: Collection[str], objects: bool, received_at: datetime, method: str
) -> list[ConsentEvent]:
    """Withdraw consents, and put an address on the suppression list, for somebody who let us know.

    Args:
        email: their address, however spelled; an objection needs no known person.
        purposes: keys of what they withdraw.
        objects: whether they object to direct marketing.
        received_at: when it came in (aware); what was agreed to later stands.
        method: one of `METHODS`.

    Returns:
        The withdrawals.

    Raises:
        DataSubject.DoesNotExist: the person was erased in the meantime.
    """
    how: Any = {"place": str(PLACE), "at": received_at, "method": method, "later_stands": True}
    person = find(email)
    events = object_to_mailings(email=email, **how) if objects else []
    if person is None:
        return events
    taken_back = [withdraw(subject=person, purpose=purpose, **how) for purpose in purposes]
    events += [event for event in taken_back if event]
    if events:
        send(kind=WITHDRAWN_MAIL, reference=min(event.pk for event in events), subject=person)
    elif objects:
        row = Suppression.objects.get(address_hash=address_hash(email))
        send(kind=OBJECTION_MAIL, reference=row.pk, subject=person)
    return events
