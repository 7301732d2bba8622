"""What this room holds about people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from privacy.subjects.emails import normalise_email
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
            amendable=list(_amendable(submission, subject)),
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


def _amendable(submission: Submission, subject: DataSubject) -> dict[str, str]:
    """Return label and name of the answers that the person may correct: what they typed, and no choices or ticks.

    Not the address either: by that they are known, so a new one must prove itself.
    """
    return {
        label: name
        for name, label in submission.labels
        if isinstance(answer := submission.form_data.get(name), str) and normalise_email(answer) != subject.email
    }


@transaction.atomic
def _amend(subject: DataSubject, reference: str, values: Mapping[str, str]) -> dict[str, str]:
    number = reference.rpartition("#")[2]
    submission = subject.submissions.select_for_update().filter(pk=number if number.isdecimal() else None).first()
    if submission is None:
        raise LookupError(reference)
    names = _amendable(submission, subject)
    before = {label: submission.form_data[names[label]] for label in values}
    submission.form_data |= {names[label]: value for label, value in values.items()}
    submission.save(update_fields=["form_data"])
    return before


def _known_by(subject_ids: Sequence[int]) -> Iterator[str]:
    """Yield the names and telephone numbers that people gave, from the fields that ask for them."""
    asked = FormField.objects.filter(category__key__in=["name", "phone"]).values_list("clean_name", flat=True)
    for answers in Submission.objects.filter(subject__in=subject_ids).values_list("form_data", flat=True):
        yield from (answer for name in set(asked) if isinstance(answer := answers.get(name), str) and answer)


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
        known_by=_known_by,
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
        provided=True,
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
