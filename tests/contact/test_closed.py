"""No form without a statement that covers it (A15, invariant 1): closed for visitors at once, refused to editors."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Workflow, WorkflowTask
from wagtail.test.utils import WagtailTestUtils

from contact.models import FormField, FormPurpose, Submission
from privacy.register.models import DataCategory, Processor, Purpose, RetentionRule
from privacy.statement.models import PrivacyStatementPage
from privacy.subjects.models import DataSubject
from tests.contact.conftest import Editor
from tests.factories import contact_page, publish, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


def no_statement() -> None:
    PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()


def a_new_kind_of_data() -> DataCategory:
    kind = DataCategory.objects.create(key="birthday", name="Geboortedatum", origin="van uzelf")
    Purpose.objects.get(key="enquiry").categories.add(kind)
    return kind


def a_new_purpose() -> Purpose:
    rule = RetentionRule.objects.get(key="relations")
    purpose = Purpose.objects.create(
        key="raffle", name="Loten", legal_basis="a", consent_wording="Ja, ik doe mee.", retention_rule=rule
    )
    purpose.categories.set(DataCategory.objects.filter(key="name"))
    return purpose


def a_field_too_many() -> None:
    FormField.objects.create(
        page=contact_page(),
        label="Geboren",
        clean_name="born",
        field_type="date",
        category=a_new_kind_of_data(),
        purpose=Purpose.objects.get(key="enquiry"),
    )


def a_purpose_too_many() -> None:
    FormPurpose.objects.create(page=contact_page(), purpose=a_new_purpose())


def no_purpose() -> None:
    FormPurpose.objects.all().delete()


def a_field_for_a_purpose_that_the_form_does_not_have() -> None:
    FormField.objects.filter(clean_name="company").update(purpose=Purpose.objects.get(key="administration"))


def a_field_for_a_purpose_that_is_not_said_to_use_it() -> None:
    FormField.objects.filter(clean_name="message").update(purpose=Purpose.objects.get(key="newsletter"))


@pytest.mark.parametrize(
    "happened",
    [
        no_statement,
        no_purpose,
        a_field_too_many,
        a_purpose_too_many,
        a_field_for_a_purpose_that_the_form_does_not_have,
        a_field_for_a_purpose_that_is_not_said_to_use_it,
    ],
)
def test_the_form_is_closed_with_an_explanation(client: Client, happened: Callable[[], None]) -> None:
    happened()
    for response in (client.get("/contact/"), send(client, submission_id=str(uuid.uuid4()))):
        assert response.status_code == 503
        html = response.content.decode()
        assert "Er is niets van u opgeslagen." in html
        assert 'href="mailto:privacy@' in html, "another way stays open (F5)"
        assert "no-store" in response["Cache-Control"]
    assert not Submission.objects.exists()
    assert not DataSubject.objects.exists()


def test_publishing_a_statement_that_covers_it_opens_it(client: Client) -> None:
    a_field_too_many()
    a_purpose_too_many()
    publish()
    assert send(client, born="2000-02-01", consent_raffle="on").status_code == 302
    assert Submission.objects.get().form_data["born"] == "2000-02-01"


def test_a_box_whose_purpose_left_the_statement_is_not_shown_any_more(client: Client) -> None:
    """Taken from the register and published, while the form still names it: closed, not silently without the box."""
    assert client.get("/contact/").status_code == 200
    Purpose.objects.filter(key="newsletter").update(key="mailing")
    assert client.get("/contact/").status_code == 503


def links(response: HttpResponse) -> dict[str, str]:
    """Return the links in the messages above the editor's form: what they say -> where they lead."""
    found = WagtailTestUtils.get_soup(response.content).select(".messages a, .errorlist a")
    return {" ".join(link.get_text().split()): link["href"] for link in found}


class TestTheEditor:
    def refused(self, response: HttpResponse, message: str, *, leads_to: str) -> None:
        """Check that nothing was published, and that what to do is a link to where it is done."""
        assert response.status_code == 200
        (address,) = [url for text, url in links(response).items() if message in text]
        assert address.startswith(leads_to)
        if address.startswith("#"):
            assert f'id="{address[1:]}"' in response.content.decode()

    @pytest.fixture
    def statement(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=[PrivacyStatementPage.objects.get(locale__language_code="nl").pk])

    def test_can_publish_what_is_covered(self, editor: Editor) -> None:
        page = contact_page()
        assert editor.publish(page, title="Schrijf ons").status_code == 302
        page.refresh_from_db()
        assert page.title == "Schrijf ons"

    def test_cannot_publish_a_field_with_data_that_the_statement_does_not_name(self, editor: Editor, statement: str) -> None:
        response = editor.publish(contact_page(), form_fields__0__category=str(a_new_kind_of_data().pk))
        self.refused(response, "noemt de gegevens “Geboortedatum” niet", leads_to=statement)

    def test_cannot_publish_a_purpose_that_the_statement_does_not_name(self, editor: Editor, statement: str) -> None:
        response = editor.publish(contact_page(), form_purposes__1__purpose=str(a_new_purpose().pk))
        self.refused(response, "noemt het doel “Loten” niet", leads_to=statement)

    def test_cannot_publish_a_field_whose_purpose_is_not_said_to_use_it(self, editor: Editor) -> None:
        """The row where it is mended is the purpose's; the statement follows."""
        newsletter = Purpose.objects.get(key="newsletter")
        response = editor.publish(contact_page(), form_fields__2__purpose=str(newsletter.pk))
        row = reverse("privacy-purpose:edit", args=[newsletter.pk])
        self.refused(response, "Het veld “Bedrijf” vraagt “Bedrijf”", leads_to=f"{row}#id_categories")

    def test_cannot_publish_a_field_for_a_purpose_that_the_form_does_not_have(self, editor: Editor) -> None:
        other = Purpose.objects.get(key="administration")
        response = editor.publish(contact_page(), form_fields__0__purpose=str(other.pk))
        self.refused(response, "niet bij de doelen van dit formulier", leads_to="#id_form_purposes-FORMS")

    def test_cannot_demand_an_answer_for_what_may_be_refused(self, editor: Editor) -> None:
        """B3: a form whose boxes are all left empty can be sent."""
        newsletter = Purpose.objects.get(key="newsletter")
        changes = {"form_fields__0__purpose": str(newsletter.pk), "form_fields__0__required": "on"}
        response = editor.publish(contact_page(), **changes)
        self.refused(response, "Het veld “Naam” is verplicht", leads_to="#id_form_fields-FORMS")

    def test_cannot_publish_a_form_without_a_purpose(self, editor: Editor) -> None:
        nothing = {"form_purposes__0__DELETE": "1", "form_purposes__1__DELETE": "1"}
        response = editor.publish(contact_page(), **nothing)
        self.refused(response, "kies minstens één doel", leads_to="#id_form_purposes-FORMS")

    def test_cannot_publish_while_there_is_no_statement(self, editor: Editor, statement: str) -> None:
        no_statement()
        response = editor.publish(contact_page())
        self.refused(response, "Er geldt nog geen privacyverklaring.", leads_to=statement)

    def test_can_save_a_draft_of_anything(self, editor: Editor) -> None:
        no_statement()
        page = contact_page()
        assert editor.save_draft(page, title="Nog niet af").status_code == 302
        page.refresh_from_db()
        assert page.get_latest_revision_as_object().title == "Nog niet af"

    def test_can_be_sent_back_unfinished(self, editor: Editor, admin_user: User) -> None:
        """Rejecting in a workflow saves the page without publishing it, and must be possible just then."""
        page = contact_page()
        approval = Workflow.objects.create(name="Vier ogen")
        task = GroupApprovalTask.objects.create(name="Vier ogen")
        task.groups.add(Group.objects.get(name="Eigenaar"))
        WorkflowTask.objects.create(workflow=approval, task=task)
        approval.start(page, admin_user)
        no_statement()
        response = editor.save_draft(page, action_workflow_action="1", workflow_action_name="reject")
        assert "Er geldt nog geen privacyverklaring" not in response.content.decode()

    def test_cannot_demand_what_the_statement_says_may_be_left_out(self, editor: Editor) -> None:
        """A12, A15: the published words decide, whatever the register says by now."""
        DataCategory.objects.filter(key="phone").update(is_required=True)
        response = editor.publish(contact_page(), form_fields__3__required="on")
        self.refused(response, "eist “Telefoonnummers”", leads_to="#id_form_fields-FORMS")
        publish()
        assert editor.publish(contact_page(), form_fields__3__required="on").status_code == 302

    def test_cannot_feed_a_processor_without_a_current_agreement(self, editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
        """E4, art. 28(3)."""
        today = timezone.localdate()
        Purpose.objects.get(key="newsletter").recipients.add(Processor.objects.get(key="zoho"))
        Processor.objects.filter(key="zoho").update(agreement_ends_on=today)
        publish()
        assert editor.publish(contact_page()).status_code == 302
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: today + timedelta(days=1))
        row = reverse("privacy-processor:edit", args=[Processor.objects.get(key="zoho").pk])
        self.refused(editor.publish(contact_page()), "Met verwerker “ZOHO”", leads_to=row)
        without = {"form_purposes__1__DELETE": "1"}
        assert editor.publish(contact_page(), **without).status_code == 302

    @pytest.mark.parametrize(
        "changes",
        [
            {"form_fields__1__field_type": "singleline"},
            {"form_fields__1__DELETE": "1"},
            {"form_fields__0__field_type": "email", "form_fields__0__required": "on"},
        ],
    )
    def test_needs_exactly_one_field_for_the_address(self, editor: Editor, changes: dict[str, str]) -> None:
        response = editor.publish(contact_page(), **changes)
        said = "precies één verplicht veld voor het e-mailadres"
        self.refused(response, said, leads_to="#id_form_fields-FORMS")

    @pytest.mark.parametrize("mode", ["form", "landing"])
    @pytest.mark.parametrize("happened", [no_purpose, no_statement])
    def test_can_look_at_a_draft_of_a_form_that_is_closed(self, happened: Callable[[], None], mode: str) -> None:
        happened()
        page = contact_page()
        page.title = "Nog niet zichtbaar"
        html = page.make_preview_request(preview_mode=mode).render().content.decode()
        assert ("Nog niet zichtbaar" if mode == "form" else "Bedankt voor uw bericht") in html
