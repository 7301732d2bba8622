"""What this room holds about people."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from .models import ContactMoment, DataSubject, DoomedFile, ErasedInYear, Mention
from .registry import Record, Source, registry


def _records(subject: DataSubject) -> Iterator[Record]:
    values: dict[str, object] = {
        str(_("E-mailadres")): subject.email,
        str(_("Bekend sinds")): subject.created_at.isoformat(),
        str(_("Laatste contact")): subject.last_contact_at.isoformat(),
    }
    if subject.restricted_at:
        values[str(_("Verwerking beperkt sinds"))] = subject.restricted_at.isoformat()
    if subject.hold_until:
        values[str(_("Vastgehouden tot"))] = subject.hold_until.isoformat()
        values[str(_("Reden van vasthouden"))] = subject.hold_reason
    yield Record(reference=str(subject), at=subject.created_at, values=values)


def _texts(subject: DataSubject) -> tuple[str, list[Any]]:
    # Nobody told the person why they are on hold.
    return (
        """
        SELECT 'DataSubject #' || id AS reference, hold_reason AS text, true AS is_staffs
        FROM privacy_subjects_datasubject WHERE id = %s
        """,
        [subject.pk],
    )


registry.register(
    Source(
        key="subjects.person",
        label=_("Uw adres en laatste contact"),
        origin=_("Door uzelf opgegeven, of vastgelegd toen u contact met ons had."),
        model=DataSubject,
        subject="pk",
        fields={
            "email": ["contact_details"],
            "created_at": ["contact_moments"],
            "last_contact_at": ["contact_moments"],
            "restricted_at": ["contact_moments"],
            "hold_until": ["contact_moments"],
            "hold_reason": ["contact_moments"],
        },
        # The row is also what the proof of consents and the answers to requests hang on.
        purposes=["enquiry", "accountability"],
        rule="relations",
        collect=_records,
        texts=_texts,
        order=100,
    )
)


def _moments(subject: DataSubject) -> Iterator[Record]:
    for moment in subject.contact_moments.order_by("at", "pk").iterator():
        yield Record(reference=str(moment), at=moment.at, values={str(_("Soort contact")): str(moment.get_kind_display())})


registry.register(
    Source(
        key="subjects.contact_moments",
        label=_("Wanneer wij elkaar spraken of mailden buiten deze website om"),
        origin=_("Door ons vastgelegd na een gesprek, een bezoek, een mail of een brief; niet wat er gezegd is."),
        model=ContactMoment,
        fields={name: ["contact_moments"] for name in ("subject", "kind", "at")},
        purposes=["relations"],
        rule="relations",
        collect=_moments,
        order=40,
    )
)
registry.exempt(ContactMoment, ["id"], reason="A number that says nothing outside this database.")
registry.exempt(DataSubject, ["id"], reason="A number that says nothing outside this database.")
registry.exempt(
    DoomedFile, ["id", "name", "due_at"], reason="A random name of a file that goes; it says nothing about whose it was."
)
registry.exempt(ErasedInYear, ["year", "people"], reason="How many people were erased, and nothing of any of them.")
registry.exempt(
    DataSubject,
    ["consent_count", "consent_head", "consent_seal"],
    reason="Seals the person's consent events, which are a source of their own; a number and hashes that tell nothing more.",
)
registry.exempt(
    Mention,
    ["id", "place", "row", "address"],
    reason="A register of which addresses stand in other tables' texts: it says nothing that they do not, and goes with them.",
)
