"""The owner's list of messages."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from privacy.inspection import RecordView, shown

from .models import Submission


class MessagesView(IndexView):
    """The messages, with their senders in one query."""

    def get_base_queryset(self) -> QuerySet[Submission]:
        """Fetch what the columns show, and not the whole text of each statement."""
        messages: QuerySet[Submission] = super().get_base_queryset()
        return messages.select_related("subject", "version").defer("version__html", "version__facts")


class MessageView(RecordView):
    """One message, with its questions as they were asked."""

    object: Submission

    def get_fields_context(self) -> list[dict[str, Any]]:
        """Put the answers first, in the order asked; what we know of the message comes after."""
        answers = [shown(label, value) for label, value in self.object.answers()]
        return [*answers, *super().get_fields_context()]


class SubmissionViewSet(ModelViewSet):
    """Read-only: what people wrote stays as they wrote it."""

    model = Submission
    name = "contact-messages"
    icon = "mail"
    menu_label = _("Berichten")
    menu_order = 250
    add_to_admin_menu = True
    list_display = ["__str__", Column("subject.email", label=_("Van")), "submit_time", "version", "notified_at"]
    index_view_class = MessagesView
    inspect_view_enabled = True
    inspect_view_class = MessageView
    inspect_view_fields = ["submit_time", "version", "notified_at", "submission_id"]
    copy_view_enabled = False
    form_fields: list[str] = []
    add_to_reference_index = False
