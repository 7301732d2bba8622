"""The officer's list of runs."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.model import ModelViewSet

from privacy.menu import PRIVACY_MENU_HOOK

from .models import RetentionRun


class RetentionRunViewSet(ModelViewSet):
    """Read-only: runs are proof."""

    model = RetentionRun
    name = "privacy-runs"
    icon = "bin"
    menu_label = _("Opschoningen")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 60
    list_display = ["__str__", "started_at", "state", "due", "erased", "held", "version"]
    list_filter = ["state", "version"]
    inspect_view_enabled = True
    copy_view_enabled = False
    form_fields: list[str] = []
    add_to_reference_index = False
