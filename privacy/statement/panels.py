"""What this room says on the admin's first page."""

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from .models import PrivacyStatementPage, StatementVersion


class StatementPanel(Component):
    """Which version is in force; in red when none is, since then the form is closed and nothing is deleted."""

    name = "privacy-statement"
    template_name = "privacy_statement/admin/panel.html"
    order = 50

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Give the template the version and the page to edit."""
        return {
            "version": StatementVersion.objects.defer("html", "facts").in_force(),
            "page": PrivacyStatementPage.objects.first(),
        }
