"""The officer's list of requests."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import CreateView

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordViewSet

from .forms import DataRequestForm
from .models import DataRequest


def _download_url(request: DataRequest) -> str | None:
    return reverse("privacy_rights_download", args=[request.pk]) if request.archive else None


def _download_label(request: DataRequest) -> str:
    return str(_("Downloaden")) if request.archive else "—"


class AddView(CreateView):
    """Adding a request; afterwards there is nothing to edit, so no button that leads there."""

    def get_success_buttons(self) -> list[Any]:
        """Return no buttons."""
        return []


class DataRequestViewSet(RecordViewSet):
    """Requests are added by hand or by the site, and never changed by hand."""

    model = DataRequest
    name = "privacy-requests"
    icon = "download"
    menu_label = _("Inzageverzoeken")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 30
    list_display = [
        "__str__",
        Column("subject.email", label=_("Betrokkene")),
        "received_at",
        "promised_by",
        "state",
        TitleColumn("download", label=_("Archief"), accessor=_download_label, get_url=_download_url),
    ]
    list_filter = ["state"]
    related = ("subject",)
    inspect_view_fields = ["subject", "received_at", "promised_by", "state", "built_at", "records", "sha256"]
    add_view_class = AddView

    def get_form_class(self, for_update: bool = False) -> Any:
        """Return the form that asks for an address instead of a person's number."""
        return DataRequestForm
