"""What this room holds about people: nothing about visitors; of staff only the number of who published."""

from privacy.subjects.registry import registry

from .models import LinkCheck, PrivacyStatementPage, StatementTranslation, StatementVersion

registry.exempt(
    PrivacyStatementPage,
    ["page_ptr", "body", "change_note", "is_editorial", "effective_on", "shown_facts"],
    reason="The company's own published text.",
)
registry.exempt(
    StatementVersion,
    [
        "id",
        "page",
        "revision",
        "number",
        "published_at",
        "effective_on",
        "change_note",
        "is_material",
        "html",
        "facts",
        "html_sha256",
        "facts_sha256",
        "previous_sha256",
        "sha256",
    ],
    reason="The company's own published text and its proof.",
)
registry.exempt(
    StatementTranslation,
    ["id", "version", "language", "page", "revision", "html", "facts", "html_sha256", "facts_sha256"],
    reason="The company's own published text and its proof.",
)
registry.exempt(StatementVersion, ["author"], reason="Number of a staff account: who answers for a publication (art. 5(2)).")
registry.exempt(
    LinkCheck, ["id", "url", "checked_at", "status", "ok", "first_failed_at"], reason="Addresses in the company's own text."
)
