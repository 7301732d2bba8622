"""The facts of a version as JSON-LD in the W3C Data Privacy Vocabulary (DPV 2), for machines that read statements.

The context stands in the document: nobody has to ask another server to understand it. Terms: https://w3id.org/dpv and its
extension for the GDPR, https://w3id.org/dpv/legal/eu/gdpr.
"""

from typing import Any

from django.utils.translation import gettext as _

from .models import StatementTranslation, StatementVersion

CONTEXT = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

#: The rights of art. 13(2)(b)-(d), as the vocabulary names them.
RIGHTS = ["A15", "A16", "A17", "A18", "A20", "A21", "A7-3", "A77"]


def document(version: StatementVersion, words: StatementVersion | StatementTranslation, address: str) -> dict[str, Any]:
    """Return the statement as one JSON-LD object.

    Args:
        version: the version.
        words: its words in the language of the document.
        address: absolute address of its page in that language.
    """
    facts = words.look
    controller = facts.raw["controller"]
    return {
        "@context": CONTEXT,
        "@id": address,
        "@type": "dpv:PrivacyNotice",
        "dct:hasVersion": version.number,
        "dct:language": words.language,
        "dct:issued": {"@type": "xsd:date", "@value": version.effective_on.isoformat()},
        "dct:identifier": f"sha256:{version.sha256}",
        "dpv:hasDataController": {
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
        },
        "dpv:hasProcess": [_process(purpose) for purpose in facts.purposes()],
        "dpv:hasTechnicalOrganisationalMeasure": [
            {"@type": "dpv:TechnicalOrganisationalMeasure", "dct:identifier": row["key"], "dct:description": row["public_text"]}
            for row in facts.raw["security"]
        ],
        "dpv:hasRight": [{"@id": f"eu-gdpr:{right}"} for right in RIGHTS],
    }


def _process(purpose: dict[str, Any]) -> dict[str, Any]:
    rule = purpose["rule"]
    process = {
        "@type": "dpv:Process",
        "dct:identifier": purpose["key"],
        "dpv:hasPurpose": {"@type": "dpv:Purpose", "dct:title": purpose["name"], "dct:description": purpose["description"]},
        "dpv:hasLegalBasis": {"@id": f"eu-gdpr:A6-1-{purpose['legal_basis']}"},
        "dpv:hasPersonalData": [
            {
                "@type": "dpv:SensitivePersonalData" if category["is_special"] else "dpv:PersonalData",
                "dct:identifier": category["key"],
                "dct:title": category["name"],
                "dpv:hasDataSource": category["origin"],
            }
            for category in purpose["categories"]
        ],
        "dpv:hasRecipient": [_recipient(recipient) for recipient in purpose["recipients"]],
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageDuration",
            "dct:identifier": rule["key"],
            "dpv:hasDuration": {"@type": "xsd:duration", "@value": f"P{rule['months']}M"},
            "dct:description": _("%(period)s na %(start)s")
            % {"period": rule["period_label"], "start": rule["start_event_label"]},
        },
    }
    if purpose["interest"]:
        process["dpv:hasLegitimateInterest"] = purpose["interest"]
    if purpose["law"]:
        process["dpv:hasApplicableLaw"] = purpose["law"]
    return process


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
    return described
