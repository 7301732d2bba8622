"""The officer's list of runs, with its progress, and the buttons that pause and resume."""

from typing import Any

from django.middleware.csrf import get_token
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.permissions import policy_registry

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordView, RecordViewSet
from privacy.subjects.registry import registry

from .models import RetentionRun
from .views import PauseView


class ActionColumn(Column):
    """A button beside the run that is on its way, for who may press it; beside one that has ended, its certificate."""

    cell_template_name = "privacy_retention/admin/action_cell.html"

    def get_cell_context_data(self, instance: RetentionRun, parent_context: Any) -> dict[str, Any]:
        """Give the template what its form needs."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        request = context["request"]
        may = instance.is_under_way and policy_registry.get_by_type(RetentionRun).user_has_permission(request.user, "pause")
        return context | {"run": instance, "may_pause": may, "csrf_token": get_token(request) if may else ""}


class RunView(RecordView):
    """One run; what it erased stands by name, and only where there was something."""

    def get_by_source_display_value(self) -> str:
        """Return a line per source, in the order of the registry."""
        rows = self.object.by_source
        return "\n".join(f"{source.label}: {rows[source.key]}" for source in registry.in_order() if rows.get(source.key))


class RetentionRunViewSet(RecordViewSet):
    """Read-only: runs are proof."""

    model = RetentionRun
    name = "privacy-runs"
    icon = "bin"
    menu_label = _("Opschoningen")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 60
    list_display = [
        "__str__",
        "started_at",
        "state",
        ActionColumn("action", label=_("Pauze en bewijs")),
        Column("progress", label=_("Gewist")),
        Column("speed", label=_("Per seconde")),
        "held",
    ]
    list_filter = ["state"]
    inspect_view_class = RunView
    inspect_view_fields = [
        "state",
        "started_at",
        "finished_at",
        "as_of",
        "version",
        "months",
        "due",
        "erased",
        "held",
        "by_source",
        "progress_at",
    ]
    related = ("version",)
    deferred = ("version__html", "version__facts")

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add the addresses behind the buttons."""
        pause, resume = (
            self.construct_view(PauseView, index_url_name=self.get_url_name("index"), resumes=resumes)
            for resumes in (False, True)
        )
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/pause/", pause, name="pause"),
            path("<int:pk>/resume/", resume, name="resume"),
        ]
