"""What came in stays readable for those who may read it, as it was asked, whatever becomes of the form."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry, Page, PageLogEntry, Revision

from contact.models import ContactPage, FormField, Submission
from home.models import HomePage
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from tests.factories import contact_page, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

MESSAGE = "Regel een.\n\nRegel <b>twee</b>."


@pytest.fixture
def submission(client: Client, demo_site: None) -> Submission:
    send(client, name="Jan Jansen", message=MESSAGE)
    return Submission.objects.get()


def screen(submission: Submission) -> str:
    return reverse("contact-messages:inspect", args=[submission.pk])


class TestTheOwnersScreen:
    def test_shows_questions_and_answers(self, admin_client: Client, submission: Submission) -> None:
        html = admin_client.get(screen(submission)).content.decode()
        assert "<dt>Uw bericht</dt>" in html
        assert "Jan Jansen" in html
        assert "<p>Regel een.</p>\n\n<p>Regel &lt;b&gt;twee&lt;/b&gt;.</p>" in html

    def test_shows_the_questions_as_they_were_asked(self, admin_client: Client, submission: Submission) -> None:
        page = contact_page()
        page.form_fields.get(clean_name="name").delete()
        page.form_fields.filter(clean_name="message").update(label="Vertel eens")
        html = admin_client.get(screen(submission)).content.decode()
        assert submission.answers()[0] == ("Naam", "Jan Jansen")
        assert "<dt>Naam</dt>" in html
        assert "<dt>Uw bericht</dt>" in html
        assert "Vertel eens" not in html

    def test_lists_messages_with_their_senders(self, admin_client: Client, submission: Submission) -> None:
        html = admin_client.get(reverse("contact-messages:index")).content.decode()
        assert f"Bericht {submission.pk}" in html
        assert "jan@voorbeeld.example" in html

    def test_costs_the_same_however_many_there_are(self, admin_client: Client, client: Client) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                admin_client.get(reverse("contact-messages:index"))
            return len(captured)

        send(client)
        queries()
        before = queries()
        for number in range(5):
            send(client, email=f"n{number}@voorbeeld.example")
        assert queries() == before

    def test_offers_no_way_to_change_or_delete(self, admin_client: Client, submission: Submission) -> None:
        for name in ("edit", "delete"):
            admin_client.post(reverse(f"contact-messages:{name}", args=[submission.pk]))
        assert Submission.objects.get() == submission

    @pytest.mark.parametrize("address", ["/admin/contact-messages/", "/admin/forms/", "/admin/forms/submissions/{page}/"])
    def test_is_not_for_everybody_who_may_edit_pages(self, client: Client, submission: Submission, address: str) -> None:
        """I3: Wagtail's own list would show the messages to every editor, with a button that deletes without a trace."""
        editor = User.objects.create_user("editor")
        editor.groups.add(Group.objects.get(name="Redacteur"))
        client.force_login(editor)
        response = client.get(address.format(page=submission.page_id), follow=True)
        assert "jan@" not in response.content.decode()
        assert "Submission" not in response.content.decode()


def test_its_name_says_nothing_about_the_person(submission: Submission) -> None:
    """I2: Wagtail's logs store this text."""
    assert str(submission) == repr(submission).strip("<>").removeprefix("Submission: ") == f"Submission #{submission.pk}"
    for model in (PageLogEntry, ModelLogEntry, Revision):
        assert "jan@" not in str(list(model.objects.values()))


def test_an_address_field_beside_the_required_one_is_an_answer_like_others(client: Client) -> None:
    """The person is known by the address that must be given, wherever the field stands."""
    page = contact_page()
    FormField.objects.create(
        page=page,
        clean_name="second",
        label="Tweede adres",
        field_type="email",
        required=False,
        sort_order=-1,
        category=page.form_fields.get(clean_name="email").category,
        purpose=page.form_fields.get(clean_name="email").purpose,
    )
    assert send(client, second="").status_code == 302
    assert Submission.objects.get().subject.email == "jan@voorbeeld.example"


class TestAPageWithProof:
    """I1: deleting a page never deletes what people sent with it, nor a statement they agreed to."""

    def test_is_kept_by_the_database(self, submission: Submission) -> None:
        for page in (contact_page(), PrivacyStatementPage.objects.get(locale__language_code="nl")):
            with pytest.raises(ProtectedError):
                page.delete()

    @pytest.mark.parametrize("model", [ContactPage, PrivacyStatementPage, HomePage])
    @pytest.mark.usefixtures("submission")
    def test_is_not_deleted_in_the_admin_and_the_editor_reads_why(self, admin_client: Client, model: type[Page]) -> None:
        """The page itself, or one above it."""
        page = model.objects.get(locale__language_code="nl")
        response = admin_client.post(
            reverse("wagtailadmin_pages:delete", args=[page.pk]), {"confirm_site_name": "Koel ICT"}, follow=True
        )
        assert response.redirect_chain[0][0] == reverse("wagtailadmin_pages:edit", args=[page.pk])
        assert "niet weg" in response.content.decode()
        assert Page.objects.filter(pk=page.pk).exists()

    @pytest.mark.parametrize("model", [ContactPage, PrivacyStatementPage, HomePage])
    @pytest.mark.usefixtures("submission")
    def test_is_not_deleted_in_bulk_either(self, admin_client: Client, model: type[Page]) -> None:
        page = model.objects.get(locale__language_code="nl")
        other = Page.objects.get(slug="over-ons")
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
        response = admin_client.post(f"{address}?id={page.pk}&id={other.pk}&next=/admin/", follow=True)
        assert "niet weg" in response.content.decode()
        assert Page.objects.filter(pk__in=[page.pk, other.pk]).count() == 2

    def test_without_any_is_deleted_as_usual(self, admin_client: Client) -> None:
        page = contact_page()
        admin_client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
        assert not ContactPage.objects.filter(pk=page.pk).exists()
        assert StatementVersion.objects.exists()
