"""The owner's list of messages."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.generic import InspectView
from wagtail.admin.viewsets.model import ModelViewSet

from .models import Submission


class MessageView(InspectView):
    """One message, with its questions as they were asked."""

    object: Submission

    def get_fields_context(self) -> list[dict[str, Any]]:
        """Put the answers first, in the order asked; what we know of the message comes after."""
        answers = [{"label": label, "value": value, "component": None} for label, value in self.object.answers()]
        return [*answers, *super().get_fields_context()]


class SubmissionViewSet(ModelViewSet):
    """Read-only: what people wrote stays as they wrote it."""

    model = Submission
    name = "contact-messages"
    icon = "mail"
    menu_label = _("Berichten")
    menu_order = 250
    add_to_admin_menu = True
    list_display = ["__str__", "subject", "submit_time", "version", "notified_at"]
    inspect_view_enabled = True
    inspect_view_class = MessageView
    inspect_view_fields = ["subject", "submit_time", "version", "notified_at", "submission_id"]
    copy_view_enabled = False
    form_fields: list[str] = []
    add_to_reference_index = False
