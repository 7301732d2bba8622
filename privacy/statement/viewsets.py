"""The officer's list of versions."""

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets.button import HeaderButton

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordView, RecordViewSet, shown

from .models import StatementVersion
from .panels import Notices


class VersionView(RecordView):
    """One version, with how far the people are told of it."""

    object: StatementVersion

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Lead to its text, as readers see it."""
        url = reverse("statement-version", args=[self.object.number])
        return [HeaderButton(_("Lees deze versie"), url=url, icon_name="view")]

    def get_fields_context(self) -> list[dict[str, Any]]:
        """Add the notice."""
        return [*super().get_fields_context(), shown(_("Kennisgeving"), Notices(self.object))]


class StatementVersionViewSet(RecordViewSet):
    """Read-only: versions come by publishing and never go."""

    model = StatementVersion
    name = "privacy-versions"
    icon = "history"
    menu_label = _("Versies verklaring")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 10
    when_empty = _(
        "Er is nog geen versie. Publiceer de privacyverklaring: dan staat hier versie 1, en gaat het formulier open."
    )
    list_display = ["__str__", "published_at", "effective_on", "author", "change_note"]
    inspect_view_fields = ["number", "published_at", "effective_on", "author", "change_note", "is_material", "sha256"]
    related = ("author",)
    deferred = ("html", "facts")
    inspect_view_class = VersionView
