"""What this room says on the admin's first page, and above every screen of the register."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from privacy.mail.models import Mail
from privacy.todo import Todo, Urgency

from .changes import Change, changed_facts
from .drift import deviations
from .models import PrivacyStatementPage, StatementVersion
from .notices import NOTICE, notices_of, under_way


class StatementPanel(Component):
    """Which version is in force; in red when none is, since then the form is closed and nothing is deleted."""

    name = "privacy-statement"
    template_name = "privacy_statement/admin/panel.html"
    order = 50

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Give the template the version, the page to edit, and what waits for publication."""
        request = (parent_context or {})["request"]
        page, version = PrivacyStatementPage.source(), StatementVersion.objects.in_force()
        return {
            "version": version,
            "announced": StatementVersion.objects.defer("html", "facts").announced(after=version),
            "page": _for_who_may_edit(page, request.user),
            "changes": pending_changes(page),
        }


def statement_to_edit(user: Any) -> PrivacyStatementPage | None:
    """Return the statement page for who may edit it; None for anybody else.

    Args:
        user: who would be led there.
    """
    return _for_who_may_edit(PrivacyStatementPage.source(), user)


def _for_who_may_edit(page: PrivacyStatementPage | None, user: Any) -> PrivacyStatementPage | None:
    return page if page and page.permissions_for_user(user).can_edit() else None


def todo(request: HttpRequest) -> list[Todo] | None:
    """Say that no statement is in force, or where the site does not as it says; for who may see the versions."""
    if not policy_registry.get_by_type(StatementVersion).user_has_permission(request.user, "view"):
        return None
    page, version = PrivacyStatementPage.source(), StatementVersion.objects.in_force()
    lines = [Todo(urgency=Urgency.BROKEN, text=line.message, url=line.url) for line in deviations(page, version)]
    if version is None:
        text = _("Publiceer de privacyverklaring: tot dan is het formulier gesloten en wordt niets gewist.")
        lines.append(Todo(urgency=Urgency.LATE, text=text, url=_where_to_publish(page, request.user)))
    return lines


def _where_to_publish(page: PrivacyStatementPage | None, user: Any) -> str:
    if page is None:
        return reverse("wagtailadmin_explore_root")
    if _for_who_may_edit(page, user) is None:
        return reverse("privacy-versions:index")
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


class Notices(Component):
    """How far the notice of a version is: a bar, the same in words, and what failed.

    Args:
        version: the version.
    """

    template_name = "privacy_statement/admin/notices.html"

    def __init__(self, version: StatementVersion) -> None:
        self.version = version

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Count the mails."""
        request = (parent_context or {})["request"]
        may_list = policy_registry.get_by_type(Mail).user_has_permission(request.user, "view")
        failed = urlencode({"kind": NOTICE, "state": Mail.State.FAILED})
        return {
            "version": self.version,
            "progress": notices_of(self.version.pk).progress(),
            "here": request.path,
            "mails_url": f"{reverse('privacy-mails:index')}?{failed}" if may_list else "",
            "nobody": self._why_nobody(),
        }

    def _why_nobody(self) -> str:
        if self.version.number == 1:
            return _("Niemand: dit is de eerste versie.")
        if not self.version.is_material:
            return _("Niemand: alleen de tekst is beter, aan wat wij met gegevens doen is niets veranderd.")
        return _("Niemand: er werden geen gegevens van mensen bewaard.")


class NoticesPanel(Component):
    """Of which versions people are being told at this moment; nothing when nobody waits for a notice."""

    name = "privacy-notices"
    template_name = "privacy_statement/admin/notices_panel.html"
    order = 56

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Look for them, for who may see the versions."""
        request = (parent_context or {})["request"]
        may = policy_registry.get_by_type(StatementVersion).user_has_permission(request.user, "view")
        return {"request": request, "lines": [(version, Notices(version)) for version in under_way()] if may else []}


class PendingNotice(Component):
    """That the register says something else than the statement, and where to publish it for who may.

    Args:
        page: the statement page, for who may edit it.
        changes: how many facts differ.
    """

    template_name = "privacy_statement/admin/pending.html"

    def __init__(self, page: PrivacyStatementPage | None, changes: int) -> None:
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


def pending_notice(user: Any) -> PendingNotice | None:
    """Return what to say above the register's screens; None when all of it is published.

    Args:
        user: who reads it, led to the statement if they may edit it.
    """
    page = PrivacyStatementPage.source()
    changes = pending_changes(page)
    return PendingNotice(_for_who_may_edit(page, user), len(changes)) if changes else None
