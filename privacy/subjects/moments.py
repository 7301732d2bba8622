"""The verb on contact outside the site: `meet`, which moves the person's clock like a message does."""

from datetime import datetime

from django.db import transaction

from .contact import Contact
from .models import ContactMoment, DataSubject
from .services import touch


@transaction.atomic
def meet(person: DataSubject, *, kind: str, at: datetime) -> bool:
    """Take down that there was contact, and move the person's last contact to it, never back.

    Taken down twice, or by two people at once, it is there once.

    Args:
        person: with whom.
        kind: one of `ContactMoment.Kind`.
        at: when it was (aware); not in the future, which the form sees to.

    Returns:
        Whether it was not there yet.

    Raises:
        DataSubject.DoesNotExist: the person was erased meanwhile, and must not come back by this.
    """
    known = DataSubject.objects.select_for_update().get(pk=person.pk)
    touch(email=known.email, at=at, contact=Contact.MOMENT)
    return ContactMoment.objects.get_or_create(subject=known, kind=kind, at=at)[1]
