"""What this room holds about people."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, Source, registry

from .models import ContactPage, FormField, FormPurpose, Submission


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
    ],
    reason="What the form asks, not what is answered.",
)
registry.exempt(
    FormPurpose, ["id", "sort_order", "page", "purpose", "required"], reason="What the form asks, not what is answered."
)
