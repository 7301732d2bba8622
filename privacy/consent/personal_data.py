"""What this room holds about people."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, Source, registry

from .models import ConsentEvent


def _records(subject: DataSubject) -> Iterator[Record]:
    events = subject.consent_events.order_by("pk").values_list(
        "pk", "purpose", "action", "wording", "language", "place", "at", "version__number"
    )
    for pk, purpose, action, wording, language, place, at, version in events.iterator():
        yield Record(
            reference=f"ConsentEvent #{pk}",
            at=at,
            values={
                str(_("Doel")): purpose,
                str(_("Handeling")): str(ConsentEvent.Action(action).label),
                str(_("Tekst bij het vakje")): wording,
                str(_("Taal")): language,
                str(_("Waar")): place,
                str(_("Wanneer")): at.isoformat(),
            },
            statement_version=version,
        )


registry.register(
    Source(
        key="consent.events",
        label=_("Toestemmingen die u gaf of introk"),
        origin=_("Door uzelf aangekruist op het formulier, of op een andere manier aan ons laten weten."),
        model=ConsentEvent,
        fields={
            "subject": ["contact_details"],
            "purpose": ["consent"],
            "action": ["consent"],
            "wording": ["consent"],
            "version": ["consent"],
            "language": ["consent"],
            "place": ["consent"],
            "at": ["consent"],
        },
        purposes=["accountability"],
        rule="relations",
        collect=_records,
        order=40,
    )
)
registry.exempt(ConsentEvent, ["id"], reason="A number that says nothing outside this database.")
