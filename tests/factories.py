"""Makers of what tests need: people with a past, staff, messages as the form stores them, and the form as a visitor uses it."""

import itertools
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
import factory
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from contact.captcha import AltchaField
from contact.models import Attachment, ContactPage, FormField, Submission
from contact.spam import opened_now
from home.models import CaseIndexPage, CasePage
from privacy.consent.chain import append
from privacy.consent.models import ConsentEvent, Method, UnconfirmedConsent
from privacy.consent.services import Choice, give
from privacy.register.models import RetentionRule
from privacy.register.words import all_rows, untranslated
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.subjects.models import DataSubject
from privacy.subjects.services import locked_person
from tests.markup import sent_back


def contact_page() -> ContactPage:
    """Return the contact form in Dutch."""
    found: ContactPage = ContactPage.objects.get(locale__language_code="nl")
    return found


def case_about(person: DataSubject) -> CasePage:
    """Make a case about a client, not live. Needs the demo site."""
    made: CasePage = CaseIndexPage.objects.get(locale__language_code="nl").add_child(
        instance=CasePage(
            title="Werk",
            slug=f"werk-{person.pk}-{CasePage.objects.count()}",
            intro="Een vraag.",
            subject=person,
            ground="consent",
            live=False,
        )
    )
    return made


def ask_for_a_file(*, required: bool = False) -> FormField:
    """Let the form ask for a file: "drawing"."""
    like = contact_page().form_fields.get(clean_name="message")
    return FormField.objects.create(
        page=like.page,
        clean_name="drawing",
        label="Tekening",
        field_type="file",
        required=required,
        category=like.category,
        purpose=like.purpose,
        sort_order=20,
    )


_staff = itertools.count(1)


def staff(*codenames: str, name: str = "") -> Client:
    """Log in somebody new who may enter the admin and do these things, nothing else."""
    user = User.objects.create_user(name or f"medewerker-{next(_staff)}")
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", *codenames]))
    client = Client()
    client.force_login(user)
    return client


class DataSubjectFactory(factory.django.DjangoModelFactory):
    """A person who was in contact just now; `held` and `restricted` are the ones the expiry must leave alone."""

    class Meta:
        model = DataSubject

    class Params:
        held = factory.Trait(hold_until=datetime(2999, 1, 1, tzinfo=UTC), hold_reason="geschil")
        restricted = factory.Trait(restricted_at=datetime(2020, 1, 1, tzinfo=UTC))

    email = factory.Sequence(lambda n: f"iemand{n}@voorbeeld.example")
    last_contact_at = factory.LazyFunction(timezone.now)
    created_at = factory.SelfAttribute("last_contact_at")


class ConsentEventFactory(factory.django.DjangoModelFactory):
    """Consent to the enquiry, given at the person's last contact, under the version in force."""

    class Meta:
        model = ConsentEvent

    subject = factory.SubFactory(DataSubjectFactory)
    purpose = "enquiry"
    action = ConsentEvent.Action.GIVEN
    wording = "Ja, dat mag."
    version = factory.LazyFunction(StatementVersion.objects.in_force)
    language = "nl"
    place = "/contact/"
    method = Method.FORM
    at = factory.SelfAttribute("subject.last_contact_at")

    @classmethod
    def _create(cls, model_class: type[ConsentEvent], *args: Any, **fields: Any) -> ConsentEvent:
        """Put the event at the end of the person's chain, as the services do."""
        with transaction.atomic():
            (event,) = append(locked_person(fields["subject"]), [model_class(*args, **fields)])
        return event


class SubmissionFactory(factory.django.DjangoModelFactory):
    """A message of a person's last contact; `possible_spam` is one that is held apart. Needs the demo site."""

    class Meta:
        model = Submission

    class Params:
        possible_spam = factory.Trait(state=Submission.State.SPAM, suspicions=["honeypot"])

    subject = factory.SubFactory(DataSubjectFactory)
    page = factory.LazyFunction(contact_page)
    form_data = factory.LazyAttribute(lambda made: {"email": made.subject.email, "message": "Hoe duur is een website?"})
    labels = factory.LazyFunction(lambda: [["email", "E-mailadres"], ["message", "Uw bericht"]])
    version = factory.LazyFunction(StatementVersion.objects.in_force)
    submit_time = factory.SelfAttribute("subject.last_contact_at")


class AttachmentFactory(factory.django.DjangoModelFactory):
    """The row of a file that came with a message; the file itself is not there."""

    class Meta:
        model = Attachment

    submission = factory.SubFactory(SubmissionFactory)
    label = "Tekening"
    file = factory.Sequence("contact/geen-bestand-{}".format)
    filename = "schets.pdf"
    content_type = "application/pdf"
    size = 1
    sha256 = "0" * 64


def relation(last_contact_at: datetime, **subject: Any) -> DataSubject:
    """Make a person with one message and one consent, last in contact then (aware). Needs the demo site."""
    person = DataSubjectFactory.create(last_contact_at=last_contact_at, **subject)
    SubmissionFactory.create(subject=person)
    ConsentEventFactory.create(subject=person)
    return person


def many_relations(due: int, *, bystanders: int) -> None:
    """Make people who were in contact three years ago, and bystanders who were an hour or a year ago; set-wise, for speed.

    Each has a message and a consent. Needs the demo site.
    """
    now = timezone.now()
    template = relation(now - timedelta(hours=1) if bystanders else now - timedelta(days=3 * 366))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO privacy_subjects_datasubject (email, created_at, last_contact_at, hold_reason)
            SELECT 'n' || n || '@voorbeeld.example', now(),
                   now() - CASE WHEN n <= %s THEN interval '3 years' ELSE interval '1 year' END, ''
            FROM generate_series(1, %s) AS n
            """,
            [due if bystanders else due - 1, due + bystanders - 1],
        )
        for model, clock, others in (
            (Submission, "submit_time", {"submission_id": "gen_random_uuid()"}),
            (ConsentEvent, "at", {}),
        ):
            taken_over = {"id", "subject_id", clock, *others}
            columns = [field.column for field in model._meta.concrete_fields if field.column not in taken_over]
            new = {"subject_id": "who.id", clock: "who.last_contact_at", **others} | {
                name: f"like_this.{name}" for name in columns
            }
            cursor.execute(
                f"""
                INSERT INTO {model._meta.db_table} ({", ".join(new)}) SELECT {", ".join(new.values())}
                FROM privacy_subjects_datasubject AS who, {model._meta.db_table} AS like_this
                WHERE like_this.subject_id = %s AND who.email LIKE 'n%%@voorbeeld.example'
                """,  # noqa: S608 (columns of our own models)
                [template.pk],
            )


def form_number(response: HttpResponse) -> str:
    """Return the `submission_id` of the contact form in a response."""
    found = re.search(r'name="submission_id" value="([^"]+)"', response.content.decode())
    assert found, "no contact form in this response"
    return found.group(1)


#: Nobody sends the very same message twice in ten minutes; who does has sent one (`contact.services.submit`).
_numbers = itertools.count(1)


def solved(challenge: str) -> str:
    """Return the proof for a sum (ALTCHA), as a browser makes it."""
    asked = altcha.Challenge.from_dict(json.loads(challenge))
    found = altcha.solve_challenge(asked)
    assert found
    return altcha.Payload(asked, found).to_base64()


def filled_in(client: Client, *, path: str = "/contact/", **answers: Any) -> dict[str, Any]:
    """Open the contact form and fill it in as a person with a browser does, with consent to the enquiry unless said otherwise.

    None leaves a field out.
    """
    data = {
        "form_website": "",
        "form_opened": opened_now(),
        "form_proof": solved(AltchaField().challenge),
        "phone": f"06 {next(_numbers):08}",
        "email": "jan@voorbeeld.example",
        "message": "Hoe duur is een website?",
        "consent_enquiry": "on",
        "submission_id": answers.get("submission_id") or form_number(client.get(path)),
    }
    return {key: value for key, value in (data | answers).items() if value is not None}


def send(client: Client, *, path: str = "/contact/", **answers: Any) -> HttpResponse:
    """Send the contact form, as `filled_in` has it."""
    return client.post(path, filled_in(client, path=path, **answers))


def ask_for_newsletter(person: DataSubject, *, at: datetime | None = None) -> UnconfirmedConsent:
    """Tick the box of the newsletter, as the form does: a mail asks to confirm it, and until then it does not count."""
    version = StatementVersion.objects.in_force()
    assert version is not None
    choices = [Choice(purpose="newsletter", wording="Ja, mail mij.")]
    give(subject=person, choices=choices, version=version, language="nl", place="/contact/", at=at or timezone.now())
    return UnconfirmedConsent.objects.get(subject=person, purpose="newsletter")


def set_period(months: int, *, rule: str = "relations") -> None:
    """Change a period in the register, as an editor does; in force only after `publish()`."""
    RetentionRule.objects.filter(key=rule).update(months=months)


def translate_what_is_new() -> None:
    """Write English words wherever the register has Dutch ones alone, as an editor does."""
    for row, column in list(untranslated(all_rows(), "en")):
        dutch = getattr(row, column.name.removesuffix("_en"))
        type(row)._default_manager.filter(pk=row.pk).update(**{column.name: f"English {dutch}"[: column.max_length]})


def publish(change_note: str = "Gewijzigd.", *, translated: bool = True) -> StatementVersion:
    """Publish the statement page anew, with its English words unless told; return the version that is now in force."""
    page = PrivacyStatementPage.source()
    assert page is not None
    if translated:
        translate_what_is_new()
    page.change_note = change_note
    page.save_revision().publish()
    version = StatementVersion.objects.in_force()
    assert version is not None
    return version


def publish_screen(page: PrivacyStatementPage | None = None) -> str:
    """Return the address of the screen that asks what changes; of the page in the source language unless told."""
    page = page or PrivacyStatementPage.source()
    assert page is not None
    return reverse("privacy_statement_publish", args=[page.pk])


def confirm(client: Client, page: PrivacyStatementPage | None = None, **answers: Any) -> HttpResponse:
    """Open the screen that asks what changes, answer it, and publish; None leaves an answer out."""
    url = publish_screen(page)
    shown = sent_back(client.get(url).content.decode(), form="publish")
    data = shown | {"change_note": "Bijgewerkt."} | answers
    return client.post(url, {name: value for name, value in data.items() if value is not None})


def statement_form(page: PrivacyStatementPage, *, publish: bool, **changes: Any) -> dict[str, Any]:
    """Return what the editor's browser sends for the statement page: with the publish button, or as a draft."""
    blocks = [
        (block.block_type, {"heading": block.value["heading"], "text": rich_text(block.value["text"].source)})
        for block in page.body
    ]
    fields = {
        "title": page.title,
        "slug": page.slug,
        "seo_title": "",
        "search_description": "",
        "go_live_at": "",
        "expire_at": "",
        "body": streamfield(blocks),
        "comments": inline_formset([]),
    }
    button = {"action-publish": "1"} if publish else {}
    return nested_form_data(fields | changes) | button


def every_kind_of_field(page: ContactPage, *, required: bool) -> None:
    """Give a form of the demo a field of every kind that is not on it already."""
    like = page.form_fields.get(clean_name="message")
    kinds = ("url", "number", "date", "datetime", "checkbox", "checkboxes", "dropdown", "multiselect", "radio", "file")
    for order, kind in enumerate(kinds, 20):
        FormField.objects.create(
            page=like.page,
            clean_name=f"a_{kind}",
            label=f"Vraag {kind}",
            help_text="Wat u wilt.",
            field_type=kind,
            required=required,
            choices="rood\ngroen",
            category=like.category,
            purpose=like.purpose,
            sort_order=order,
        )
