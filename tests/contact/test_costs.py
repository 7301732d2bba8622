"""What one message costs, counted against the form page that comes with Wagtail."""

import itertools

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.contrib.forms.forms import FormBuilder
from wagtail.contrib.forms.models import FormMixin, FormSubmission

from contact.models import Attachment, ContactPage, FormField, Submission
from tests.documents import PDF
from tests.factories import SubmissionFactory, contact_page, form_number, relation, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site", "broker")]


class StockBuilder(FormBuilder):
    """Wagtail's own, also for the one kind of field that it does not know."""

    create_telephone_field = FormBuilder.create_singleline_field


def serve_as_wagtail_does(request: HttpRequest, page: ContactPage) -> HttpResponse:
    response: HttpResponse = FormMixin.serve(page, request)
    return response


def queries_of(client: Client, email: str, *, status: int = 302, **answers: object) -> list[str]:
    number = form_number(client.get("/contact/"))
    with CaptureQueriesContext(connection) as captured:
        assert send(client, submission_id=number, email=email, **answers).status_code == status
    return [query["sql"][:120] for query in captured]


def test_takes_no_more_queries_than_the_stock_form_page_and_four(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same page with the same fields in the same frame, once served by us and once by Wagtail's own code.

    We do more: find or make the person, record consent, owe the owner a mail, read the statement in force and the purposes,
    all in one transaction, of which `BEGIN` and `COMMIT` count. Wagtail answers with its thank-you page at once; we send the
    browser on, so that a reload sends nothing twice. `AbstractEmailForm` costs what `AbstractForm` does: mail is no query.
    """
    queries_of(client, "eerst@voorbeeld.example")  # fills what Django and Wagtail keep in memory
    ours = queries_of(client, "jan@voorbeeld.example")
    assert Submission.objects.count() == 2

    number = form_number(client.get("/contact/"))
    monkeypatch.setattr("contact.views.contact_form", serve_as_wagtail_does)
    monkeypatch.setattr(ContactPage, "get_form_fields", FormMixin.get_form_fields)
    monkeypatch.setattr(ContactPage, "get_submission_class", lambda page: FormSubmission)
    monkeypatch.setattr(ContactPage, "form_builder", StockBuilder)
    with CaptureQueriesContext(connection) as stock:
        assert send(client, submission_id=number).status_code == 200
    assert FormSubmission.objects.count() == 1, "Wagtail stored it, its own way"
    assert len(ours) <= len(stock) + 4, "\n".join(ours)


def test_costs_the_same_however_many_messages_and_fields_there_are(client: Client) -> None:
    queries_of(client, "eerst@voorbeeld.example")
    before = queries_of(client, "jan@voorbeeld.example")
    SubmissionFactory.create_batch(50, subject=relation(timezone.now()))
    field = contact_page().form_fields.get(clean_name="company")
    for number in range(10):
        field.pk, field.clean_name, field.label = None, f"field_{number}", f"Vraag {number}"
        field.save()
    assert len(queries_of(client, "piet@voorbeeld.example")) == len(before)


def test_a_file_costs_the_same_whichever_it_is_of_several(client: Client) -> None:
    """Three to write each file down before it is there, and two for all rows together."""
    like = contact_page().form_fields.get(clean_name="message")
    for number in range(3):
        FormField.objects.create(
            page=like.page,
            clean_name=f"file_{number}",
            label=f"Bestand {number}",
            field_type="file",
            required=False,
            category=like.category,
            purpose=like.purpose,
        )
    costs = []
    for number in range(4):
        files = {f"file_{n}": SimpleUploadedFile("a.pdf", PDF) for n in range(number)}
        costs.append(len(queries_of(client, f"n{number}@voorbeeld.example", **files)))
    assert Attachment.objects.count() == 6
    steps = [after - before for before, after in itertools.pairwise(costs[1:])]
    assert steps[0] == steps[1] <= 1
