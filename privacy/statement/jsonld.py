"""The facts of a version as JSON-LD in the W3C Data Privacy Vocabulary (DPV 2), for machines that read statements.

The context stands in the document: nobody has to ask another server to understand it. Terms: https://w3id.org/dpv and its
extension for the GDPR, https://w3id.org/dpv/legal/eu/gdpr.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from .models import StatementTranslation, StatementVersion

CONTEXT = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

#: The rights of art. 13(2)(b)-(d), as the vocabulary names them -> where the facts say what they mean here.
RIGHTS = {
    "A15": "access",
    "A16": "rectification",
    "A17": "erasure",
    "A18": "restriction",
    "A20": "portability",
    "A21": "objection",
    "A7-3": "withdrawal",
    "A77": "complaint",
}
#: Where data come from, as the vocabulary names it.
SOURCES = {"person": "DataSubjectDataSource", "ours": "DataControllerDataSource", "elsewhere": "ThirdPartyDataSource"}


def document(version: StatementVersion, words: StatementVersion | StatementTranslation, address: str) -> dict[str, Any]:
    """Return the statement as one JSON-LD object.

    Args:
        version: the version.
        words: its words in the language of the document.
        address: absolute address of its page in that language.
    """
    facts = words.look
    controller, rights = facts.raw["controller"], facts.raw["rights"]
    described = {
        "@context": CONTEXT,
        "@id": address,
        "@type": "dpv:PrivacyNotice",
        "dct:hasVersion": version.number,
        "dct:language": words.language,
        "dct:issued": {"@type": "xsd:date", "@value": timezone.localdate(version.published_at).isoformat()},
        "dct:valid": {"@type": "xsd:date", "@value": version.effective_on.isoformat()},
        "dct:identifier": f"sha256:{version.sha256}",
        "dpv:hasDataController": _controller(controller),
        "dpv:hasProcess": [_process(purpose) for purpose in facts.purposes()],
        "dpv:hasTechnicalOrganisationalMeasure": [
            {"@type": "dpv:TechnicalOrganisationalMeasure", "dct:identifier": row["key"], "dct:description": row["public_text"]}
            for row in facts.raw["security"]
        ],
        "dpv:hasRight": [_right(right, rights.get(field, "")) for right, field in RIGHTS.items()],
    }
    # Versions from before the register asked for these do not say; their text does.
    if rights.get("how_to_ask"):
        described["dpv:isExercisedAt"] = rights["how_to_ask"]
    if rights.get("authority_url"):
        described["dpv:hasAuthority"] = {
            "@type": "dpv:DataProtectionAuthority",
            "dpv:hasName": rights["authority_name"],
            "schema:url": rights["authority_url"],
        }
    if controller.get("automated_decisions"):
        described["dpv:hasContext"] = {"@type": "dpv:DecisionMaking", "dct:description": controller["automated_decisions"]}
    return described


def _controller(controller: dict[str, Any]) -> dict[str, Any]:
    described = {
        "@type": "dpv:DataController",
        "dpv:hasName": controller["name"],
        "schema:legalName": f"{controller['name']} ({controller['legal_form']})",
        "schema:identifier": {
            "@type": "schema:PropertyValue",
            "schema:propertyID": "KvK",
            "schema:value": controller["kvk_number"],
        },
        "dpv:hasAddress": controller["address"],
        "dpv:hasContact": [value for value in (controller["email"], controller["phone"]) if value],
    }
    if controller["vat_id"]:
        described["schema:vatID"] = controller["vat_id"]
    if controller.get("has_dpo"):
        officer = {"@type": "dpv:DataProtectionOfficer", "dpv:hasContact": [controller["dpo_email"]]}
        described["dpv:hasDataProtectionOfficer"] = officer | (
            {"dpv:hasName": controller["dpo_name"]} if controller["dpo_name"] else {}
        )
    return described


def _right(right: str, words: str) -> dict[str, Any]:
    return {"@id": f"eu-gdpr:{right}", **({"dct:description": words} if words else {})}


def _duration(rule: dict[str, Any]) -> str:
    return f"P{rule['days']}D" if rule.get("days") else f"P{rule['months']}M"


def _process(purpose: dict[str, Any]) -> dict[str, Any]:
    rule = purpose["rule"]
    process = {
        "@type": "dpv:Process",
        "dct:identifier": purpose["key"],
        "dpv:hasPurpose": {"@type": "dpv:Purpose", "dct:title": purpose["name"], "dct:description": purpose["description"]},
        "dpv:hasLegalBasis": {"@id": f"eu-gdpr:A6-1-{purpose['legal_basis']}"},
        "dpv:hasPersonalData": [_category(category) for category in purpose["categories"]],
        "dpv:hasRecipient": [_recipient(recipient) for recipient in purpose["recipients"]],
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageDuration",
            "dct:identifier": rule["key"],
            "dpv:hasDuration": {"@type": "xsd:duration", "@value": _duration(rule)},
            "dct:description": _("%(period)s na %(start)s")
            % {"period": rule["period_label"], "start": rule["start_event_label"]},
        },
    }
    if purpose["interest"]:
        process["dpv:hasLegitimateInterest"] = purpose["interest"]
    if purpose["law"]:
        process["dpv:hasApplicableLaw"] = purpose["law"]
    return process


def _category(category: dict[str, Any]) -> dict[str, Any]:
    described = {
        "@type": "dpv:SensitivePersonalData" if category["is_special"] else "dpv:PersonalData",
        "dct:identifier": category["key"],
        "dct:title": category["name"],
        "dpv:hasDataSource": category["origin"],
    }
    source = category.get("source")
    if source:  # versions from before the register asked for it have words only
        described["dpv:hasDataSource"] = {"@type": f"dpv:{SOURCES[source]}", "dct:description": category["origin_label"]}
    if source == "person":
        described["dpv:hasNecessity"] = {"@id": "dpv:Required" if category["is_required"] else "dpv:Optional"}
        if category["consequence"]:
            described["dpv:hasConsequence"] = category["consequence"]
    return described


def _recipient(recipient: dict[str, Any]) -> dict[str, Any]:
    described = {
        "@type": "dpv:DataProcessor" if recipient["role"] == "processor" else "dpv:Recipient",
        "dct:identifier": recipient["key"],
        "dpv:hasName": recipient["name"],
        "dct:description": recipient["service"],
        "dpv:hasLocation": recipient["country"],
    }
    if recipient["transfer"]:
        described["dpv:hasDataTransferLegalBasis"] = recipient["transfer"]
    if recipient.get("agreement_date"):
        described["dpv:hasLegalMeasure"] = _agreement(recipient)
    return described


def _agreement(recipient: dict[str, Any]) -> dict[str, Any]:
    described = {
        "@type": "dpv:DataProcessingAgreement" if recipient["role"] == "processor" else "dpv:LegalAgreement",
        "dct:title": recipient["agreement"],
        "dct:issued": {"@type": "xsd:date", "@value": recipient["agreement_date"]},
    }
    if recipient.get("agreement_ends_on"):
        described["dct:valid"] = {"@type": "xsd:date", "@value": recipient["agreement_ends_on"]}
    return described
