"""The officer's list of people."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordViewSet

from .forms import HoldForm
from .models import DataSubject


class DataSubjectViewSet(RecordViewSet):
    """People come by contact and go by erasure, never by hand; only what keeps them from being erased is set here."""

    model = DataSubject
    name = "privacy-subjects"
    icon = "group"
    menu_label = _("Betrokkenen")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 40
    list_display = ["__str__", "email", "last_contact_at", "hold_until", "restricted_at"]
    search_fields = ["email"]

    def get_form_class(self, for_update: bool = False) -> Any:
        """Return the form for restriction and hold."""
        return HoldForm
