"""What a consent is worth now, worked out from the events and the facts in force; it is stored nowhere (art. 7, law.md A21).

A consent covers the processing that was described when it was given. When the facts of its purpose have changed since, it
needs to be renewed (EDPB 05/2020, p. 110); when only the words have, it stands.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from privacy.register.models import Purpose
from privacy.statement.facts import Facts
from privacy.statement.models import StatementVersion, texts_of
from privacy.subjects.models import DataSubject

from .models import ConsentEvent, ConsentEventQuerySet, UnconfirmedConsent


class State(TextChoices):
    """What a consent is worth now."""

    GIVEN = "given", _("gegeven")
    NEEDS_RENEWAL = "needs_renewal", _("opnieuw te vragen")
    UNCONFIRMED = "unconfirmed", _("nog te bevestigen")
    WITHDRAWN = "withdrawn", _("ingetrokken")
    NOT_NEEDED = "not_needed", _("niet meer nodig")
    NEVER = "never", _("niet gegeven")


#: Two descriptions that have less than this part of their words in common describe different things.
SAME_DESCRIPTION = 0.5


@dataclass(frozen=True)
class Essence:
    """The facts of a purpose that a consent to it depends on; everything else about a purpose is wording.

    Args:
        basis: letter in art. 6(1).
        is_mailing: whether addresses are confirmed first (`Purpose.needs_confirmation`).
        categories: key of each kind of data, and whether it is special.
        recipients: key, name, role and country of each.
        period: months, days, start event and what follows.
        description: the words of what it is for, each once.
    """

    basis: str
    is_mailing: bool
    categories: frozenset[tuple[str, bool]]
    recipients: frozenset[tuple[str, str, str, str]]
    period: tuple[int, int, str, str]
    description: frozenset[str]

    @classmethod
    def of(cls, facts: Facts, key: str) -> "Essence | None":
        """Return the essence of a purpose, None when these facts do not have it."""
        purpose = facts.purpose(key)
        rule = facts.rule(purpose["retention"]) if purpose else None
        if purpose is None or rule is None:
            return None
        return cls(
            basis=purpose["legal_basis"],
            is_mailing=purpose.get("needs_confirmation", False),
            categories=frozenset(
                (row["key"], row["is_special"]) for row in facts.raw["categories"] if row["key"] in purpose["categories"]
            ),
            recipients=frozenset(
                (row["key"], " ".join(_words(row["name"])), row["role"], row["country"].strip().casefold())
                for row in facts.recipients([key])
            ),
            # Versions from before there were periods in days have none.
            period=(rule["months"], rule.get("days", 0), rule["start_event"], rule["action"]),
            description=frozenset(_words(purpose["description"])),
        )

    def rests_on_consent(self) -> bool:
        """Say whether the purpose rests on consent."""
        return self.basis == Purpose.Basis.CONSENT

    def covers(self, other: "Essence") -> bool:
        """Say whether a consent to this is a consent to `other`: the same facts, described in much the same words."""
        facts = ("basis", "categories", "recipients", "period")
        return all(getattr(self, name) == getattr(other, name) for name in facts) and _alike(
            self.description, other.description
        )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two sets of words are much the same (Sørensen and Dice); two empty ones are."""
    return 2 * len(one & other) >= SAME_DESCRIPTION * (len(one) + len(other))


def state(action: str | None, agreed: Essence | None, in_force: Essence | None) -> State:
    """Return what a consent is worth.

    Args:
        action: the last act (`ConsentEvent.Action`), None when there was none.
        agreed: the purpose as the statement described it then.
        in_force: the purpose as the statement in force describes it, None when it does not.
    """
    if action is None:
        return State.NEVER
    if action == ConsentEvent.Action.WITHDRAWN:
        return State.WITHDRAWN
    if in_force is None or not in_force.rests_on_consent():
        return State.NOT_NEEDED
    return State.GIVEN if agreed is not None and agreed.covers(in_force) else State.NEEDS_RENEWAL


#: SHA-256 of a version -> the essence of each of its purposes. Versions never change, so each is read once by each process.
_known: dict[str, Mapping[str, Essence]] = {}
_KNOWN_AT_MOST = 64


def _essences(pk: int, sha256: str, raw: dict[str, Any] | None = None) -> Mapping[str, Essence]:
    """Return the essence of each purpose of a version; `raw` are its facts, where the caller has them."""
    if sha256 not in _known:
        if len(_known) >= _KNOWN_AT_MOST:
            _known.clear()
        facts = Facts(raw or StatementVersion.objects.values_list("facts", flat=True).get(pk=pk))
        _known[sha256] = {row["key"]: found for row in facts.raw["purposes"] if (found := Essence.of(facts, row["key"]))}
    return _known[sha256]


def essence(version: StatementVersion | None, key: str) -> Essence | None:
    """Return the essence of a purpose in a version (which need not be loaded with its facts); None without either."""
    return _essences(version.pk, version.sha256, version.__dict__.get("facts")).get(key) if version else None


def in_force() -> StatementVersion | None:
    """Return the version in force, without what is long."""
    return StatementVersion.objects.defer("facts").in_force()


@dataclass(frozen=True, kw_only=True)
class Consent:
    """One consent of one person, as it is now.

    Args:
        purpose: key.
        state: what it is worth.
        last: the event that decides; None when there is none.
        unconfirmed: the box that waits for a confirmation, if there is one.
    """

    purpose: str
    state: State
    last: ConsentEvent | None = None
    unconfirmed: UnconfirmedConsent | None = None

    @property
    def since(self) -> datetime | None:
        """Since when it is so; a change of the statement has no moment of its own here."""
        return self.last.at if self.last else None


def states(subject: DataSubject, version: StatementVersion | None) -> dict[str, Consent]:
    """Return every consent of a person by purpose: what they ever acted on, and what the version asks consent for.

    Args:
        subject: the person.
        version: the version in force (`in_force()`); None when there is none.
    """
    asked = [key for key, found in _essences(version.pk, version.sha256).items() if found.rests_on_consent()] if version else []
    last = {event.purpose: event for event in last_acts(subject)}
    waiting = {row.purpose: row for row in subject.unconfirmed_consents.all()}
    return {key: _consent(key, last.get(key), waiting.get(key), version) for key in dict.fromkeys([*asked, *last, *waiting])}


def _consent(
    key: str, last: ConsentEvent | None, waiting: UnconfirmedConsent | None, version: StatementVersion | None
) -> Consent:
    now = state(last.action if last else None, essence(last.version, key) if last else None, essence(version, key))
    if waiting and now is not State.GIVEN:
        now = State.UNCONFIRMED
    return Consent(purpose=key, state=now, last=last, unconfirmed=waiting)


def last_acts(subject: DataSubject) -> list[ConsentEvent]:
    """Return the event that decides of each purpose, with its version but without what is long in it; one query."""
    return list(
        subject.consent_events.order_by("purpose", "-number")
        .distinct("purpose")
        .select_related("version")
        .defer(*texts_of("version"))
    )


@dataclass(frozen=True, kw_only=True)
class Affected:
    """How many people have what kind of consent for a purpose.

    Args:
        given: their consent stands; a considerable change would make all of these need to be asked again.
        needs_renewal: must be asked again already.
        withdrawn: took it back.
        not_needed: gave it, and the purpose no longer rests on consent.
    """

    given: int = 0
    needs_renewal: int = 0
    withdrawn: int = 0
    not_needed: int = 0


def affected(purpose: str, facts: dict[str, Any] | None = None) -> Affected:
    """Count whom a change of this purpose would affect; one query over its events, however many people they are of.

    Args:
        purpose: key.
        facts: count as if these facts were in force (a draft); those in force when None. How many consents a publication
            would end is the difference in `given`.
    """
    now = Essence.of(Facts(facts), purpose) if facts else essence(in_force(), purpose)
    groups = (
        ConsentEvent.objects.filter(purpose=purpose)
        .last_acts()
        .order_by()
        .values_list("action", "version", "version__sha256")
        .annotate(people=Count("pk"))
    )
    counts: Counter[str] = Counter()
    for action, version, sha256, people in groups:
        counts[state(action, _essences(version, sha256).get(purpose), now)] += people
    return Affected(**counts)


def events_in(wanted: State) -> ConsentEventQuerySet:
    """Return the events that decide and are in this state now, for a list; their states follow from purpose and version.

    Args:
        wanted: any state that an event can be in.
    """
    last = ConsentEvent.objects.last_acts()
    if wanted is State.WITHDRAWN:
        return last.filter(action=ConsentEvent.Action.WITHDRAWN)
    version, given = in_force(), ConsentEvent.Action.GIVEN
    pairs = ConsentEvent.objects.filter(action=given).order_by().values_list("purpose", "version", "version__sha256")
    found = Q(pk__in=[])
    for key, pk, sha256 in pairs.distinct():
        if state(given, _essences(pk, sha256).get(key), essence(version, key)) is wanted:
            found |= Q(purpose=key, version=pk)
    return last.filter(found, action=given)
