"""What another address means for consents: they stay the person's, whose chain knows no address, and so does every no."""

from datetime import datetime

from privacy.subjects.models import DataSubject

from . import ledger
from .models import Method, Suppression
from .suppression import address_hash, suppress


def follow(person: DataSubject, old: str, new: str, at: datetime) -> None:
    """Have an objection to mailings hold for the new address as well, and end the links that were mailed to the old one.

    The objection keeps its moment: what the person agreed to after it stands. The code of the old address stays on the list.

    Args:
        person: who.
        old: their address until now (normalised).
        new: their address from now on (normalised).
        at: when (aware).
    """
    # Whoever has such a link is taken for the person, because it was mailed to them; now others may read that mailbox.
    person.consent_links.filter(revoked_at=None).update(revoked_at=at)
    if objection := Suppression.objects.filter(address_hash=address_hash(old)).first():
        suppress(new, at=objection.at)
        ledger.write(new, purpose=ledger.OBJECTION, method=Method.LINK, at=objection.at)
