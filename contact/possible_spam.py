"""The verbs on possible spam: `accept` when somebody knows better, `erase_now` when they know for sure, `expire` by the clock.

Principle: a stranger's robot may not keep anybody longer in our files, nor take anything from somebody we know. So what goes
is the message; the person goes along only when nothing else ever came of them. Failure mode: the process may die
anywhere; a batch is one transaction, and the next run takes up what is left. Two runs at once pass over each other's rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from privacy import files
from privacy.consent.models import ConsentEvent
from privacy.register.periods import Period, past
from privacy.statement.models import StatementVersion
from privacy.subjects.contact import Contact
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import among, registry
from privacy.subjects.services import erase, touch

from .models import Attachment, Submission
from .spam import POSSIBLE_SPAM

#: Messages per transaction.
_BATCH = 500

#: Sources that a message makes rows in by itself; rows anywhere else mean that there is more to a person.
_OF_A_MESSAGE = {
    "subjects.person",
    "contact.submissions",
    "contact.attachments",
    "contact.possible_spam",
    "contact.possible_spam_files",
    "contact.openings",
    "consent.events",
    "consent.unconfirmed",
    "consent.links",
    "mail.sent",
}


@dataclass(kw_only=True)
class Expired:
    """What one call of `expire` did.

    Args:
        messages: messages erased, those of `people` among them.
        people: people erased, of whom nothing else was known.
    """

    messages: int = 0
    people: int = 0


def accept(submission: Submission) -> bool:
    """Take a message out of possible spam: a person wrote it, so it counts as contact from when it came in.

    Returns:
        Whether it was possible spam until now.
    """
    with transaction.atomic():
        # The person first, as everywhere; and by what they are called now.
        person = DataSubject.objects.select_for_update(no_key=True).filter(pk=submission.subject_id).first()
        found = Submission.objects.select_for_update().get(pk=submission.pk)
        if person is None or found.state != Submission.State.SPAM:
            return False
        touch(email=person.email, at=found.submit_time, contact=Contact.MESSAGE)
        found.state = submission.state = Submission.State.NEW
        # They were wrong, so they are nothing to keep of anybody (art. 5(1)(d)).
        found.suspicions = submission.suspicions = []
        found.save(update_fields=["state", "suspicions"])
    return True


@transaction.atomic
def erase_now(ids: Sequence[int], *, at: datetime) -> list[Submission]:
    """Erase messages that somebody read and found to be spam, as `expire` will; what is no possible spam any more stays.

    People who are held keep theirs. May run twice, and two at once: the second waits, and finds nothing.

    Args:
        ids: keys of messages.
        at: now (aware).

    Returns:
        The messages that went.

    Raises:
        OSError: the ledger cannot be written; everything is whole again.
    """
    found = list(
        Submission.objects.filter(pk__in=ids, state=Submission.State.SPAM, subject__in=DataSubject.objects.free(at))
        .select_related("subject")
        .select_for_update(of=("self", "subject"))
        .order_by("submit_time", "pk")
    )
    _erase(found, reason="possible spam erased by hand")
    return found


def expire(*, as_of: datetime | None = None, count: Callable[[int], None] | None = None) -> Expired:
    """Erase possible spam whose period is over, by the version in force; people who are held keep theirs.

    May run twice: the second finds nothing.

    Args:
        as_of: the moment of the decision (aware); now when None.
        count: told, in the transaction of each batch, how many messages went.

    Raises:
        NoStatementInForce: nothing is published.
        LookupError: the version in force has no period for possible spam.
        OSError: the ledger cannot be written; the batch in hand is whole again.
    """
    period = StatementVersion.objects.binding().period(POSSIBLE_SPAM)
    moment = as_of or timezone.now()
    total = Expired()
    while (batch := _expire_batch(moment, period, count)).messages:
        total.messages += batch.messages
        total.people += batch.people
    return total


@transaction.atomic
def _expire_batch(moment: datetime, period: Period, count: Callable[[int], None] | None) -> Expired:
    held_apart = past(Submission.objects.filter(state=Submission.State.SPAM), "submit_time", period=period, as_of=moment)
    # The row of the person is the lock that every writer takes; the message's own keeps `accept` waiting.
    found = (
        held_apart.filter(subject__in=DataSubject.objects.free(moment))
        .select_related("subject")
        .select_for_update(skip_locked=True, of=("self", "subject"))
        .order_by("submit_time", "pk")[:_BATCH]
    )
    expired = _erase(list(found), reason="possible spam expired")
    if count and expired.messages:
        count(expired.messages)
    return expired


def _erase(going: Sequence[Submission], *, reason: str) -> Expired:
    """Delete messages whose rows, and those of their people, are locked; people of whom nothing else is known go along."""
    ids = [message.pk for message in going]
    if strangers := list(strangers_of(Submission.objects.filter(among("pk", ids)))):
        erase(strangers, reason=reason, at=timezone.now(), counted=False)
    # Of people of whom there is more, only the message goes; what they agreed to stays in the chain of their consents.
    attachments = Attachment.objects.filter(submission__in=ids)
    files.doom(attachments.exclude(file="").values_list("file", flat=True))
    attachments._raw_delete(attachments.db)
    messages = Submission.objects.filter(pk__in=ids)
    messages._raw_delete(messages.db)
    return Expired(messages=len(ids), people=len(strangers))


def strangers_of(going: QuerySet[Submission]) -> QuerySet[DataSubject]:
    """Return the people who go along with these messages: of whom nothing else is known, no contact since, no other consent."""
    theirs = Submission.objects.filter(subject=OuterRef("pk"))
    strangers = DataSubject.objects.filter(
        ~Exists(theirs.exclude(pk__in=going.values("pk"))), pk__in=going.values("subject"), last_contact_at=F("created_at")
    )
    with_message = Submission.objects.filter(subject=OuterRef("subject"), submit_time=OuterRef("at"))
    strangers = strangers.exclude(Exists(ConsentEvent.objects.filter(~Exists(with_message), subject=OuterRef("pk"))))
    for source in registry.in_order():
        if source.key not in _OF_A_MESSAGE:
            strangers = strangers.exclude(Exists(source.of(OuterRef("pk"))))
    return strangers
