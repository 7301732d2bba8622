"""What this room holds about people."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from privacy.subjects.emails import normalise_email
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, Source, registry

from .models import ContactPage, FormField, FormPurpose, Submission


def _records(subject: DataSubject) -> Iterator[Record]:
    for submission in subject.submissions.select_related("version").defer("version__html").order_by("pk").iterator():
        values = dict(submission.answers())
        yield Record(
            reference=str(submission),
            at=submission.submit_time,
            values=values,
            statement_version=submission.version.number,
            # Not the address: by that the person is known, so a new one must prove itself.
            amendable=[label for label, value in values.items() if isinstance(value, str) and not _is_address(value, subject)],
        )


def _rows(subject: DataSubject) -> tuple[str, list[Any]]:
    """The same as `_records`, by the database alone."""
    return (
        """
        SELECT 'Submission #' || message.id AS reference, message.submit_time AS at, version.number AS statement_version,
               message.labels, message.form_data AS data
        FROM contact_submission AS message JOIN privacy_statement_statementversion AS version ON version.id = message.version_id
        WHERE message.subject_id = %s ORDER BY message.id
        """,
        [subject.pk],
    )


def _is_address(value: object, subject: DataSubject) -> bool:
    return isinstance(value, str) and normalise_email(value) == subject.email


@transaction.atomic
def _amend(subject: DataSubject, reference: str, values: Mapping[str, str]) -> dict[str, str]:
    number = reference.rpartition("#")[2]
    submission = subject.submissions.select_for_update().filter(pk=number if number.isdecimal() else None).first()
    if submission is None:
        raise LookupError(reference)
    names = {label: name for name, label in submission.labels if not _is_address(submission.form_data.get(name), subject)}
    before = {label: str(submission.form_data.get(names[label], "")) for label in values}
    submission.form_data |= {names[label]: value for label, value in values.items()}
    submission.save(update_fields=["form_data"])
    return before


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
        provided=True,
        rows=_rows,
        amend=_amend,
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
