"""The officer's list of consents."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordViewSet

from .models import ConsentEvent


class ConsentEventViewSet(RecordViewSet):
    """Read-only: people give and take back consent, staff only look."""

    model = ConsentEvent
    name = "privacy-consent"
    icon = "check"
    menu_label = _("Toestemmingen")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 50
    list_display = ["__str__", Column("subject.email", label=_("Van")), "purpose", "action", "version", "at"]
    list_filter = ["purpose", "action"]
    related = ("subject", "version")
    deferred = ("version__html", "version__facts")
