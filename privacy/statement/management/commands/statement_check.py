"""`manage.py statement_check`: the publish gate on the draft, and where the site is not as the statement says."""

from typing import Any

from django.utils.translation import gettext as _

from privacy.commands import JsonCommand, Refused
from privacy.statement.drift import Deviation, deviations, left_after_publication
from privacy.statement.models import PrivacyStatementPage, StatementVersion


class Command(JsonCommand):
    """Print what the statement lacks before it may be published."""

    help = "Zegt wat er nog ontbreekt voordat de privacyverklaring gepubliceerd kan worden."

    def run(self, **options: Any) -> dict[str, Any]:
        """Check the draft and the register behind it as they are now, and the site against both draft and version in force.

        A deviation that publishing the draft mends is listed, and so is a warning; neither makes `ok` false
        (docs/decisions/0130-what-deviates-does-not-refuse.md).
        """
        page = PrivacyStatementPage.source()
        if page is None:
            raise Refused("Er is nog geen pagina met een privacyverklaring.")
        draft = page.get_latest_revision_as_object()
        lacking = draft.lacking(draft.body)
        # What the gate says of the draft is not said twice: where both look at one thing, they have one code.
        said = {item.code for item in lacking}
        left = [item for item in left_after_publication(draft) if item.code not in said]
        mended = [
            item for item in deviations(page, StatementVersion.objects.in_force()) if item not in left and item.code not in said
        ]
        return {
            "ok": not lacking and all(item.is_warning for item in left),
            "missing": [
                *({"code": item.code, "message": item.message} for item in lacking),
                *({"code": item.code, "message": item.message} for item in left),
                *({"code": item.code, "message": _mended(item)} for item in mended),
            ],
        }

    def failed(self, result: dict[str, Any]) -> bool:
        """Fail when something is missing, so that a script can stop on it."""
        return not result.get("ok", False)


def _mended(item: Deviation) -> str:
    return _("%(deviation)s Publiceren van het concept lost dit op.") % {"deviation": item.message}
