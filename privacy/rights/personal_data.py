"""What this room holds about people, and why an open request keeps them from being erased."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from privacy.storage import private_storage
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, Source, registry

from .models import DataRequest


class RequestSource(Source):
    """Requests, of which the archive is a file that must go as well."""

    def erase(self, subject_ids: Sequence[int]) -> int:
        """Delete the rows now, and their files as soon as that is committed."""
        archives = list(
            DataRequest.objects.filter(subject__in=subject_ids).exclude(archive="").values_list("archive", flat=True)
        )
        rows = super().erase(subject_ids)
        if archives:
            # A crash before this runs leaves files that no row leads to; `sweep_archives` finds them.
            transaction.on_commit(partial(_delete_files, archives))
        return rows


def _delete_files(names: Sequence[str]) -> None:
    for name in names:
        private_storage().delete(name)


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
    RequestSource(
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
    )
)
registry.exempt(DataRequest, ["id"], reason="A number that says nothing outside this database.")
