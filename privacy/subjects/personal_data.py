"""What this room holds about people."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from .models import DataSubject, FileToDelete
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
        purposes=["enquiry"],
        rule="relations",
        collect=_records,
        order=100,
    )
)
registry.exempt(DataSubject, ["id"], reason="A number that says nothing outside this database.")
registry.exempt(
    FileToDelete,
    ["id", "field", "name", "since"],
    reason="Where a file lies that is about to be deleted; names of files are random.",
)
