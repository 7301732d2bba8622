"""What this room holds about people."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from privacy.subjects.models import DataSubject
from privacy.subjects.registry import HeldFile, Record, Source, registry

from .models import Attachment, ContactPage, FormField, FormPurpose, Submission


def _records(subject: DataSubject) -> Iterator[Record]:
    for submission in subject.submissions.select_related("version").defer("version__html").order_by("pk").iterator():
        yield Record(
            reference=str(submission),
            at=submission.submit_time,
            values=dict(submission.answers()),
            statement_version=submission.version.number,
        )


registry.register(
    Source(
        key="contact.submissions",
        label=_("Berichten die u via het contactformulier stuurde"),
        origin=_("Door uzelf ingevuld op het contactformulier van onze website."),
        model=Submission,
        fields={
            "form_data": ["name", "contact_details", "phone", "company", "message"],
            "subject": ["contact_details"],
            "submission_id": ["contact_moments"],
            "submit_time": ["contact_moments"],
            "version": ["contact_moments"],
        },
        purposes=["enquiry"],
        rule="relations",
        collect=_records,
        order=30,
    )
)


def _attachments(subject: DataSubject) -> Iterator[Record]:
    held = Attachment.objects.filter(submission__subject=subject).select_related("submission__version")
    for attachment in held.defer("submission__version__html", "submission__version__facts").order_by("pk").iterator():
        yield Record(
            reference=str(attachment),
            at=attachment.submission.submit_time,
            values={
                str(_("Bij bericht")): str(attachment.submission),
                attachment.label: attachment.filename,
                str(_("Grootte in bytes")): attachment.size,
            },
            statement_version=attachment.submission.version.number,
            files=[
                HeldFile(
                    name=str(attachment.file),
                    filename=attachment.filename,
                    content_type=attachment.content_type,
                    size=attachment.size,
                    sha256=attachment.sha256,
                )
            ],
        )


registry.register(
    Source(
        key="contact.attachments",
        label=_("Bestanden die u met een bericht meestuurde"),
        origin=_("Door uzelf gekozen op het contactformulier van onze website."),
        model=Attachment,
        subject="submission__subject_id",
        # Part of the message: a statement that names messages need not name files before a form asks for one. What the
        # field for it collects is the editor's to say, in the form.
        fields={name: ["message"] for name in ("submission", "file", "filename", "content_type", "size", "sha256")},
        purposes=["enquiry"],
        rule="relations",
        collect=_attachments,
        # Before the messages that they hang on.
        order=20,
        file="file",
    )
)
registry.exempt(Attachment, ["id", "label"], reason="A number, and what the form asked; the same for everybody.")
registry.exempt(Submission, ["id", "page", "labels"], reason="Which form it was and what it asked; the same for everybody.")
registry.exempt(ContactPage, ["page_ptr", "intro"], reason="The company's own page.")
registry.exempt(ContactPage, ["notify_address"], reason="The company's own mailbox, not a visitor's.")
registry.exempt(
    FormField,
    [
        "id",
        "sort_order",
        "page",
        "clean_name",
        "label",
        "field_type",
        "required",
        "choices",
        "default_value",
        "help_text",
        "category",
        "purpose",
    ],
    reason="What the form asks, not what is answered.",
)
registry.exempt(
    FormPurpose, ["id", "sort_order", "page", "purpose", "required"], reason="What the form asks, not what is answered."
)
