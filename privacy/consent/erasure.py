"""What a withdrawal deletes: whatever the site keeps on the strength of that consent alone (art. 17(1)(b), law.md B8).

Each source declares its purposes. One whose purposes all rest on consents that the person has withdrawn has no basis left,
and is erased for this person through the same `erase()` as everything else, with a line in the ledger. What serves another
purpose too stays, unless it was given for that consent alone (`Source.given_for`); so does the proof that consent was given
and taken back (art. 5(2), 7(1)).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from privacy.register.periods import expires_at
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Source, registry
from privacy.subjects.services import erase

from .models import ConsentEvent, ErasureDue, UnconfirmedConsent
from .states import essence, in_force, last_acts


def resting_on(withdrawn: Collection[str], version: StatementVersion | None) -> list[Source]:
    """Return the sources that have no basis once these consents are withdrawn.

    Args:
        withdrawn: keys of purposes.
        version: the version in force; without one nothing is deleted (invariant 1).
    """
    gone = {key for key in withdrawn if (found := essence(version, key)) and found.rests_on_consent()}
    return [
        source for source in registry.in_order() if source.purposes and gone.issuperset(source.given_for or source.purposes)
    ]


def in_words(sources: Iterable[Source]) -> list[str]:
    """Return what these sources hold, in words for the person, each thing once: given for a consent, it is named by that."""
    return [str(source.label) for source in sources if not source.given_for]


def withdrawn_purposes(subject: DataSubject) -> set[str]:
    """Return the purposes for which the person's last act was to withdraw."""
    return {event.purpose for event in last_acts(subject) if event.action == ConsentEvent.Action.WITHDRAWN}


@transaction.atomic
def carry_out(due_id: int, *, at: datetime) -> bool:
    """Delete what one withdrawal left without a basis; may run any number of times.

    It looks at what is withdrawn now: who gave consent again in the meantime keeps their messages.

    Args:
        due_id: key of the job; one that is gone was done.
        at: now (aware).

    Returns:
        False when it must wait: the person is held or restricted, or no statement is in force.

    Raises:
        OSError: the ledger cannot be written; everything is as it was.
    """
    due = ErasureDue.objects.filter(pk=due_id).first()
    version = in_force()
    if due is None:
        return True
    if version is None:
        return False
    # The person first, as whoever erases them does: two who wait for each other would wait for ever.
    person = DataSubject.objects.free(at).select_for_update(of=("self",)).filter(pk=due.subject_id).first()
    if person is None:
        return not DataSubject.objects.filter(pk=due.subject_id).exists()
    sources = [source.key for source in resting_on(withdrawn_purposes(person), version) if source.holders([person.pk])]
    if sources:
        erase([person], reason="consent withdrawn", at=at, sources=sources)
    ErasureDue.objects.filter(pk=due_id).delete()
    return True


#: Gone within days by themselves, so that nobody need be told that they stay.
_PASSING = (ErasureDue, UnconfirmedConsent)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Something that stays after a withdrawal.

    Args:
        label: what it is, in words for the person.
        purposes: names of the purposes for which it stays.
        until: the date by which it goes after all.
    """

    label: str
    purposes: list[str]
    until: date


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a withdrawal does to what is kept about a person.

    Args:
        goes: what is deleted, in words for the person.
        stays: what is not, and why.
        waits: whether the deletion waits, since the person is held or restricted.
    """

    goes: list[str]
    stays: list[Kept]
    waits: bool


def outlook(subject: DataSubject, version: StatementVersion, *, at: datetime) -> Outlook:
    """Say what goes and what stays now, after what the person has withdrawn, in the active language.

    Args:
        subject: the person.
        version: the version in force.
        at: now (aware).
    """
    withdrawn = withdrawn_purposes(subject)
    going = resting_on(withdrawn, version)
    facts = version.in_language(get_language()).look
    stays = [
        Kept(
            label=str(source.label),
            purposes=[found["name"] for key in source.purposes if key not in withdrawn and (found := facts.purpose(key))],
            until=timezone.localdate(expires_at(subject.last_contact_at, *version.period(source.rule))),
        )
        for source in registry.in_order()
        if source not in going and source.model not in _PASSING and source.holders([subject.pk])
    ]
    return Outlook(
        goes=in_words(going),
        stays=stays,
        waits=not DataSubject.objects.free(at).filter(pk=subject.pk).exists(),
    )
