"""The officer's list of people."""

from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordView, RecordViewSet

from .forms import HoldForm
from .models import DataSubject

#: Rooms above add a way from a person to what they hold: a function of request and person that returns a button, or None.
PERSON_BUTTON_HOOK = "construct_privacy_person_button"


class PersonView(RecordView):
    """One person, with the ways to what the rooms above hold about them."""

    object: DataSubject

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Ask every room."""
        made = (make(self.request, self.object) for make in hooks.get_hooks(PERSON_BUTTON_HOOK))
        return [*super().header_more_buttons, *(button for button in made if button)]


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
    inspect_view_class = PersonView

    def get_form_class(self, for_update: bool = False) -> Any:
        """Return the form for restriction and hold."""
        return HoldForm
