"""The officer's list of requests with the work screen of each, and the words of the letters."""

from typing import Any

import django_filters
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView
from wagtail.admin.viewsets.model import ModelViewSet

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordEdit, RecordList, RecordView, RecordViewSet, link_to

from .forms import DataRequestForm, LetterTemplateForm
from .models import DataRequest, LetterTemplate
from .screen import Refused, context_of
from .states import RUNNING


class AddView(CreateView):
    """Taking down a request; afterwards its work screen opens."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """Say who takes it down: the log must (law.md C16)."""
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"for_user": self.request.user}

    def get_success_message(self, instance: DataRequest) -> str:
        """Name it as its letters do."""
        return gettext("Verzoek %(request)s is vastgelegd.") % {"request": instance.called}

    def get_success_buttons(self) -> list[Any]:
        """Return no buttons: there is nothing to edit."""
        return []

    def get_success_url(self) -> str:
        """Return the address of the work screen."""
        return reverse("privacy-requests:inspect", args=[self.object.pk])


class RequestView(RecordView):
    """The work screen: clock, what happened, what can be done now."""

    template_name = "privacy_rights/admin/request.html"
    page_title = _("Verzoek")
    object: DataRequest
    #: What whoever looks tried just now and did not happen.
    refused: Refused | None = None

    def get_page_subtitle(self) -> str:
        """Return the number by which letters and mails call it, and what was asked."""
        return f"{self.object.called}, {self.object.get_kind_display()}"

    def get_subject_display_value(self) -> str:
        """Lead to the person, for who may see people."""
        person = self.object.subject
        return link_to(person, self.request.user, person.email) or person.email if person else ""

    def get_field_label(self, field_name: str, field: Any) -> str:
        """Say of what is counted and hashed that it is the archive."""
        label = {"records": _("Gegevens in het archief"), "sha256": _("Controlegetal van het archief (SHA-256)")}.get(
            field_name
        )
        return str(label or super().get_field_label(field_name, field))

    def get_fields_context(self) -> list[dict[str, Any]]:
        """Leave out what there is not (yet): most of it never comes."""
        return [field for field in super().get_fields_context() if field["value"] not in ("—", "0", 0)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the steps, events, letters and tasks."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        may_handle = self.permission_policy.user_has_permission(self.request.user, "handle")
        return context | context_of(self.object, may_handle=may_handle, refused=self.refused)


class RefusedView(RequestView):
    """The same screen in answer to a form, with what was typed still in it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it."""
        shown: HttpResponse = self.get(request, *args, **kwargs)
        return shown


def _left(request: DataRequest) -> Any:
    if request.state not in RUNNING:
        return "—"
    left = request.days_left(timezone.now())
    if left < 0:
        return format_html("<strong>{}</strong>", _("te laat"))
    return ngettext("%(left)s dag", "%(left)s dagen", left) % {"left": left}


class RequestFilterSet(WagtailFilterSet):
    """Narrows the list down, also to the requests of one person."""

    subject = django_filters.NumberFilter(label=_("Nummer van de betrokkene"), field_name="subject_id")

    class Meta:
        model = DataRequest
        fields = ["state", "kind", "channel", "subject"]


class RequestList(RecordList):
    """What is open first, with the least time left on top; then what is closed, newest first."""

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Order by urgency until somebody presses a heading."""
        if self.ordering:
            return super().order_queryset(queryset)  # type: ignore[no-any-return]
        return queryset.order_by(F("closed_at").desc(nulls_first=True), "due_on", "-pk")


class DataRequestViewSet(RecordViewSet):
    """Requests are added by hand or by the site, and go on by the steps of their work screen."""

    model = DataRequest
    name = "privacy-requests"
    icon = "download"
    menu_label = _("Verzoeken")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 30
    list_display = [
        "__str__",
        "kind",
        Column("subject.email", label=_("Betrokkene"), accessor=lambda row: row.subject.email if row.subject else "—"),
        Column("received_on", label=_("Ontvangen"), sort_key="received_at"),
        "state",
        "due_on",
        Column("left", label=_("Nog"), accessor=_left),
    ]
    filterset_class = RequestFilterSet
    when_empty = _(
        "Er zijn nog geen verzoeken. Wat iemand op “Mijn gegevens” vraagt, komt hier vanzelf; wat per telefoon, brief of mail "
        "kwam, legt u vast met “Verzoek toevoegen”."
    )
    related = ("subject",)
    index_view_class = RequestList
    inspect_view_class = RequestView
    inspect_view_fields = [
        "kind",
        "state",
        "subject",
        "email",
        "new_email",
        "channel",
        "identity",
        "language",
        "received_at",
        "promised_on",
        "due_on",
        "extended_months",
        "paused_days",
        "handler",
        "built_at",
        "records",
        "sha256",
    ]
    add_view_class = AddView

    def show_refused(self, request: HttpRequest, found: DataRequest, refused: Refused) -> HttpResponse:
        """Return the work screen with a form that was refused, to who posted it."""
        view = self.construct_view(RefusedView, **self.get_inspect_view_kwargs(), refused=refused)
        shown: HttpResponse = view(request, pk=found.pk)
        return shown

    def get_form_class(self, for_update: bool = False) -> Any:
        """Return the form that asks for an address instead of a person's number."""
        return DataRequestForm


class LetterTemplateViewSet(ModelViewSet):
    """The words of the letters: changed, never added or removed."""

    model = LetterTemplate
    name = "privacy-letters"
    icon = "doc-full"
    menu_label = _("Brieven")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 35
    list_display = ["__str__", "heading"]
    index_view_class = RecordList
    edit_view_class = RecordEdit
    list_filter = ["kind", "language"]
    copy_view_enabled = False
    # For who may look and not change.
    inspect_view_enabled = True
    inspect_view_class = RecordView
    inspect_view_fields = ["heading", "body"]
    add_to_reference_index = False

    def get_form_class(self, for_update: bool = False) -> Any:
        """Return the form that says what can be filled in."""
        return LetterTemplateForm
