"""The owner's list of messages."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from privacy.records import RecordView, RecordViewSet, shown

from .models import Submission
from .spam import reasons


class MessageView(RecordView):
    """One message, with its questions as they were asked."""

    object: Submission

    def get_fields_context(self) -> list[dict[str, Any]]:
        """Put the answers first, in the order asked; what we know of the message comes after."""
        answers = [shown(label, value) for label, value in self.object.answers()]
        files = [
            shown(
                _("Bestand: %(question)s") % {"question": attachment.label},
                format_html(
                    '<a href="{}">{}</a> ({}; {})',
                    reverse("contact_attachment", args=[attachment.pk]),
                    attachment.filename,
                    filesizeformat(attachment.size),
                    attachment.get_scan_display(),
                )
                if attachment.file
                else f"{attachment.filename} ({attachment.get_scan_display()})",
            )
            for attachment in self.object.attachments.all()
        ]
        signs = reasons(self.object.suspicions)
        suspected = [shown(_("Aanwijzingen voor spam"), ", ".join(signs))] if signs else []
        return [*answers, *files, *suspected, *super().get_fields_context()]


class SubmissionViewSet(RecordViewSet):
    """Read-only: what people wrote stays as they wrote it."""

    model = Submission
    name = "contact-messages"
    icon = "mail"
    menu_label = _("Berichten")
    menu_order = 250
    add_to_admin_menu = True
    list_display = ["__str__", Column("subject.email", label=_("Van")), "submit_time", "state", "version"]
    list_filter = ["state"]
    related = ("subject", "version")
    deferred = ("version__html", "version__facts")
    inspect_view_class = MessageView
    inspect_view_fields = ["submit_time", "state", "version", "submission_id"]
