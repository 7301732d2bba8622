"""What this room holds about people: nothing. Its rows describe processing, not persons."""

from privacy.subjects.registry import registry

from .models import Controller, DataCategory, Processor, Purpose, RetentionRule, SecurityMeasure, System
from .words import translated_fields

_OWN = "Describes the processing; no data about a person."
_REVIEW = ["review_months", "last_reviewed_on", "last_reviewed_by"]
_STAFF = "When the row was last reviewed, and the account of the member of staff who did it."

registry.exempt(
    Controller,
    ["id", "site", "name", "legal_form", "kvk_number", "vat_id", "address", "email", "phone"],
    reason="The company's own public contact details (BW 3:15d obliges to publish them).",
)
registry.exempt(DataCategory, ["id", "sort_order", "key", "name", "description", "is_special", "origin"], reason=_OWN)
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
        "agreement_version",
        "agreement_url",
        "sub_processors",
        "url",
    ],
    reason="Names companies that the statement names.",
)
registry.exempt(RetentionRule, ["id", "sort_order", "key", "name", "months", "start_event", "action", "reason"], reason=_OWN)
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
for _model in (Controller, DataCategory, Processor, Purpose, RetentionRule, SecurityMeasure, System):
    registry.exempt(_model, [f"{name}_en" for name in translated_fields(_model)], reason="The same words in English.")
