"""What this room says on the admin's first page, and above every screen of the register."""

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from .changes import Change, changed_facts
from .drift import deviations
from .models import PrivacyStatementPage, StatementVersion


class StatementPanel(Component):
    """Which version is in force; in red when none is, since then the form is closed and nothing is deleted."""

    name = "privacy-statement"
    template_name = "privacy_statement/admin/panel.html"
    order = 50

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Give the template the version, the page to edit, what waits for publication, and where the site deviates."""
        version = StatementVersion.objects.defer("html").in_force()
        page = PrivacyStatementPage.source()
        return {
            "version": version,
            "page": page,
            "changes": pending_changes(page),
            "deviations": deviations(page, version),
        }


class PendingNotice(Component):
    """That the register says something else than the statement, and where to publish it.

    Args:
        page: the statement page.
        changes: how many facts differ.
    """

    template_name = "privacy_statement/admin/pending.html"

    def __init__(self, page: PrivacyStatementPage, changes: int) -> None:
        self.page = page
        self.changes = changes

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Give the template what it says."""
        return {"page": self.page, "changes": self.changes}


def pending_changes(page: PrivacyStatementPage | None) -> list[Change]:
    """Return the facts in which the register differs from the version published last; none before the first.

    Args:
        page: the statement page, if there is one.
    """
    published = StatementVersion.objects.newest_facts() if page else None
    return changed_facts(published, page.current_facts()) if page and published is not None else []


def pending_notice() -> PendingNotice | None:
    """Return what to say above the register's screens; None when all of it is published."""
    page = PrivacyStatementPage.source()
    changes = pending_changes(page)
    return PendingNotice(page, len(changes)) if page and changes else None
