"""The receipt of a consent: what a person keeps in hand (fields of ISO/IEC TS 27560; law.md B5).

A receipt says who asked what, for what, under which statement and when, and how to withdraw. It is signed, so that it proves
something without our database: `check` needs the published key and nothing else. The person is in it under a keyed hash only,
nothing of what they wrote is, and neither is the link to their own page: a receipt is made to be shown to others.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy.keys import keyed_hash
from privacy.statement.facts import Facts

from .models import ConsentEvent
from .signatures import holds, sign

#: Raised when the shape of a receipt changes; `docs/consent-receipt.schema.json` describes it.
#: 2: periods may be in days.
SCHEMA_VERSION = 2

#: No receipt is longer, in bytes; what is longer is not even looked at.
MAX_BYTES = 64 * 1024

#: Art. 7(3), 12-22, 77.
_RIGHTS = ["withdraw", "access", "rectification", "erasure", "restriction", "portability", "complaint"]


def receipt(events: Sequence[ConsentEvent]) -> dict[str, Any]:
    """Return the signed receipt of what a person did in one act, in the active language, which should be the event's own.

    Args:
        events: at least one, all of one person, at one moment, under one version (loaded with its facts).
    """
    first = events[0]
    version = first.version
    words = version.in_language(first.language)
    facts = words.look
    controller = facts.raw["controller"]
    address = settings.SITE_URL + reverse("statement-version", args=[version.number])
    principal = keyed_hash("consent.principal", first.subject.email)
    body = {
        "header": {
            "schema_version": SCHEMA_VERSION,
            "record_id": first.sha256,
            "pii_principal_id": principal,
        },
        "processing": {
            "privacy_notice": {
                "version": version.number,
                "effective_on": version.effective_on.isoformat(),
                "url": address,
                "html_sha256": words.html_sha256,
                "facts_sha256": words.facts_sha256,
                "sha256": version.sha256,
            },
            "language": words.language,
            "pii_controllers": ["controller"],
            "collection_method": {
                "method": first.method,
                "description": first.get_method_display(),
                "place": first.place,
                "page": first.page_id,
                "revision": first.revision_id,
            },
            "jurisdiction": "NL",
            "withdrawal_method": _("Met de persoonlijke link in de mail waar dit bewijs bij zat, of per mail aan %(email)s.")
            % {"email": controller["email"]},
            "privacy_rights": _RIGHTS,
            "purposes": [_purpose(facts, event) for event in events],
        },
        "parties": [
            {
                "party_id": "controller",
                "role": "pii_controller",
                "name": controller["name"],
                "contact": {"email": controller["email"], "address": controller["address"]},
            }
        ],
        "events": [_event(event, principal, facts) for event in events],
    }
    return {"receipt": body, "signature": sign(body)}


def _purpose(facts: Facts, event: ConsentEvent) -> dict[str, Any]:
    purpose = next((row for row in facts.purposes() if row["key"] == event.purpose), None)
    # A purpose on record that its own version does not have cannot be described, but it was agreed to all the same.
    known = purpose or {
        "name": event.purpose,
        "description": "",
        "categories": [],
        "systems": [],
        "recipients": [],
        "rule": None,
    }
    rule = known["rule"]
    return {
        "key": event.purpose,
        "name": known["name"],
        "description": known["description"],
        "lawful_basis": "consent (GDPR art. 6(1)(a))",
        "wording": event.wording,
        "wording_sha256": event.wording_sha256,
        "pii_information": [row["name"] for row in known["categories"]],
        "storage_locations": [row["name"] for row in known["systems"]],
        "recipient_third_parties": [
            {name: row[name] for name in ("name", "role", "service", "country")} for row in known["recipients"]
        ],
        # Versions from before there were periods in days have none.
        "retention_period": rule
        and {"days": rule.get("days", 0), **{name: rule[name] for name in ("months", "start_event", "period_label")}},
    }


def _event(event: ConsentEvent, principal: str, facts: Facts) -> dict[str, Any]:
    return {
        "record_id": event.sha256,
        "purpose": event.purpose,
        "event_type": "explicit",
        "event_state": event.action,
        "event_time": _utc(event.at),
        "confirmed_at": _utc(event.confirmed_at) if event.confirmed_at else None,
        "validity_duration": "until withdrawn",
        "entity_id": principal,
        "number": event.number,
        "previous_sha256": event.previous_sha256,
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def as_bytes(signed: dict[str, Any]) -> bytes:
    """Return a receipt as the file that is mailed: for people's eyes too."""
    return json.dumps(signed, ensure_ascii=False, indent=2).encode()


#: Why a text is no receipt of ours, in words for whoever pasted it.
TOO_LONG = gettext_lazy("Dit is te lang voor een bewijs van toestemming. Plak alleen de inhoud van het bestand uit onze mail.")
UNREADABLE = gettext_lazy(
    "Dit is geen bewijs van toestemming, of het is niet volledig. Plak alles, van de eerste { tot de laatste }."
)
NOT_OURS = gettext_lazy(
    "Dit bewijs klopt niet: de ondertekening is niet van ons, of er is daarna iets in veranderd, al was het maar één letter."
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a check found.

    Args:
        problem: why it is no receipt of ours; empty when it is.
        receipt: the receipt; only what we signed, None otherwise.
        consents: purpose and event of each consent in it, paired.
    """

    problem: str = ""
    receipt: dict[str, Any] | None = None
    consents: Sequence[dict[str, Any]] = ()


def check(raw: bytes) -> Verdict:
    """Check a receipt against the published keys; reads no database, and shows nothing that we did not sign.

    Args:
        raw: what somebody pasted or uploaded: anything at all.
    """
    if len(raw) > MAX_BYTES:
        return Verdict(problem=str(TOO_LONG))
    try:
        found = json.loads(raw.decode("utf-8-sig"))
        body, signature = found["receipt"], found["signature"]
        ours = holds(body, signature)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Verdict(problem=str(UNREADABLE))
    if not ours:
        return Verdict(problem=str(NOT_OURS))
    # From here on it is what this very module once wrote.
    purposes = {row["key"]: row for row in body["processing"]["purposes"]}
    consents = [
        {
            "purpose": purposes[event["purpose"]],
            "at": datetime.fromisoformat(event["event_time"]),
            "confirmed_at": event["confirmed_at"] and datetime.fromisoformat(event["confirmed_at"]),
        }
        for event in body["events"]
    ]
    return Verdict(receipt=body, consents=consents)
