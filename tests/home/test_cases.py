"""A case about a client is live only while its ground holds (law.md B3, B8; art. 6(1), 7(3), 17(1)(b))."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import GroupApprovalTask, Page, PageLogEntry, Revision, Workflow, WorkflowPage, WorkflowTask
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from home.grounds import Ground
from home.mails import taken_down_mail
from home.models import CaseIndexPage, CasePage
from home.tasks import check_grounds
from privacy.consent.erasure import carry_out
from privacy.consent.models import ErasureDue, Method
from privacy.consent.services import withdraw
from privacy.mail.models import Mail
from privacy.statement.gate import PublicationRefused
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase
from tests.factories import ConsentEventFactory, DataSubjectFactory, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


def index() -> CaseIndexPage:
    """Return the Dutch overview."""
    found: CaseIndexPage = CaseIndexPage.objects.get(locale__language_code="nl")
    return found


@pytest.fixture
def client_of_ours() -> DataSubject:
    """Somebody who consented to be shown."""
    person: DataSubject = DataSubjectFactory.create(email="klant@voorbeeld.example")
    ConsentEventFactory.create(subject=person, purpose="reference")
    return person


@pytest.fixture
def case(client_of_ours: DataSubject) -> CasePage:
    """A live case about them."""
    return made(ground=Ground.CONSENT, subject=client_of_ours, client="Jansen Advies")


def made(**fields: Any) -> CasePage:
    """Make a case and publish it, if its ground allows."""
    page: CasePage = index().add_child(
        instance=CasePage(title="Werk voor Jansen", slug="jansen", intro="Jansen wilde meer klanten.", live=False, **fields)
    )
    page.save_revision().publish()
    return CasePage.objects.get(pk=page.pk)


def take_back(person: DataSubject, purpose: str = "reference") -> None:
    """Withdraw as a person does."""
    withdraw(subject=person, purpose=purpose, place="/toestemming/", at=timezone.now(), method=Method.LINK)


def answers(page: CasePage, *, action: str = "action-publish", **changed: str) -> dict[str, Any]:
    """Return what the admin's form sends for a page."""
    values = {
        name: str(getattr(page, name) or "")
        for name in ("title", "slug", "intro", "client", "website", "ground", "contract", "picture_alt")
    }
    given: dict[str, Any] = nested_form_data(
        values
        | {
            "client_email": page.subject.email if page.subject else "",
            "picture": str(page.picture_id or ""),
            "contract_ends_on": "",
            "seo_title": "",
            "search_description": "",
            "go_live_at": "",
            "expire_at": "",
            "comments": {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": ""},
            "body": streamfield([("section", {"heading": "Kop", "text": rich_text("<p>Tekst</p>")})]),
            action: action,
        }
        | changed
    )
    return given


def edit(page: CasePage) -> str:
    """Return the address of its form."""
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "no ground": ({"ground": Ground.NO_CLIENT, "client": "Jansen"}, "B3.ground"),
    "nobody": ({"ground": Ground.CONSENT, "client": "Jansen"}, "B3.person"),
    "no contract": ({"ground": Ground.CONTRACT, "client": "Jansen BV"}, "B3.contract"),
    "contract of the past": (
        {"ground": Ground.CONTRACT, "contract": "Offerte 12", "contract_ends_on": timezone.localdate() - timedelta(days=1)},
        "B3.contract_ended",
    ),
}


class TestGround:
    @pytest.mark.parametrize("kind", REFUSALS)
    def test_refuses_what_has_none(self, kind: str) -> None:
        """Also a script."""
        fields, code = REFUSALS[kind]
        with pytest.raises(PublicationRefused) as refused:
            made(**fields)
        assert [problem.code for problem in refused.value.problems] == [code]
        assert not CasePage.objects.get(slug="jansen").live

    def test_refuses_somebody_who_never_agreed(self) -> None:
        with pytest.raises(PublicationRefused, match="gaf geen toestemming"):
            made(ground=Ground.CONSENT, subject=DataSubjectFactory.create())

    def test_refuses_somebody_who_agreed_to_something_else(self) -> None:
        person = DataSubjectFactory.create()
        ConsentEventFactory.create(subject=person, purpose="newsletter")
        with pytest.raises(PublicationRefused):
            made(ground=Ground.CONSENT, subject=person)

    def test_refuses_somebody_whose_data_are_restricted(self, client_of_ours: DataSubject) -> None:
        """Art. 18(2)."""
        DataSubject.objects.update(restricted_at=timezone.now())
        with pytest.raises(PublicationRefused, match="beperken"):
            made(ground=Ground.CONSENT, subject=client_of_ours)

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"ground": Ground.CONTRACT, "contract": "Overeenkomst van 1 mei", "client": "Jansen BV"},
            {"ground": Ground.CONTRACT, "contract": "Offerte 12", "contract_ends_on": timezone.localdate()},
        ],
    )
    def test_lets_go_live_what_has_one(self, fields: dict[str, Any], client: Client) -> None:
        assert made(**fields).live
        assert client.get("/werk/jansen/").status_code == 200

    def test_by_consent(self, case: CasePage, client: Client) -> None:
        assert case.live
        text = client.get("/werk/jansen/").content.decode()
        assert "Jansen Advies" in text
        assert "klant@voorbeeld.example" not in text


class TestForm:
    def test_says_what_is_lacking_beside_the_field(self, admin_client: Client) -> None:
        page = made()
        response = admin_client.post(edit(page), answers(page, client="Jansen"))
        assert response.status_code == 200
        assert 'href="#id_ground"' in response.content.decode()
        assert CasePage.objects.get(pk=page.pk).client == ""

    def test_knows_the_client_by_address(self, admin_client: Client, client_of_ours: DataSubject) -> None:
        page = made()
        page.unpublish()
        typed = {"client": "Jansen", "ground": "consent", "client_email": "Klant@Voorbeeld.example"}
        response = admin_client.post(edit(page), answers(page, **typed))
        assert response.status_code == 302
        stored = CasePage.objects.get(pk=page.pk)
        assert (stored.live, stored.subject) == (True, client_of_ours)
        assert 'value="klant@voorbeeld.example"' in admin_client.get(edit(page)).content.decode()

    def test_refuses_an_address_that_is_unknown(self, admin_client: Client) -> None:
        page = made()
        response = admin_client.post(edit(page), answers(page, ground="consent", client_email="wie@voorbeeld.example"))
        assert "Met dit adres is geen toestemming gegeven" in response.content.decode()

    def test_saves_any_draft(self, admin_client: Client) -> None:
        page = made()
        response = admin_client.post(edit(page), answers(page, client="Jansen", action="action-save"))
        assert response.status_code == 302
        assert CasePage.objects.get(pk=page.pk).client == ""

    def test_a_draft_of_a_live_case_cannot_be_about_somebody_else(self, admin_client: Client, case: CasePage) -> None:
        """Whoever is in a draft is found by inzage and erasure: the database knows the client of the page."""
        other = DataSubjectFactory.create()
        response = admin_client.post(edit(case), answers(case, action="action-save", client_email=other.email))
        assert "De casus staat online" in response.content.decode()

    def test_wants_a_picture_in_words(self, admin_client: Client) -> None:
        """H2, WCAG 1.1.1: alternative text, or the word that it is decoration."""
        page = CasePage.objects.get(slug="deze-website")
        response = admin_client.post(edit(page), answers(page, picture_alt=""))
        assert 'href="#id_picture_alt"' in response.content.decode()
        assert admin_client.post(edit(page), answers(page, picture_alt="", picture_is_decorative="on")).status_code == 302


class TestOtherWays:
    """Every way of publishing is refused, and all stays as it was."""

    @pytest.fixture
    def groundless(self, case: CasePage, client_of_ours: DataSubject) -> CasePage:
        """A case whose client took consent back."""
        take_back(client_of_ours)
        found: CasePage = CasePage.objects.get(pk=case.pk)
        return found

    def test_bulk(self, groundless: CasePage, admin_client: Client) -> None:
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        response = admin_client.post(f"{url}?id={groundless.pk}")
        assert (response.status_code, response["Location"]) == (302, edit(groundless))
        said = " ".join(message.message for message in get_messages(response.wsgi_request))
        assert "gaf geen toestemming" in said
        assert not CasePage.objects.get(pk=groundless.pk).live

    def test_workflow(self, groundless: CasePage, admin_client: Client, admin_user: User) -> None:
        task = GroupApprovalTask.objects.create(name="Nakijken")
        workflow = Workflow.objects.create(name="Nakijken")
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
        WorkflowPage.objects.create(workflow=workflow, page=groundless)
        groundless.save_revision()
        state = workflow.start(groundless, admin_user).current_task_state
        url = reverse("wagtailadmin_pages:workflow_action", args=[groundless.pk, "approve", state.pk])
        response = admin_client.post(url, {"comment": "Ok."})
        assert response["Location"] == edit(groundless)
        state.refresh_from_db()
        assert state.status == state.STATUS_IN_PROGRESS
        assert not CasePage.objects.get(pk=groundless.pk).live

    def test_clock(self, groundless: CasePage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        groundless.go_live_at = timezone.now() + timedelta(days=7)
        groundless.save_revision().publish()
        moment = timezone.now() + timedelta(days=8)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        with caplog.at_level(logging.WARNING, logger="privacy.statement"):
            call_command("publish_scheduled")
        assert not CasePage.objects.get(pk=groundless.pk).live
        assert f"The planned publication of page {groundless.pk} is refused: B3.consent" in caplog.messages

    def test_script(self, groundless: CasePage) -> None:
        with pytest.raises(PublicationRefused):
            groundless.save_revision().publish()
        assert not CasePage.objects.get(pk=groundless.pk).live


class TestWithdrawal:
    def test_takes_the_case_down_at_once_in_every_language(
        self, case: CasePage, client_of_ours: DataSubject, client: Client
    ) -> None:
        """Art. 7(3)."""
        english = case.copy_for_translation(CaseIndexPage.objects.get(locale__language_code="en").locale)
        english.save_revision().publish()
        assert client.get("/en/our-work/jansen/").status_code == 200
        take_back(client_of_ours)
        assert not CasePage.objects.live().filter(subject=client_of_ours).exists()
        for path in ("/werk/jansen/", "/en/our-work/jansen/"):
            assert client.get(path).status_code in {404, 410}
        assert "Jansen" not in client.get("/werk/").content.decode()

    def test_of_something_else_leaves_it(self, case: CasePage, client_of_ours: DataSubject) -> None:
        ConsentEventFactory.create(subject=client_of_ours, purpose="newsletter")
        take_back(client_of_ours, "newsletter")
        assert CasePage.objects.get(pk=case.pk).live

    def test_of_somebody_else_leaves_it(self, case: CasePage) -> None:
        other = DataSubjectFactory.create()
        ConsentEventFactory.create(subject=other, purpose="reference")
        take_back(other)
        assert CasePage.objects.get(pk=case.pk).live

    def test_leaves_a_case_that_rests_on_a_contract(self, client_of_ours: DataSubject) -> None:
        page = made(ground=Ground.CONTRACT, contract="Overeenkomst van 1 mei", subject=client_of_ours)
        take_back(client_of_ours)
        assert CasePage.objects.get(pk=page.pk).live

    def test_tells_the_editor_and_names_nobody(self, case: CasePage, client_of_ours: DataSubject, admin_user: User) -> None:
        """Invariant 3."""
        User.objects.filter(pk=admin_user.pk).update(email="redactie@koelict.example")
        case.save_revision(user=admin_user).publish()
        take_back(client_of_ours)
        owed = Mail.objects.get(kind="home.case_taken_down")
        message = taken_down_mail(owed)
        assert message is not None
        assert message.to == ["redactie@koelict.example"]
        assert f"Casus {case.pk}" in message.body
        assert edit(case) in message.body
        assert "Jansen" not in message.subject + message.body
        assert owed.subject is None

    def test_with_no_editor_the_privacy_address_is_told(
        self, case: CasePage, client_of_ours: DataSubject, settings: Any
    ) -> None:
        take_back(client_of_ours)
        message = taken_down_mail(Mail.objects.get(kind="home.case_taken_down"))
        assert message is not None
        assert message.to == [settings.PRIVACY_EMAIL]

    def test_deletes_the_case_with_its_drafts(self, case: CasePage, client_of_ours: DataSubject) -> None:
        """Art. 17(1)(b): it was kept on the strength of that consent alone."""
        take_back(client_of_ours)
        assert carry_out(ErasureDue.objects.get().pk, at=timezone.now())
        nothing_is_left(case)
        message = taken_down_mail(Mail.objects.get(kind="home.case_taken_down"))
        assert message is not None
        assert "gewist" in message.body
        assert "/admin/" not in message.body


def nothing_is_left(case: CasePage) -> None:
    """Look everywhere where Wagtail keeps something of a page."""
    assert not Page.objects.filter(pk=case.pk).exists()
    assert not Revision.objects.filter(object_id=str(case.pk), content_type=case.content_type).exists()
    kept = json.dumps(list(PageLogEntry.objects.filter(page_id=case.pk).values("label", "data")))
    assert "jansen" not in kept.lower()
    assert not Redirect.objects.filter(old_path__contains="jansen").exists()


class TestErasure:
    def test_of_the_person_takes_the_case_along(self, case: CasePage, client_of_ours: DataSubject, client: Client) -> None:
        """Art. 17(1)."""
        result = erase([client_of_ours], reason="asked", at=timezone.now())
        assert result.by_source["home.cases"] == 1
        nothing_is_left(case)
        assert client.get("/werk/").status_code == 200
        assert Mail.objects.filter(kind="home.case_taken_down").exists()

    def test_leaves_other_cases(self, case: CasePage, client_of_ours: DataSubject) -> None:
        others = CasePage.objects.exclude(pk=case.pk).count()
        erase([client_of_ours], reason="asked", at=timezone.now())
        assert CasePage.objects.count() == others


class TestSweep:
    """What ends a ground without anybody withdrawing is found within minutes."""

    @pytest.mark.parametrize("live_before", [True, False])
    def test_a_contract_that_ran_out(self, live_before: bool) -> None:
        page = made(ground=Ground.CONTRACT, contract="Offerte 12", contract_ends_on=timezone.localdate())
        if not live_before:
            page.unpublish()
        CasePage.objects.filter(pk=page.pk).update(contract_ends_on=timezone.localdate() - timedelta(days=1))
        check_grounds()
        check_grounds()
        assert not CasePage.objects.get(pk=page.pk).live
        assert Mail.objects.filter(kind="home.case_taken_down").count() == live_before

    def test_a_statement_under_which_consent_must_be_asked_again(self, case: CasePage) -> None:
        """A21."""
        from privacy.register.models import DataCategory, Purpose

        purpose = Purpose.objects.get(key="reference")
        purpose.categories.add(DataCategory.objects.get(key="phone"))
        publish()
        check_grounds()
        assert not CasePage.objects.get(pk=case.pk).live

    def test_a_restriction(self, case: CasePage, client_of_ours: DataSubject) -> None:
        """Art. 18."""
        DataSubject.objects.filter(pk=client_of_ours.pk).update(restricted_at=timezone.now())
        check_grounds()
        assert not CasePage.objects.get(pk=case.pk).live

    def test_leaves_what_holds(self, case: CasePage) -> None:
        before = set(CasePage.objects.live().values_list("pk", flat=True))
        check_grounds()
        assert set(CasePage.objects.live().values_list("pk", flat=True)) == before
        assert case.pk in before


def test_inzage_shows_the_case(case: CasePage, client_of_ours: DataSubject) -> None:
    """C9, C12."""
    from privacy.subjects.registry import registry

    (record,) = registry.sources["home.cases"].collect(client_of_ours)
    assert record.reference == f"CasePage #{case.pk}"
    assert record.values["Klant"] == "Jansen Advies"
    assert record.values["Staat op onze website"].endswith("/werk/jansen/")


class TestOverview:
    def test_costs_the_same_with_many_cases(self, client: Client, django_assert_max_num_queries: Callable[..., Any]) -> None:
        def cost() -> int:
            client.get("/werk/")
            with django_assert_max_num_queries(40) as captured:
                client.get("/werk/")
            return len(captured.captured_queries)

        few = cost()
        shown = CasePage.objects.get(slug="deze-website")
        pictures = {"picture": shown.picture, "picture_by_night": shown.picture_by_night}
        for number in range(6):
            index().add_child(instance=CasePage(title=f"Werk {number}", slug=f"werk-{number}", intro="Meer.", **pictures))
        assert cost() == few

    def test_pictures_come_in_the_best_format_and_size(self, client: Client) -> None:
        """Only the one on top of a page is loaded at once; all have their size, so that nothing jumps."""
        CasePage.objects.update(picture_by_night=None)
        text = client.get("/werk/").content.decode()
        assert text.count('type="image/avif"') == text.count('type="image/webp"') == 3
        assert text.count('loading="lazy"') == text.count("<img ") == 3
        assert text.count('height="300"') == text.count('width="480"') == 3
        page = client.get("/werk/deze-website/").content.decode()
        assert 'alt="Een vel tekst op een ijsschots' in page
        assert 'loading="lazy"' not in page
        assert "1600w" in page

    @pytest.mark.parametrize("path", ["/werk/deze-website/", "/werk/", "/"])
    def test_a_picture_has_another_one_for_the_dark(self, client: Client, path: str) -> None:
        """With the same sizes; a case without one shows what it shows by day."""
        soup = BeautifulSoup(client.get(path).content, "html.parser")
        for picture in soup.select("main picture"):
            night, *day = picture.find_all("source")
            assert (night["media"], night["type"]) == ("screen and (prefers-color-scheme: dark)", "image/webp")
            assert night["sizes"] == day[0]["sizes"] == picture.img["sizes"]
            assert "-night." in night["srcset"]
            assert [one.get("media") for one in day] == [None] * len(day)
        assert soup.select("main picture")
        CasePage.objects.update(picture_by_night=None)
        assert "prefers-color-scheme" not in str(BeautifulSoup(client.get(path).content, "html.parser").main)

    def test_says_so_when_it_is_empty(self, client: Client) -> None:
        for page in CasePage.objects.all():
            page.unpublish()
        assert "Hier staat nog geen werk." in client.get("/werk/").content.decode()
        assert "Bekijk al ons werk" not in client.get("/").content.decode()
