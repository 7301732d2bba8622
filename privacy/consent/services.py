"""The verbs of consent: `give`, `withdraw`, and the question `may`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject

from .models import ConsentEvent


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a person ticked.

    Args:
        purpose: key of the purpose.
        wording: the text that stood beside the box, to the letter.
    """

    purpose: str
    wording: str


def give(
    *,
    subject: DataSubject,
    choices: Sequence[Choice],
    version: StatementVersion,
    language: str,
    place: str,
    at: datetime,
) -> list[ConsentEvent]:
    """Record that a person gave consent, one event per purpose, in one statement.

    A box left empty is no event: it is not a refusal of what was given before, and nothing is done on the strength of
    it (Planet49, C-673/17: only an act counts).

    Args:
        subject: who.
        choices: the ticked boxes.
        version: the statement that was shown.
        language: language code of what was shown.
        place: path of the form.
        at: when (aware).
    """
    return ConsentEvent.objects.bulk_create(
        ConsentEvent(
            subject=subject,
            purpose=choice.purpose,
            action=ConsentEvent.Action.GIVEN,
            wording=choice.wording,
            version=version,
            language=language,
            place=place,
            at=at,
        )
        for choice in choices
    )


def withdraw(*, subject: DataSubject, purpose: str, place: str, at: datetime) -> ConsentEvent | None:
    """Record that a person took back consent (art. 7(3)); the purpose stops with it.

    Args:
        subject: who.
        purpose: key of the purpose.
        place: path or channel ("mail", "phone") through which it came.
        at: when (aware).

    Returns:
        The event, or None when there was nothing to take back.
    """
    latest = _latest(subject, purpose)
    if latest is None or latest.action != ConsentEvent.Action.GIVEN:
        return None
    return ConsentEvent.objects.create(
        subject=subject,
        purpose=purpose,
        action=ConsentEvent.Action.WITHDRAWN,
        wording=latest.wording,
        version=latest.version,
        language=latest.language,
        place=place,
        at=at,
    )


def may(*, subject: DataSubject, purpose: str) -> bool:
    """Say whether this person's consent for this purpose stands: the last act was to give it."""
    latest = _latest(subject, purpose)
    return latest is not None and latest.action == ConsentEvent.Action.GIVEN


def _latest(subject: DataSubject, purpose: str) -> ConsentEvent | None:
    return subject.consent_events.filter(purpose=purpose).order_by("-pk").first()
