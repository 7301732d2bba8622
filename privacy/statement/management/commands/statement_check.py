"""`manage.py statement_check`: the publish gate on the draft."""

from typing import Any

from privacy.commands import JsonCommand, Refused
from privacy.statement.models import PrivacyStatementPage


class Command(JsonCommand):
    """Print what the statement lacks before it may be published."""

    help = "Zegt wat er nog ontbreekt voordat de privacyverklaring gepubliceerd kan worden."

    def run(self, **options: Any) -> dict[str, Any]:
        """Check the draft as it is now, and the register behind it."""
        page = PrivacyStatementPage.source()
        if page is None:
            raise Refused("Er is nog geen pagina met een privacyverklaring.")
        draft = page.get_latest_revision_as_object()
        lacking = draft.lacking(draft.body, editorial=draft.is_editorial)
        return {"ok": not lacking, "missing": [{"code": item.code, "message": item.message} for item in lacking]}

    def failed(self, result: dict[str, Any]) -> bool:
        """Fail when something is missing, so that a script can stop on it."""
        return not result.get("ok", False)
