"""The owner's inbox, and the report of who opened what."""

from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn, Column, TitleColumn

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordList, RecordView, RecordViewSet, called, in_words, link_to
from privacy.statement.models import texts_of

from . import inbox
from .message import Accept, EraseSpam, MessageView, Move
from .models import Opening, Submission
from .terms import Terms


class Inbox(RecordList):
    """Messages, newest first, each with the day on which it goes; possible spam apart."""

    default_ordering = "-pk"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse a download to who may only look."""
        if request.GET.get("export") and not self.user_has_permission("export"):
            raise PermissionDenied
        found: HttpResponse = super().dispatch(request, *args, **kwargs)
        return found

    @property
    def show_export_buttons(self) -> bool:
        """Offer the download to who may have it."""
        return bool(self.user_has_permission("export"))

    @cached_property
    def is_searchable(self) -> bool:
        """The search is `inbox.search`, and needs no fields."""
        return True

    @cached_property
    def terms(self) -> Terms:
        """The periods in force, asked once a page."""
        return Terms.in_force()

    def get_base_queryset(self) -> QuerySet[Submission]:
        """Return the rows with whether each is held; their answers only when the row is opened."""
        rows: QuerySet[Submission] = super().get_base_queryset().annotate(is_held=inbox.held(timezone.now()))
        return rows

    def search_queryset(self, queryset: QuerySet[Submission]) -> QuerySet[Submission]:
        """Look in addresses and answers."""
        return inbox.search(queryset, self.search_query or "")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Return the columns, with boxes to choose rows for who may do something with them."""
        title = self._get_title_column("__str__", get_title_id=lambda row: f"submission_{row.pk}_title")
        title.accessor = called
        columns: list[BaseColumn] = [title, *super().columns[1:]]
        end = Column("end", label=_("Wordt gewist"), accessor=lambda row: self.terms.said(row, is_held=row.is_held))
        boxes = [BulkActionsCheckboxColumn("bulk_actions", obj_type="submission")] if self.may_handle else []
        return [*boxes, *columns, end]

    @property
    def may_handle(self) -> bool:
        """Whether there is anything to do with a row, for this user."""
        return bool(self.user_has_any_permission({"handle", "erase"}))

    def get_list_buttons(self, instance: Submission) -> list[Any]:
        """Return no menu: a row leads to its message, and there is nothing else."""
        return []

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the tabs say and which of them is open."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {"counts": inbox.counts(), "shown": self.request.GET.get("state", ""), "may_handle": self.may_handle}


class SubmissionViewSet(RecordViewSet):
    """Read-only: what people wrote stays as they wrote it; how far the work on it is, is a state beside it."""

    model = Submission
    name = "contact-messages"
    icon = "mail"
    menu_label = _("Berichten")
    menu_order = 250
    add_to_admin_menu = True
    index_view_class = Inbox
    index_template_name = "contact/admin/inbox.html"
    index_results_template_name = "contact/admin/inbox_results.html"
    filterset_class = inbox.InboxFilterSet
    list_display = ["__str__", Column("subject.email", label=_("Van")), "submit_time", "state"]
    # No answers: a file of them is a second inbox without a clock.
    list_export = ["pk", "subject.email", "submit_time", "state", "version.number"]
    export_filename = "berichten"
    related = ("subject", "version")
    deferred = ("form_data", "labels", *texts_of("version"))
    inspect_view_class = MessageView
    inspect_view_fields = ["submit_time", "state", "version", "submission_id"]

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add the addresses behind the buttons of a message."""
        move, accept, erase = (
            self.construct_view(view, index_url_name=self.get_url_name("index")) for view in (Move, Accept, EraseSpam)
        )
        return [
            *super().get_urlpatterns(),
            path("move/<int:pk>/<str:to>/", move, name="move"),
            path("accept/<int:pk>/", accept, name="accept"),
            path("erase/<int:pk>/", erase, name="erase"),
        ]


def _staff(request: Any) -> Any:
    return get_user_model().objects.filter(pk__in=Opening.objects.order_by().values("user").distinct())


class OpeningFilterSet(WagtailFilterSet):
    """Narrows the report down to one member of staff, one message, or some days."""

    user = django_filters.ModelChoiceFilter(label=_("Medewerker"), queryset=_staff)
    message = django_filters.NumberFilter(label=_("Nummer van het bericht"))
    at = django_filters.DateFromToRangeFilter(label=_("Wanneer"), widget=DateRangePickerWidget)

    class Meta:
        model = Opening
        fields = ["user", "message", "at"]


def _opened(opening: Opening) -> str:
    return str(capfirst(in_words(opening.what)))


class OpeningView(RecordView):
    """One line of the report, in words."""

    object: Opening

    def get_page_title(self) -> str:
        """Say what it is; the name of what was opened stands beside it."""
        return gettext("Geopend bericht")

    def get_page_subtitle(self) -> str:
        """Name what was opened."""
        return _opened(self.object)

    def get_what_display_value(self) -> str:
        """Lead to the message, for who may read messages, while it is there."""
        what = in_words(self.object.what)
        message = Submission.objects.only("pk").filter(pk=self.object.message).first()
        return (link_to(message, self.request.user, what) if message else "") or what

    def get_field_label(self, field_name: str, field: Any) -> str:
        """Name what is no column."""
        label = {"what": _("Geopend"), "who": _("Door")}.get(field_name)
        return str(label or super().get_field_label(field_name, field))


class OpeningViewSet(RecordViewSet):
    """The report for the officer or an auditor: who opened which message or file, and when."""

    model = Opening
    name = "contact-openings"
    icon = "view"
    menu_label = _("Geopende berichten")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 75
    when_empty = _(
        "Nog niemand opende een bericht. Zodra dat gebeurt, staat hier wie welk bericht of bestand opende, en wanneer. Deze "
        "regels zijn niet te veranderen en gaan weg met de persoon."
    )
    filterset_class = OpeningFilterSet
    list_display = [
        TitleColumn(
            "what", label=_("Geopend"), accessor=_opened, get_url=lambda row: reverse("contact-openings:inspect", args=[row.pk])
        ),
        Column("who", label=_("Door")),
        "at",
    ]
    list_export = ["pk", "message", "attachment", "who", "user_id", "at"]
    export_headings = RecordViewSet.export_headings | {
        "message": _("Nummer van het bericht"),
        "attachment": _("Nummer van het bestand"),
        "who": _("Door"),
        "user_id": _("Nummer van het account"),
    }
    export_filename = "geopende-berichten"
    related = ("user",)
    inspect_view_class = OpeningView
    inspect_view_fields = ["what", "who", "at"]
