"""What this room says on the admin's first page."""

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from .drift import deviations
from .models import PrivacyStatementPage, StatementVersion


class StatementPanel(Component):
    """Which version is in force; in red when none is, since then the form is closed and nothing is deleted."""

    name = "privacy-statement"
    template_name = "privacy_statement/admin/panel.html"
    order = 50

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Give the template the version, the page to edit, and where the site is not as the version says."""
        version = StatementVersion.objects.defer("html").in_force()
        page = PrivacyStatementPage.objects.first()
        found = deviations(page, version)
        return {
            "version": version,
            "page": page,
            "deviations": [item for item in found if not item.calm],
            "notices": [item for item in found if item.calm],
        }
