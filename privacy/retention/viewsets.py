"""The officer's list of runs."""

from django.utils.translation import gettext_lazy as _

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordViewSet

from .models import RetentionRun


class RetentionRunViewSet(RecordViewSet):
    """Read-only: runs are proof."""

    model = RetentionRun
    name = "privacy-runs"
    icon = "bin"
    menu_label = _("Opschoningen")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 60
    list_display = ["__str__", "started_at", "state", "due", "erased", "held", "version"]
    list_filter = ["state"]
    related = ("version",)
    deferred = ("version__html", "version__facts")
