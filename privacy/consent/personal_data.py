"""What this room holds about people."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from privacy.statement.models import StatementVersion, texts_of
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Clock, Record, Source, registry

from .models import UNCONFIRMED, ConsentEvent, ConsentLink, ErasureDue, Method, Suppression, UnconfirmedConsent, UnwrittenLine
from .overview import known_purpose


def _events(subject: DataSubject) -> Iterator[Record]:
    name_of = _names()
    for event in subject.consent_events.select_related("version").defer(*texts_of("version")).order_by("number").iterator():
        yield Record(
            reference=str(event),
            at=event.at,
            values={
                str(_("Doel")): name_of(event),
                str(_("Handeling")): str(ConsentEvent.Action(event.action).label),
                **_asked(event),
                str(_("Hoe")): str(Method(event.method).label),
                str(_("Adres bevestigd")): event.confirmed_at.isoformat() if event.confirmed_at else "",
                str(_("Controlegetal, waaraan te zien is dat hier niets aan veranderd is")): event.sha256,
            },
            statement_version=event.version.number,
        )


def _unconfirmed(subject: DataSubject) -> Iterator[Record]:
    name_of = _names()
    for row in subject.unconfirmed_consents.select_related("version").defer(*texts_of("version")).order_by("pk").iterator():
        yield Record(
            reference=str(row),
            at=row.at,
            values={str(_("Doel")): name_of(row), **_asked(row)},
            statement_version=row.version.number,
        )


def _names() -> Callable[[ConsentEvent | UnconfirmedConsent], str]:
    """Return what tells the name of a row's purpose, in the active language; its key where no statement knows it any more."""
    version = StatementVersion.objects.in_force()
    facts = version.in_language(get_language()).look if version else None

    @cache  # many rows are of one purpose, and one that is no longer in force is looked up in the version of then
    def name(purpose: str, asked_under: int) -> str:
        known = known_purpose(purpose, facts, asked_under=asked_under)
        return known["name"] if known else purpose

    return lambda row: name(row.purpose, row.version_id)


def _asked(row: ConsentEvent | UnconfirmedConsent) -> dict[str, Any]:
    return {
        str(_("Tekst bij het vakje")): row.wording,
        str(_("Taal")): str(get_language_info(row.language)["name_translated"]),
        str(_("Waar")): row.place,
        str(_("Wanneer")): row.at.isoformat(),
    }


def _links(subject: DataSubject) -> Iterator[Record]:
    for link in subject.consent_links.order_by("pk").iterator():
        yield Record(
            reference=str(link),
            at=link.created_at,
            values={
                str(_("Gemaakt")): link.created_at.isoformat(),
                str(_("Ingetrokken")): link.revoked_at.isoformat() if link.revoked_at else "",
            },
        )


def _due(subject: DataSubject) -> Iterator[Record]:
    for due in ErasureDue.objects.filter(subject=subject).iterator():
        yield Record(reference=str(due), at=due.since, values={str(_("Sinds")): due.since.isoformat()})


_SAID_BY_YOU = _("Door uzelf aangekruist op het formulier, of op een andere manier aan ons laten weten.")
_ASKED = {name: ["consent"] for name in ("purpose", "wording", "version", "language", "place", "at", "page", "revision")}
_ASKED["subject"] = ["contact_details"]
_DONE = ("number", "action", "method", "confirmed_at", "wording_sha256", "previous_sha256", "sha256")

registry.register(
    Source(
        key="consent.events",
        label=_("Toestemmingen die u gaf of introk"),
        origin=_SAID_BY_YOU,
        model=ConsentEvent,
        fields={**_ASKED, **{name: ["consent"] for name in _DONE}},
        purposes=["accountability"],
        rule="relations",
        collect=_events,
        order=40,
    )
)
registry.register(
    Source(
        key="consent.unconfirmed",
        label=_("Vakjes die u aankruiste en nog niet bevestigde"),
        origin=_SAID_BY_YOU,
        model=UnconfirmedConsent,
        fields=_ASKED,
        purposes=["accountability"],
        rule=UNCONFIRMED,
        collect=_unconfirmed,
        order=40,
    )
)
registry.register(
    Source(
        key="consent.links",
        label=_("Persoonlijke links naar uw toestemmingen"),
        origin=_("Door ons gemaakt voor een mail aan u."),
        model=ConsentLink,
        fields={
            "subject": ["contact_details"],
            "nonce": ["consent"],
            "token_sha256": ["consent"],
            "created_at": ["consent"],
            "revoked_at": ["consent"],
        },
        purposes=["accountability"],
        rule="relations",
        collect=_links,
        order=40,
    )
)
registry.register(
    Source(
        key="consent.erasure_due",
        label=_("Wat wij nog wissen omdat u toestemming introk"),
        origin=_("Door ons vastgelegd toen u toestemming introk."),
        model=ErasureDue,
        fields={"subject": ["contact_details"], "since": ["consent"]},
        purposes=["accountability"],
        rule="relations",
        collect=_due,
        order=40,
    )
)
for _model in (ConsentEvent, UnconfirmedConsent, ConsentLink, ErasureDue):
    registry.exempt(_model, ["id"], reason="A number that says nothing outside this database.")
registry.clock(
    Clock(
        key="consent.unconfirmed",
        label=_("Vakjes die niemand bevestigde"),
        rule=UNCONFIRMED,
        model=UnconfirmedConsent,
        start="at",
        subject="subject",
    )
)
registry.clock(
    Clock(
        key="consent.suppressions",
        label=_("Codes van adressen die geen mailing willen"),
        rule="objections",
        model=Suppression,
        start="at",
    )
)
registry.exempt(
    UnwrittenLine,
    ["id", "address_hash", "purpose", "method", "at"],
    reason="What a line of the erasure ledger will say, which names nobody; goes as soon as the disk takes it.",
)
registry.exempt(
    Suppression,
    ["id", "address_hash", "at"],
    reason="A keyed hash that cannot be turned back into an address, and that must outlive the person: whoever objected to "
    "mailings and was erased is still left alone (art. 21(3)).",
)
