"""What this room holds about people, and why an open request keeps them from being erased."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, Source, registry

from .models import DataRequest


def _records(subject: DataSubject) -> Iterator[Record]:
    for request in subject.data_requests.order_by("pk").iterator():
        yield Record(
            reference=str(request),
            at=request.received_at,
            values={
                str(_("Ontvangen")): request.received_at.isoformat(),
                str(_("Stand")): str(request.get_state_display()),
                str(_("Samengesteld")): request.built_at.isoformat() if request.built_at else "",
            },
        )


def _open_request(at: datetime) -> Q:
    return Q(Exists(DataRequest.objects.open().filter(subject=OuterRef("pk"))))


registry.hold(_open_request)
registry.register(
    Source(
        key="rights.requests",
        label=_("Uw verzoeken aan ons"),
        origin=_("Door uzelf gedaan, of door ons vastgelegd toen u ons vroeg."),
        model=DataRequest,
        fields={
            "subject": ["contact_details"],
            "received_at": ["contact_moments"],
            "state": ["contact_moments"],
            "built_at": ["contact_moments"],
            "archive": ["contact_moments"],
            "sha256": ["contact_moments"],
            "records": ["contact_moments"],
        },
        purposes=["accountability"],
        rule="relations",
        collect=_records,
        order=60,
        file="archive",
    )
)
registry.exempt(DataRequest, ["id"], reason="A number that says nothing outside this database.")
