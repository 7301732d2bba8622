"""What this room holds about people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from privacy.statement.models import texts_of
from privacy.subjects.addresses import follow
from privacy.subjects.emails import normalise_email
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Clock, HeldFile, Record, Source, registry

from .models import Attachment, ContactPage, FormField, FormPurpose, Opening, Submission
from .possible_spam import expire, strangers_of
from .spam import POSSIBLE_SPAM, SPAM, reasons

#: Key of the purpose that messages are given for.
ENQUIRY = "enquiry"

#: Messages that are held for spam have a period of their own, so they are a source of their own; so are their files.
_SPAM = Q(state=Submission.State.SPAM)
_ON_SPAM = Q(submission__state=Submission.State.SPAM)


def _records(subject: DataSubject, *, only: Q) -> Iterator[Record]:
    held = subject.submissions.filter(only).select_related("version").defer(*texts_of("version"))
    for submission in held.order_by("pk").iterator():
        # What the site made of it is theirs to see as well (art. 15(1)).
        signs = {str(_("Aanwijzingen voor spam")): ", ".join(reasons(submission.suspicions))} if submission.suspicions else {}
        yield Record(
            reference=str(submission),
            at=submission.submit_time,
            values=dict(submission.answers()) | signs,
            statement_version=submission.version.number,
            amendable=list(_amendable(submission, subject)),
        )


_FIELDS = {
    "form_data": ["name", "contact_details", "phone", "company", "message"],
    "subject": ["contact_details"],
    "submission_id": ["contact_moments"],
    "submit_time": ["contact_moments"],
    "version": ["contact_moments"],
    "suspicions": ["spam_signs"],
}


def _rows(subject: DataSubject) -> tuple[str, list[Any]]:
    """The same as `_records` of messages that are no possible spam, by the database alone."""
    return (
        """
        SELECT 'Submission #' || message.id AS reference, message.submit_time AS at, version.number AS statement_version,
               message.labels, message.form_data AS data
        FROM contact_submission AS message JOIN privacy_statement_statementversion AS version ON version.id = message.version_id
        WHERE message.subject_id = %s AND message.state <> %s ORDER BY message.id
        """,
        [subject.pk, Submission.State.SPAM.value],
    )


def _texts(subject: DataSubject, *, are_spam: bool) -> tuple[str, list[Any]]:
    """What was typed into the form under this address, but for their name, number and address where these were asked.

    Anybody can type somebody's address, and anything about anybody.
    """
    return (
        f"""
        SELECT 'Submission #' || id AS reference, false AS is_staffs, (
            SELECT string_agg(value, E'\n') FROM jsonb_each_text(form_data) AS answer (name, value)
            WHERE name <> ALL (%s) AND value <> %s
        ) AS text
        FROM contact_submission WHERE subject_id = %s AND state {"=" if are_spam else "<>"} %s
        """,  # noqa: S608 (no part of it is anybody's)
        [_asked_names(), subject.email, subject.pk, Submission.State.SPAM.value],
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


def _asked_names() -> list[str]:
    """Return the names of the fields that ask for the sender's name or number."""
    asked = FormField.objects.filter(category__key__in=["name", "phone"])
    return list(asked.order_by("clean_name").values_list("clean_name", flat=True).distinct())


def _follow(person: DataSubject, old: str, new: str, at: datetime) -> None:
    """Put the new address in place of the old one where a form asked for it; what somebody wrote in words stays as it is."""
    changed = []
    for message in person.submissions.select_for_update().only("form_data").order_by("pk"):
        theirs = [
            name
            for name, answer in message.form_data.items()
            if isinstance(answer, str) and "@" in answer and normalise_email(answer) == old
        ]
        if theirs:
            message.form_data |= dict.fromkeys(theirs, new)
            changed.append(message)
    Submission.objects.bulk_update(changed, ["form_data"], batch_size=500)


def _known_by(subject_ids: Sequence[int]) -> Iterator[str]:
    """Yield the names and telephone numbers that people gave, from the fields that ask for them."""
    theirs = Submission.objects.filter(subject__in=subject_ids).order_by()
    for name in _asked_names():
        # Somebody with a hundred thousand messages has a few names.
        answers = theirs.values_list(KeyTextTransform(name, "form_data"), flat=True).distinct()
        yield from (answer for answer in answers if answer)


follow(_follow)
registry.register(
    Source(
        key="contact.submissions",
        label=_("Berichten die u via het contactformulier stuurde"),
        origin=_("Door uzelf ingevuld op het contactformulier van onze website."),
        model=Submission,
        fields=_FIELDS,
        purposes=[ENQUIRY],
        rule="relations",
        collect=partial(_records, only=~_SPAM),
        order=30,
        only=~_SPAM,
        provided=True,
        rows=_rows,
        texts=partial(_texts, are_spam=False),
        amend=_amend,
        known_by=_known_by,
    )
)
registry.register(
    Source(
        key="contact.possible_spam",
        label=_("Berichten die onze website voor mogelijke spam houdt"),
        origin=_("Ingevuld op het contactformulier van onze website, met uw e-mailadres."),
        model=Submission,
        fields=_FIELDS,
        purposes=[SPAM],
        given_for=[ENQUIRY],
        rule=POSSIBLE_SPAM,
        collect=partial(_records, only=_SPAM),
        order=31,
        only=_SPAM,
        provided=True,
        texts=partial(_texts, are_spam=True),
        amend=_amend,
    )
)


def _attachments(subject: DataSubject, *, only: Q) -> Iterator[Record]:
    held = Attachment.objects.filter(only, submission__subject=subject).select_related("submission__version")
    for attachment in held.defer(*texts_of("submission__version")).order_by("pk").iterator():
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
            ]
            if attachment.file
            else [],
        )


# Part of the message: a statement that names messages need not name files before a form asks for one. What the field for it
# collects is the editor's to say, in the form.
_FILE_FIELDS = {name: ["message"] for name in ("submission", "file", "filename", "content_type", "size", "sha256")}

registry.register(
    Source(
        key="contact.attachments",
        label=_("Bestanden die u met een bericht meestuurde"),
        origin=_("Door uzelf gekozen op het contactformulier van onze website."),
        model=Attachment,
        subject="submission__subject_id",
        fields=_FILE_FIELDS,
        purposes=[ENQUIRY],
        rule="relations",
        collect=partial(_attachments, only=~_ON_SPAM),
        # Before the messages that they hang on.
        order=20,
        file="file",
        only=~_ON_SPAM,
        provided=True,
    )
)
registry.register(
    Source(
        key="contact.possible_spam_files",
        label=_("Bestanden bij berichten die onze website voor mogelijke spam houdt"),
        origin=_("Gekozen op het contactformulier van onze website, bij een bericht met uw e-mailadres."),
        model=Attachment,
        subject="submission__subject_id",
        fields=_FILE_FIELDS,
        purposes=[SPAM],
        given_for=[ENQUIRY],
        rule=POSSIBLE_SPAM,
        collect=partial(_attachments, only=_ON_SPAM),
        order=21,
        file="file",
        only=_ON_SPAM,
        provided=True,
    )
)
registry.clock(
    Clock(
        key="contact.possible_spam",
        label=_("Berichten die onze website voor mogelijke spam houdt, met hun bestanden"),
        rule=POSSIBLE_SPAM,
        model=Submission,
        start="submit_time",
        only=_SPAM,
        subject="subject",
        along=[Attachment],
        # Strangers go with their message, so people are locked first.
        verb=lambda as_of, count: expire(as_of=as_of, count=count),
        takes=strangers_of,
    )
)


def _openings(subject: DataSubject) -> Iterator[Record]:
    # Not who: staff who did their work are no recipients (art. 4(9); CJEU C-579/21).
    for opening in subject.openings.order_by("pk").iterator():
        yield Record(reference=str(opening), at=opening.at, values={str(_("Geopend")): opening.what})


registry.register(
    Source(
        key="contact.openings",
        label=_("Wanneer wij uw berichten en bestanden openden"),
        origin=_("Door onze website vastgelegd toen een medewerker ze opende."),
        model=Opening,
        fields={name: ["contact_moments"] for name in ("subject", "message", "attachment", "at")},
        purposes=["accountability"],
        rule="relations",
        collect=_openings,
        order=40,
    )
)
registry.exempt(Opening, ["id"], reason="A number that says nothing outside this database.")
registry.exempt(Opening, ["user"], reason="A member of staff at work; the line goes with the person whose message it was.")
registry.exempt(Attachment, ["id", "label"], reason="A number, and what the form asked; the same for everybody.")
registry.exempt(Attachment, ["scan"], reason="Whether a file does harm to computers; it says nothing of who sent it.")
registry.exempt(Submission, ["id", "page", "labels"], reason="Which form it was and what it asked; the same for everybody.")
registry.exempt(
    Submission, ["state"], reason="How far our own work is; what it says of a person, possible spam, is a source of its own."
)
registry.exempt(ContactPage, ["page_ptr", "intro", "captcha"], reason="The company's own page.")
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
