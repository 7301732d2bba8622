"""The officer's list of mails: what went out, what waits, what failed."""

from typing import Any

from django.middleware.csrf import get_token
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.permissions import policy_registry

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordList, RecordViewSet, called

from .models import Mail
from .views import Retry


class StateColumn(Column):
    """How far a mail is; if it failed, why, with a button for who may press it."""

    cell_template_name = "privacy_mail/admin/state_cell.html"

    def get_cell_context_data(self, instance: Mail, parent_context: Any) -> dict[str, Any]:
        """Give the template what its form needs."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        request = context["request"]
        failed = instance.state == Mail.State.FAILED
        may = failed and policy_registry.get_by_type(Mail).user_has_permission(request.user, "retry")
        return context | {"may_retry": may, "called": called(instance), "csrf_token": get_token(request) if may else ""}


class MailList(RecordList):
    """The list, with a button for all that failed, and with a way out where it is empty."""

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Count what failed, for who may try it again."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        may = self.user_has_permission("retry")
        return context | {"failed": Mail.objects.failed().count() if may else 0}


class MailViewSet(RecordViewSet):
    """Read-only: what was sent was sent, and its text is not kept."""

    model = Mail
    name = "privacy-mails"
    icon = "mail"
    menu_label = _("Mails")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 70
    index_view_class = MailList
    index_results_template_name = "privacy_mail/admin/results.html"
    list_filter = ["state", "kind"]
    list_display = [
        "__str__",
        "kind",
        Column("subject", label=_("Betrokkene"), accessor=lambda mail: called(mail.subject) if mail.subject else "—"),
        StateColumn("state", label=_("Stand"), accessor="get_state_display", sort_key="state"),
        "sent_at",
        "next_attempt_at",
    ]
    related = ("subject",)
    inspect_view_fields = [
        "kind",
        "reference",
        "subject",
        "state",
        "created_at",
        "attempts",
        "next_attempt_at",
        "sent_at",
        "last_error",
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add the addresses behind the buttons."""
        again = self.construct_view(Retry, index_url_name=self.get_url_name("index"))
        return [
            *super().get_urlpatterns(),
            path("retry/", again, name="retry_all"),
            path("retry/<int:pk>/", again, name="retry"),
        ]
