"""What this room holds about people: nothing. Its rows describe processing, not persons."""

from privacy.subjects.registry import registry

from .models import (
    Controller,
    Cookie,
    DataCategory,
    Processor,
    Purpose,
    RetentionRule,
    RightsTexts,
    SecurityMeasure,
    System,
)
from .words import translated_fields

_OWN = "Describes the processing; no data about a person."
_REVIEW = ["review_months", "last_reviewed_on", "last_reviewed_by"]
_STAFF = "When the row was last reviewed, and the account of the member of staff who did it."

registry.exempt(
    Controller,
    ["id", "site", "name", "legal_form", "kvk_number", "is_vat_registered", "vat_id", "address", "email", "phone"],
    reason="The company's own public contact details (BW 3:15d obliges to publish them).",
)
registry.exempt(
    Controller,
    ["has_dpo", "dpo_name", "dpo_email"],
    reason="How to reach the officer: art. 13(1)(b) and 37(7) oblige to publish it.",
)
registry.exempt(Controller, ["automated_decisions"], reason=_OWN)
registry.exempt(
    RightsTexts,
    [
        "id",
        "site",
        "access",
        "rectification",
        "erasure",
        "restriction",
        "portability",
        "withdrawal",
        "how_to_ask",
        "objection",
        "complaint",
        "authority_name",
        "authority_url",
    ],
    reason="The company's own public sentences.",
)
registry.exempt(
    DataCategory,
    [
        "id",
        "sort_order",
        "key",
        "name",
        "description",
        "is_special",
        "source",
        "origin",
        "is_required",
        "consequence",
    ],
    reason=_OWN,
)
registry.exempt(System, ["id", "sort_order", "key", "name", "kind", "location", "security"], reason=_OWN)
registry.exempt(
    Processor,
    [
        "id",
        "sort_order",
        "key",
        "name",
        "role",
        "service",
        "country",
        "transfer",
        "agreement",
        "agreement_date",
        "agreement_ends_on",
        "agreement_version",
        "agreement_url",
        "sub_processors",
        "url",
    ],
    reason="Names companies that the statement names.",
)
registry.exempt(
    Processor,
    [
        "agreement_file",
        "agreement_sha256",
        "agreement_instructions",
        "agreement_confidentiality",
        "agreement_security",
        "agreement_assistance",
        "agreement_audit",
        "agreement_deletion",
    ],
    reason="The agreement between two companies, kept because art. 28(9) asks for it in writing.",
)
registry.exempt(
    RetentionRule,
    ["id", "sort_order", "key", "name", "months", "days", "start_event", "action", "reason", "notice_days"],
    reason=_OWN,
)
registry.exempt(RetentionRule, ["owner"], reason="A function in the company, as the statement prints it; not a name.")
registry.exempt(
    Purpose,
    [
        "id",
        "sort_order",
        "key",
        "name",
        "description",
        "persons",
        "legal_basis",
        "interest",
        "law",
        "consent_wording",
        "needs_confirmation",
        "retention_rule",
    ],
    reason=_OWN,
)
registry.exempt(SecurityMeasure, ["id", "sort_order", "key", "name", "public_text"], reason=_OWN)
for _model in (Processor, RetentionRule, SecurityMeasure):
    registry.exempt(_model, _REVIEW, reason=_STAFF)
registry.exempt(Cookie, ["id", "sort_order", "name", "purpose", "lifetime", "audience"], reason=_OWN)
for _model in (Controller, Cookie, DataCategory, Processor, Purpose, RetentionRule, RightsTexts, SecurityMeasure, System):
    registry.exempt(_model, [f"{name}_en" for name in translated_fields(_model)], reason="The same words in English.")
