"""The officer's list of consents."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.model import ModelViewSet

from privacy.inspection import RecordView
from privacy.menu import PRIVACY_MENU_HOOK

from .models import ConsentEvent


class ConsentEventViewSet(ModelViewSet):
    """Read-only: people give and take back consent, staff only look."""

    model = ConsentEvent
    name = "privacy-consent"
    icon = "check"
    menu_label = _("Toestemmingen")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 50
    list_display = ["__str__", "subject", "purpose", "action", "version", "at"]
    list_filter = ["purpose", "action", "version"]
    inspect_view_enabled = True
    inspect_view_class = RecordView
    copy_view_enabled = False
    form_fields: list[str] = []
    add_to_reference_index = False
