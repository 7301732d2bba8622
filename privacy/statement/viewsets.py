"""The officer's list of versions."""

from django.utils.translation import gettext_lazy as _

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordViewSet

from .models import StatementVersion


class StatementVersionViewSet(RecordViewSet):
    """Read-only: versions come by publishing and never go."""

    model = StatementVersion
    name = "privacy-versions"
    icon = "history"
    menu_label = _("Versies verklaring")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 10
    list_display = ["__str__", "published_at", "effective_on", "author", "change_note"]
    inspect_view_fields = ["number", "published_at", "effective_on", "author", "change_note", "sha256"]
    related = ("author",)
    deferred = ("html", "facts")
