"""The plan in the admin: a chart and a table per rule, and behind every bar the list of what goes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.admin.viewsets.base import ViewSet

from privacy.listings import CountColumn, StackedList
from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import called
from privacy.screens import Screen, item_for_who_may_see
from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion
from privacy.statement.panels import statement_to_edit
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import registry

from .chart import chart
from .plan import Plan, began, ending_in, months_ahead, plan
from .plan_classes import by_day, promised


class PlanView(SpreadsheetExportMixin, Screen, TemplateView):
    """The coming two years, per rule of the statement in force; as a download with `?export=csv`."""

    model = DataSubject
    page_title = _("Wat gaat wanneer")
    header_icon = "calendar"
    template_name = "privacy_retention/admin/plan.html"
    list_export = ["rule", "what", "month", "goes", "stays"]
    export_headings = {
        "rule": _("Bewaartermijn"),
        "what": _("Wat geteld is"),
        "month": _("Maand"),
        "goes": _("Gewist"),
        "stays": _("Vastgehouden"),
    }
    export_filename = "wat-gaat-wanneer"

    @cached_property
    def version(self) -> StatementVersion | None:
        """The version in force."""
        return StatementVersion.objects.in_force()

    @cached_property
    def plan(self) -> Plan | None:
        """What goes when; nothing without a statement."""
        return plan(self.version, at=timezone.now()) if self.version else None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the screen, or hand out the figures."""
        if self.is_export and self.plan:
            answer: HttpResponse = self.as_spreadsheet(list(_rows(self.plan)), request.GET["export"])
            return answer
        return super().get(request, *args, **kwargs)

    def to_row_dict(self, item: dict[str, Any]) -> dict[str, Any]:
        """Return a row of the download as it is."""
        return item

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the template the plan and its charts."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        rules = self.plan.rules if self.plan else []
        return context | {
            "version": self.version,
            "statement": None if self.version else statement_to_edit(self.request.user),
            "plan": self.plan,
            "rules": [{"plan": rule, "chart": chart(rule)} for rule in rules],
        }


def _rows(found: Plan) -> Iterator[dict[str, Any]]:
    for rule in found.rules:
        what = _("personen") if rule.is_of_people else _("stuks")
        for month in rule.months:
            row = {"rule": rule.rule["name"], "what": str(what), "month": month.key}
            yield row | {"goes": month.goes, "stays": month.stays}


def _asked_for(rule: str, month: str, at: datetime) -> tuple[StatementVersion, Mapping[str, Any], date]:
    """Return the version in force, its rule in the reader's language, and the first day of the month.

    Raises:
        Http404: no statement is in force, or it has no such rule, or the month is not in the plan.
    """
    version = StatementVersion.objects.in_force()
    found = version.in_language(translation.get_language()).look.rule(rule) if version else None
    day = next((day for day in months_ahead(at) if f"{day:%Y-%m}" == month), None)
    if version is None or found is None or day is None:
        raise Http404
    return version, found, day


def _month_title(month: date) -> str:
    return date_format(month, "F Y").capitalize()


def _to_the_chart() -> dict[str, Any]:
    """Return the breadcrumb above the list behind a bar."""
    return {"url": reverse("privacy-plan:index"), "label": PlanView.page_title}


def _why(person: Any) -> Any:
    """Return in a few words what happens. The reason of a hold may say more than a list should, and stands with the person."""
    if not person.stays:
        return _("gaat weg")
    if person.restricted_at:
        return _("blijft: beperkt (art. 18)")
    if person.hold_until and person.hold_until > person.ends_at:
        return _("blijft: vastgehouden")
    return _("blijft: open verzoek")


class MonthView(StackedList, SpreadsheetExportMixin, PermissionCheckedMixin, BaseListingView):
    """Who goes in one month by one rule: numbers, dates and counts."""

    model = DataSubject
    permission_required = "view"
    header_icon = "calendar"
    template_name = "privacy_retention/admin/plan_month.html"
    paginate_by = 50
    list_export = ["reference", "ends_at", "why"]
    export_headings = {"reference": _("Betrokkene"), "ends_at": _("Termijn eindigt"), "why": _("Wat gebeurt er")}
    columns = [
        TitleColumn(
            "person",
            label=_("Betrokkene"),
            accessor=called,
            get_url=lambda person: reverse("privacy-subjects:edit", args=[person.pk]),
        ),
        Column("ends_at", label=_("Einde"), accessor=lambda person: date_format(timezone.localtime(person.ends_at))),
        CountColumn("rows", label=_("Aantal")),
        Column("why", label=_("Gaat weg?"), accessor=_why),
    ]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find rule and month.

        Raises:
            Http404: no statement is in force, nothing is deleted here by that rule, or the month is not in the plan.
        """
        super().setup(request, *args, **kwargs)
        if kwargs["rule"] != RELATIONS:
            raise Http404
        self.now = timezone.now()
        _version, self.rule, self.month = _asked_for(RELATIONS, kwargs["month"], self.now)

    def get_page_title(self) -> str:
        """Say which month."""
        return _month_title(self.month)

    @property
    def no_results_message(self) -> str:
        """Say that it is no mistake, and when it may change."""
        return str(_("In deze maand eindigt van niemand de termijn. Wie nu iets van zich laat horen, schuift op."))

    def get_index_url(self) -> str:
        """Return this very page, for its other pages."""
        return str(self.request.path)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the chart."""
        return [*self.breadcrumbs_items, _to_the_chart(), {"url": "", "label": self.get_page_title()}]

    def get_base_queryset(self) -> QuerySet[Any]:
        """Return whose period ends in this month."""
        return ending_in(self.month, months=self.rule["months"], at=self.now)

    def get_table(self, object_list: Iterable[Any]) -> Any:
        """Count what each of the people on this page has; a query per source."""
        people = list(object_list)
        counted: Counter[int] = Counter()
        for source in registry.in_order():
            counted.update(dict(source.rows_per_person([one.pk for one in people]).values_list("person", "rows")))
        for one in people:
            one.rows = counted[one.pk]
        return super().get_table(people)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what goes per source."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        goes = self.get_base_queryset().filter(stays=False)
        counts = [(source.label, source.count(goes)) for source in registry.in_order()]
        return context | {"rule": self.rule, "month": self.month, "counts": [row for row in counts if row[1]]}

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Show the list, or hand it out."""
        if self.is_export:
            answer: HttpResponse = self.as_spreadsheet(context["object_list"], self.request.GET["export"])
        else:
            answer = super().render_to_response(context, **kwargs)
        return answer

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        """Return a row of the download: what the list shows, and no more."""
        return {"reference": str(item), "ends_at": timezone.localtime(item.ends_at), "why": str(_why(item))}


class ClassMonthView(SpreadsheetExportMixin, Screen, TemplateView):
    """What ends in one month by a rule with clocks of its own: counts per class and day."""

    model = DataSubject
    header_icon = "calendar"
    template_name = "privacy_retention/admin/plan_class_month.html"
    list_export = ["day", "what", "goes", "stays"]
    export_headings = {"day": _("Dag"), "what": _("Gegevens"), "goes": _("Gewist"), "stays": _("Vastgehouden")}

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find rule and month, and count.

        Raises:
            Http404: as `_asked_for`, or nothing of this site ends by that rule on a clock of its own.
        """
        super().setup(request, *args, **kwargs)
        now = timezone.now()
        version, self.rule, self.month = _asked_for(kwargs["rule"], kwargs["month"], now)
        if kwargs["rule"] not in promised(version):
            raise Http404
        since, until = began(self.month, period=version.period(kwargs["rule"]), at=now)
        self.days = [
            {"day": day, "what": clock.label, "goes": ending.goes, "stays": ending.stays}
            for day, clock, ending in by_day(version, kwargs["rule"], at=now, since=since, until=until)
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list, or hand it out."""
        if self.is_export:
            answer: HttpResponse = self.as_spreadsheet(self.days, request.GET["export"])
            return answer
        return super().get(request, *args, **kwargs)

    def to_row_dict(self, item: dict[str, Any]) -> dict[str, Any]:
        """Return a row of the download."""
        return item | {"what": str(item["what"])}

    def get_page_title(self) -> str:
        """Say which month."""
        return _month_title(self.month)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the chart."""
        *above, here = super().get_breadcrumbs_items()
        return [*above, _to_the_chart(), here | {"label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the template rule, month and counts."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"rule": self.rule, "days": self.days}


class PlanViewSet(ViewSet):
    """Screens and menu item."""

    name = "privacy-plan"
    icon = "calendar"
    menu_label = _("Wat gaat wanneer")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 59
    menu_item_class = item_for_who_may_see(DataSubject)

    def get_urlpatterns(self) -> list[URLPattern]:
        """Return the addresses below `/admin/privacy-plan/`."""
        return [
            path("", PlanView.as_view(), name="index"),
            path("<slug:rule>/<slug:month>/", MonthView.as_view(), name="month"),
            path("stuks/<slug:rule>/<slug:month>/", ClassMonthView.as_view(), name="class_month"),
        ]
