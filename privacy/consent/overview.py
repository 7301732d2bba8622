"""One person's consents, as they read them: what is on, since when, under which statement, and what a button would do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from privacy.register.models import Purpose
from privacy.statement.facts import Facts
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject

from .erasure import in_words, resting_on
from .models import ConsentEvent, UnconfirmedConsent
from .states import Consent, State, states


@dataclass(frozen=True, kw_only=True)
class Row:
    """One purpose on the page.

    Args:
        key: of the purpose.
        name: of the purpose.
        description: what for.
        wording: what consent is asked with now; empty when it is not asked any more.
        consent: what the person's consent is worth now.
        goes: what would be deleted if they withdrew it now, in words.
    """

    key: str
    name: str
    description: str
    wording: str
    consent: Consent
    goes: list[str]

    @property
    def state(self) -> State:
        """What the consent is worth."""
        return self.consent.state

    @property
    def last(self) -> ConsentEvent | None:
        """The act that decides."""
        return self.consent.last

    @property
    def unconfirmed(self) -> UnconfirmedConsent | None:
        """The box that waits for a confirmation."""
        return self.consent.unconfirmed

    @property
    def since(self) -> datetime | None:
        """When the person last acted."""
        return self.consent.since

    @property
    def agreed_at(self) -> datetime | None:
        """When the person last agreed, or proved that the address is theirs; None when they never did or took it back."""
        last = self.last
        return (last.confirmed_at or last.at) if last and last.action == ConsentEvent.Action.GIVEN else None

    @property
    def is_on(self) -> bool:
        """Whether data are used on the strength of it."""
        return self.state is State.GIVEN

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back."""
        return self.state is State.WITHDRAWN

    @property
    def needs_renewal(self) -> bool:
        """Whether what happens with the data has changed since."""
        return self.state is State.NEEDS_RENEWAL

    @property
    def can_give(self) -> bool:
        """Whether it can be given now."""
        return bool(self.wording) and self.state in {State.NEVER, State.WITHDRAWN, State.NEEDS_RENEWAL}

    @property
    def can_withdraw(self) -> bool:
        """Whether there is something to take back: also what does not count any more, or not yet."""
        return self.state in {State.GIVEN, State.NEEDS_RENEWAL, State.NOT_NEEDED, State.UNCONFIRMED}


def rows(subject: DataSubject, version: StatementVersion | None) -> list[Row]:
    """Return a row per purpose, in the active language: what the person acted on first, then what else consent is asked for.

    Args:
        subject: the person.
        version: the version in force with its facts; None when there is none: what was given can still be withdrawn.
    """
    facts = version.in_language(get_language()).look if version else None
    found = [_row(consent, version, facts) for consent in states(subject, version).values()]
    return sorted(found, key=lambda row: row.state is State.NEVER)


def row_of(subject: DataSubject, version: StatementVersion | None, purpose: str) -> Row | None:
    """Return the row of one purpose; None when it is none of this person's or this version's."""
    return next((row for row in rows(subject, version) if row.key == purpose), None)


def known_purpose(key: str, facts: Facts | None, *, asked_under: int | None) -> dict[str, Any] | None:
    """Return what a statement says of a purpose: the one in force, or else that under which it was asked.

    Args:
        key: of the purpose.
        facts: of the version in force, in the reader's language; None when there is none.
        asked_under: primary key of the other version; None when there is none.
    """
    known = facts.purpose(key) if facts else None
    if known is None and asked_under:
        # Not in the statement any more: say it in the words of then.
        return StatementVersion.objects.defer("html").get(pk=asked_under).look.purpose(key)
    return known


def _row(consent: Consent, version: StatementVersion | None, facts: Facts | None) -> Row:
    key = consent.purpose
    purpose = facts.purpose(key) if facts else None
    known = known_purpose(key, facts, asked_under=consent.last.version_id if consent.last else None)
    asked = purpose is not None and purpose["legal_basis"] == Purpose.Basis.CONSENT
    return Row(
        key=key,
        name=known["name"] if known else key,
        description=known["description"] if known else "",
        wording=purpose["consent_wording"] if purpose and asked else "",
        consent=consent,
        goes=in_words(resting_on({key}, version)),
    )
