"""The officer's lists of runs: of people, with progress and the buttons that pause and resume, and per class of data."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.contrib.humanize.templatetags.humanize import intcomma
from django.middleware.csrf import get_token
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.permissions import policy_registry

from privacy.listings import CountColumn
from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordList, RecordView, RecordViewSet
from privacy.statement.models import StatementVersion, texts_of
from privacy.subjects.registry import registry

from .models import ClassRun, RetentionRun
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
        return "\n".join(
            f"{source.label}: {intcomma(rows[source.key])}" for source in registry.in_order() if rows.get(source.key)
        )

    def get_certificate_display_value(self) -> str:
        """Lead to the certificate; a run that is still going on has none."""
        if self.object.finished_at is None:
            return str(_("Als de opschoning klaar is."))
        return format_html('<a href="{}">{}</a>', reverse("privacy-certificates:run", args=[self.object.pk]), _("Bekijken"))

    def get_field_label(self, field_name: str, field: Any) -> str:
        """Name what is no column."""
        return str(_("Bewijs van wissing")) if field_name == "certificate" else str(super().get_field_label(field_name, field))


class RetentionRunViewSet(RecordViewSet):
    """Read-only: runs are proof."""

    model = RetentionRun
    name = "privacy-runs"
    icon = "bin"
    menu_label = _("Opschoningen")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 60
    when_empty = _(
        "Er was nog geen opschoning. Elke nacht wist de website wat over zijn termijn is, volgens de verklaring; hier staat "
        "dan hoeveel, met het bewijs."
    )
    list_display = [
        "__str__",
        "started_at",
        "state",
        ActionColumn("action", label=_("Pauze en bewijs")),
        Column("progress", label=_("Gewist")),
        CountColumn("speed", label=_("Per seconde")),
        CountColumn("held", label=_("Vastgehouden"), sort_key="held"),
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
        "certificate",
    ]
    related = ("version",)
    deferred = texts_of("version")

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


def _classes() -> list[tuple[str, str]]:
    return [(clock.key, str(clock.label)) for clock in registry.clocks.values()]


class ClassRunFilterSet(WagtailFilterSet):
    """Narrows the list down to one class."""

    source = django_filters.ChoiceFilter(label=_("Wat"), choices=_classes)

    class Meta:
        model = ClassRun
        fields = ["source"]


def _name_rules(runs: Iterable[ClassRun]) -> list[Any]:
    """Give each run the name that the statement in force has for its rule; one that it has no more goes by its key."""
    version = StatementVersion.objects.in_force()
    facts = version.in_language(translation.get_language()).look if version else None
    named: list[Any] = list(runs)
    for run in named:
        found = facts.rule(run.rule) if facts else None
        run.rule_name = found["name"] if found else run.rule
    return named


class ClassRunList(RecordList):
    """Names the rules in words."""

    def get_table(self, object_list: Iterable[Any]) -> Any:
        """Look up the names once."""
        return super().get_table(_name_rules(object_list))


class ClassRunView(RecordView):
    """One run of a class, in the words of the list."""

    def get_source_display_value(self) -> str:
        """Return what a layman calls these data."""
        return str(self.object.what)

    def get_rule_display_value(self) -> str:
        """Return the name of the rule."""
        (run,) = _name_rules([self.object])
        return str(run.rule_name)

    def get_field_label(self, field_name: str, field: Any) -> str:
        """Name what is no column."""
        return str(_("Termijn")) if field_name == "period" else str(super().get_field_label(field_name, field))


class ClassRunViewSet(RecordViewSet):
    """Read-only: runs are proof."""

    model = ClassRun
    name = "privacy-class-runs"
    icon = "bin"
    menu_label = _("Opschoningen per soort")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 61
    index_view_class = ClassRunList
    when_empty = _(
        "Er is nog niets per soort gewist. Wat een eigen termijn heeft, zoals verstuurde mails en logboeken, gaat elke nacht "
        "weg; hier staat dan hoeveel van wat."
    )
    list_display = [
        TitleColumn("what", label=_("Wat"), get_url=lambda run: reverse("privacy-certificates:class_run", args=[run.pk])),
        Column("rule_name", label=_("Bewaartermijn")),
        Column("period", label=_("Termijn")),
        CountColumn("rows", label=_("Gewiste rijen"), sort_key="rows"),
        "finished_at",
        Column("version", label=_("Verklaring")),
    ]
    filterset_class = ClassRunFilterSet
    list_export = ["source", "rule", "months", "days", "rows", "as_of", "started_at", "finished_at", "version.number"]
    export_filename = "opschoningen-per-soort"
    inspect_view_class = ClassRunView
    inspect_view_fields = ["source", "rule", "period", "rows", "as_of", "started_at", "finished_at", "version"]
    related = ("version",)
    deferred = texts_of("version")
