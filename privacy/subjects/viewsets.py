"""The officer's list of people."""

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordViewSet

from .forms import HoldForm
from .models import DataSubject
from .views import MomentView, PersonView


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
    when_empty = _(
        "Er is nog niemand. Zodra iemand het contactformulier verstuurt of een verzoek doet, staat die persoon hier, tot de "
        "bewaartermijn voorbij is."
    )
    inspect_view_class = PersonView
    # Their number is in the title. The end and the seal of their chain of consents are for `consent_verify`.
    inspect_view_fields_exclude = ["id", "consent_head", "consent_seal"]

    def get_form_class(self, for_update: bool = False) -> Any:
        """Return the form for restriction and hold."""
        return HoldForm

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add the form that takes down a contact."""
        moment = MomentView.as_view(index_url_name=self.get_url_name("index"))
        return [*super().get_urlpatterns(), path("moment/<int:pk>/", moment, name="moment")]
