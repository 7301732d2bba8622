"""The record of processing in the admin: a screen and downloads, for whoever may see the versions."""

from collections.abc import Collection
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.screens import Screen, item_for_who_may_see

from .models import StatementVersion
from .panels import statement_to_edit
from .record_files import FORMATS
from .record_of_processing import COLUMNS, Row, controller, rows

#: Columns that a purpose's panel need not repeat: its heading, and what is the same for every purpose.
_SAID_ABOVE = {"controller", "contact", "purpose"}


class RecordOfProcessingView(Screen, TemplateView):
    """The record, one panel per purpose."""

    model = StatementVersion
    page_title = _("Verwerkingsregister")
    header_icon = "list-ul"
    template_name = "privacy_statement/admin/record_of_processing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the template the rows as pairs of label and texts."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        version = StatementVersion.objects.in_force()
        if version is None:
            return context | {"statement": statement_to_edit(self.request.user)}
        return context | {
            "version": version,
            "formats": [extension.upper() for extension in FORMATS],
            "controller": _labelled(controller(version.look)),
            "processing": [
                {"id": row["key"], "heading": row["purpose"], "fields": _labelled(row, without=_SAID_ABOVE)}
                for row in rows(version.look)
            ],
        }


class DownloadView(PermissionCheckedMixin, View):
    """The record as a file, named after the version it was made from."""

    model = StatementVersion
    permission_required = "view"

    def get(self, request: HttpRequest, extension: str) -> HttpResponse:
        """Answer with the file.

        Raises:
            Http404: no statement is in force, or the record has no such format.
        """
        version = StatementVersion.objects.in_force()
        if version is None or extension not in FORMATS:
            raise Http404
        media_type, make = FORMATS[extension]
        name = f"verwerkingsregister-versie-{version.number}.{extension}"
        return HttpResponse(
            make(version), content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )


class RecordOfProcessingViewSet(ViewSet):
    """Screen, downloads and menu item."""

    name = "privacy-record"
    icon = "list-ul"
    menu_label = _("Verwerkingsregister")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 15
    menu_item_class = item_for_who_may_see(StatementVersion)

    def get_urlpatterns(self) -> list[URLPattern]:
        """Return the addresses below `/admin/privacy-record/`."""
        return [
            path("", RecordOfProcessingView.as_view(), name="index"),
            path("verwerkingsregister.<slug:extension>", DownloadView.as_view(), name="download"),
        ]


def _labelled(row: Row, *, without: Collection[str] = ()) -> list[dict[str, Any]]:
    return [
        {"label": label, "texts": [texts] if isinstance(texts := row[column], str) else texts}
        for column, label in COLUMNS.items()
        if column in row and column not in without
    ]
