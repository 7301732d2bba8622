"""The screen between Wagtail's publish button and a new version: what changes, why, and from when (law.md A19, A20)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail import hooks
from wagtail.models import GroupPagePermission, Page, Revision
from wagtail.test.utils import WagtailTestUtils

from privacy.register.models import Controller
from privacy.statement.gate import PublicationRefused
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.statement.services import people_to_notify
from tests.factories import DataSubjectFactory, confirm, publish, set_period, statement_form
from tests.markup import sent_back

pytestmark = pytest.mark.usefixtures("demo_site")


def page() -> PrivacyStatementPage:
    """Return the statement page as the database has it."""
    return PrivacyStatementPage.objects.get(locale__language_code="nl")


def edit_url() -> str:
    """Return the address of the page's form in the admin."""
    return reverse("wagtailadmin_pages:edit", args=[page().pk])


def screen_url() -> str:
    """Return the address of the screen."""
    return reverse("privacy_statement_publish", args=[page().pk])


def shown(client: Client) -> str:
    """Return the screen."""
    response = client.get(screen_url())
    assert response.status_code == 200
    return response.content.decode()


def words(html: str, selector: str) -> str:
    """Return the text of the elements that match."""
    return " ".join(found.get_text(" ", strip=True) for found in WagtailTestUtils.get_soup(html).select(selector))


def rename_first_section(heading: str = "Kortweg") -> None:
    """Save a draft that differs in one heading."""
    draft = page()
    draft.body[0].value["heading"] = heading
    draft.save_revision()


def first_publication() -> None:
    """Take the site back to where nothing was published yet; a person with a database client could."""
    page().unpublish()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM privacy_statement_statementtranslation")
        cursor.execute("DELETE FROM privacy_statement_statementversion")
        cursor.execute("SET LOCAL session_replication_role = origin")


class TestTheWayThere:
    def test_the_publish_button_saves_the_draft_and_leads_to_the_screen(self, admin_client: Client) -> None:
        response = admin_client.post(edit_url(), statement_form(page(), publish=True, title="Nieuw"))
        assert (response.status_code, response["Location"]) == (302, screen_url())
        assert page().title == "Privacyverklaring"
        assert page().get_latest_revision_as_object().title == "Nieuw"
        assert StatementVersion.objects.count() == 1

    def test_other_pages_are_published_as_ever(self) -> None:
        other = Page.objects.exclude(pk=page().pk).filter(depth=3)[0].specific
        answers = [hook(None, other) for hook in hooks.get_hooks("before_publish_page")]
        assert answers == [None]

    def test_a_brand_new_statement(self, admin_client: Client) -> None:
        """A19: Wagtail makes a new page live before it publishes it; without a version nothing of it is to be seen."""
        first_publication()
        PrivacyStatementPage.objects.get(locale__language_code="en").delete()
        home = page().get_parent()
        Revision.objects.for_instance(page()).delete()
        body = page()
        page().delete()
        url = reverse("wagtailadmin_pages:add", args=["privacy_statement", "privacystatementpage", home.pk])
        response = admin_client.post(url, statement_form(body, publish=True))
        assert (response.status_code, response["Location"]) == (302, screen_url())
        assert not page().live
        assert Client().get("/privacy/").status_code == 404
        assert confirm(admin_client, change_note=None).status_code == 200
        assert confirm(admin_client, change_note="Wij beginnen.").status_code == 302
        version = StatementVersion.objects.in_force()
        assert version is not None
        assert (version.number, version.change_note, version.is_material) == (1, "Wij beginnen.", True)
        assert page().live

    def test_the_gate_comes_first(self, admin_client: Client) -> None:
        """A1: who comes by the address alone is led to what is missing."""
        Controller.objects.update(kvk_number="")
        response = admin_client.get(screen_url(), follow=True)
        assert response.redirect_chain == [(edit_url(), 302)]
        assert "Vul het KvK-nummer in" in response.content.decode()

    def test_a_draft_that_is_not_finished(self, admin_client: Client) -> None:
        draft = page()
        draft.title = ""
        draft.save_revision(clean=False)
        response = admin_client.get(screen_url(), follow=True)
        assert response.redirect_chain == [(edit_url(), 302)]
        assert "nog niet af" in response.content.decode()

    def test_a_locked_statement(self, admin_client: Client) -> None:
        PrivacyStatementPage.objects.update(locked=True)
        response = admin_client.get(screen_url(), follow=True)
        assert response.redirect_chain == [(edit_url(), 302)]
        assert "vergrendeld" in response.content.decode()

    def test_only_for_who_may_publish(self) -> None:
        """32: editing is not publishing, with the button or without."""
        editors = Group.objects.create(name="Schrijvers")
        editors.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
        GroupPagePermission.objects.create(group=editors, page=page(), permission_type="change")
        writer = User.objects.create_user("schrijver", password="x")
        writer.groups.add(editors)
        client = Client()
        client.force_login(writer)
        assert client.get(edit_url()).status_code == 200
        for response in (client.get(screen_url()), client.post(screen_url(), {"change_note": "x", "kind": "material"})):
            assert (response.status_code, response["Location"]) == (302, "/admin/")
        assert StatementVersion.objects.count() == 1

    def test_a_stranger_is_sent_to_the_login(self, client: Client) -> None:
        assert client.get(screen_url())["Location"].startswith("/admin/login/")

    def test_there_is_none_for_another_page(self, admin_client: Client) -> None:
        assert admin_client.get(reverse("privacy_statement_publish", args=[1])).status_code == 404

    def test_looking_changes_nothing(self, admin_client: Client) -> None:
        """Invariant 4."""
        before = list(Revision.objects.values_list("pk", flat=True))
        shown(admin_client)
        assert list(Revision.objects.values_list("pk", flat=True)) == before


class TestWhatItShows:
    def test_changed_facts(self, admin_client: Client) -> None:
        """A20, invariant 8: material by itself, and not to be chosen."""
        set_period(12)
        html = shown(admin_client)
        assert "24 maanden (2 jaar)" in words(html, ".privacy-changes del")
        assert "12 maanden (1 jaar)" in words(html, ".privacy-changes ins")
        assert "12 maanden (1" in words(html, ".privacy-diff ins")
        assert "Dit is een wezenlijke wijziging" in html
        assert 'name="kind"' not in html

    def test_changed_words(self, admin_client: Client) -> None:
        """A20: what would be frozen against what is, and the editor says what it is."""
        rename_first_section()
        html = shown(admin_client)
        assert "Aan de feiten verandert niets." in html
        assert words(html, ".privacy-diff ins") == "Kortweg"
        assert words(html, ".privacy-diff del") == "In het kort"
        kinds = WagtailTestUtils.get_soup(html).select("input[name=kind]")
        assert [kind["value"] for kind in kinds] == ["editorial", "material"]
        assert not any(kind.has_attr("checked") for kind in kinds)

    def test_nothing_changed(self, admin_client: Client) -> None:
        html = shown(admin_client)
        assert "Aan de feiten verandert niets." in html
        assert "Aan de tekst verandert niets." in html

    def test_the_first_version(self, admin_client: Client) -> None:
        first_publication()
        html = shown(admin_client)
        assert "Dit wordt de eerste versie. Er is nog niets om haar mee te vergelijken." in html
        assert "Dit wordt versie 1." in html
        assert "bericht" not in words(html, "#publish .privacy-effects")
        assert "contactformulier is dan gesloten" in words(html, "#publish .privacy-effects")

    def test_what_will_happen(self, admin_client: Client) -> None:
        DataSubjectFactory.create_batch(2)
        assert "Dit wordt versie 2." in shown(admin_client)
        assert "Bij een wezenlijke wijziging krijgen 2 mensen bericht; bij een redactionele niemand." in shown(admin_client)
        set_period(12)
        assert "2 mensen krijgen bericht van deze wijziging." in shown(admin_client)

    def test_names_are_text_and_never_code(self, admin_client: Client) -> None:
        Controller.objects.update(name="<script>alert(1)</script>")
        assert "<script>alert" not in shown(admin_client)

    def test_costs_the_same_with_many_versions(self, admin_client: Client, django_assert_num_queries: Any) -> None:
        with_few = _queries(admin_client)
        for _ in range(5):
            publish()
        with django_assert_num_queries(with_few):
            shown(admin_client)


def _queries(client: Client) -> int:
    shown(client)
    with CaptureQueriesContext(connection) as seen:
        shown(client)
    return len(seen)


def test_people_to_notify_are_all_we_know_but_not_for_the_first_version() -> None:
    """A20."""
    DataSubjectFactory.create_batch(3)
    assert people_to_notify() == 3
    first_publication()
    assert people_to_notify() == 0


class TestAnswers:
    def test_one_line_is_required(self, admin_client: Client) -> None:
        """A19, A20: what changed, and why; beside the field, and nothing else typed is lost."""
        for note in (None, "", "   "):
            response = confirm(admin_client, change_note=note, kind="material")
            html = response.content.decode()
            assert response.status_code == 200
            assert "Vertel in één regel wat er veranderd is" in words(html, "#id_change_note-errors")
            assert sent_back(html, form="publish")["kind"] == "material"
        assert StatementVersion.objects.count() == 1

    def test_it_is_one_line(self, admin_client: Client) -> None:
        confirm(admin_client, change_note=" Nieuwe\r\n  boekhouder. ", kind="material")
        assert StatementVersion.objects.get(number=2).change_note == "Nieuwe boekhouder."

    def test_the_mark_is_required(self, admin_client: Client) -> None:
        """A20."""
        for kind in (None, "", "anders"):
            html = confirm(admin_client, kind=kind).content.decode()
            assert words(html, "#id_kind_error")
        assert StatementVersion.objects.count() == 1

    @pytest.mark.parametrize(("kind", "is_material"), [("editorial", False), ("material", True)])
    def test_the_version_is_what_was_said(self, admin_client: Client, kind: str, is_material: bool) -> None:
        """A20."""
        rename_first_section()
        assert confirm(admin_client, kind=kind).status_code == 302
        version = StatementVersion.objects.get(number=2)
        assert (version.is_material, version.effective_on) == (is_material, timezone.localdate())
        assert "Kortweg" in version.html

    def test_a_day_before_today(self, admin_client: Client) -> None:
        """A20: refused beside the field; today is the first."""
        set_period(12)
        yesterday = timezone.localdate() - timedelta(days=1)
        for day in (yesterday.isoformat(), "", "30-30-30"):
            html = confirm(admin_client, effective_on=day).content.decode()
            assert words(html, "#id_effective_on-errors")
        assert StatementVersion.objects.count() == 1
        confirm(admin_client)
        assert StatementVersion.objects.get(number=2).effective_on == timezone.localdate()

    def test_a_later_day(self, admin_client: Client) -> None:
        set_period(12)
        later = timezone.localdate() + timedelta(days=30)
        response = confirm(admin_client, effective_on=later.isoformat())
        assert StatementVersion.objects.get(number=2).effective_on == later
        said = admin_client.get(response["Location"]).content.decode()
        assert f"Versie 2 van de privacyverklaring is gepubliceerd en geldt vanaf {date_format(later)}." in said

    @pytest.mark.parametrize("day", ["2000-01-01", "2999-01-01", "geen dag"])
    def test_an_editorial_change_has_no_day(self, admin_client: Client, day: str) -> None:
        """The field is hidden then; what is left in it counts for nothing."""
        confirm(admin_client, kind="editorial", effective_on=day)
        assert StatementVersion.objects.get(number=2).effective_on == timezone.localdate()

    def test_the_hook_of_wagtail_runs(self, admin_client: Client) -> None:
        seen: list[int] = []
        with hooks.register_temporarily("after_publish_page", lambda request, published: seen.append(published.pk)):
            confirm(admin_client, kind="editorial")
        assert seen == [page().pk]


class TestMeanwhile:
    """What is published is what was shown."""

    @pytest.fixture
    def opened(self, admin_client: Client) -> dict[str, str]:
        """The screen of an editor who has answered, but not sent it yet."""
        rename_first_section()
        return sent_back(shown(admin_client), form="publish") | {"change_note": "Kop.", "kind": "editorial"}

    @staticmethod
    def refused(client: Client, opened: dict[str, str]) -> str:
        """Send it; return the screen that comes back."""
        before = StatementVersion.objects.count()
        response = client.post(screen_url(), opened)
        html = response.content.decode()
        assert response.status_code == 200
        assert "Kijk opnieuw wat er verandert" in words(html, "[role=alert]")
        assert StatementVersion.objects.count() == before
        return html

    def test_the_register_changed(self, admin_client: Client, opened: dict[str, str]) -> None:
        """A20, invariant 8: a fact that nobody saw is not published, least of all as editorial."""
        set_period(12)
        html = self.refused(admin_client, opened)
        assert "12 maanden (1 jaar)" in words(html, ".privacy-changes ins")
        again = sent_back(html, form="publish")
        assert again["change_note"] == "Kop."
        assert "kind" not in again
        assert admin_client.post(screen_url(), again).status_code == 302
        assert StatementVersion.objects.get(number=2).is_material

    def test_the_draft_changed(self, admin_client: Client, opened: dict[str, str]) -> None:
        rename_first_section("Heel kort")
        assert "Heel" in words(self.refused(admin_client, opened), ".privacy-diff ins")

    def test_the_draft_was_overwritten_in_place(self, admin_client: Client, opened: dict[str, str]) -> None:
        """Autosave keeps the number of the revision."""
        draft = page().get_latest_revision_as_object()
        draft.body[0].value["heading"] = "Overschreven"
        draft.save_revision(overwrite_revision=page().latest_revision)
        assert "Overschreven" in words(self.refused(admin_client, opened), ".privacy-diff ins")

    @pytest.mark.parametrize("in_place", [True, False], ids=["over the same revision", "as a new revision"])
    def test_the_draft_was_saved_again_as_it_was(self, admin_client: Client, opened: dict[str, str], in_place: bool) -> None:
        """Autosave may come in after the editor's page was left: nothing changed, so nothing is asked twice."""
        revision = page().latest_revision if in_place else None
        draft = page().get_latest_revision_as_object()
        for block in draft.body:
            block.id = None  # a block that came without a name gets another one with each save
        draft.save_revision(overwrite_revision=revision)
        assert admin_client.post(screen_url(), opened).status_code == 302
        assert StatementVersion.objects.count() == 2

    def test_the_editors_page_saved_itself_before_it_had_loaded(self, admin_client: Client, opened: dict[str, str]) -> None:
        """A field without text is sent as an empty paragraph then, and as nothing at all once its editor is there."""
        draft = page().get_latest_revision_as_object()
        assert "" in [block.value["text"].source for block in draft.body]
        form = statement_form(draft, publish=False, search_description=draft.search_description)
        assert admin_client.post(edit_url(), form, headers={"accept": "application/json"}).json()["success"]
        assert admin_client.post(screen_url(), opened).status_code == 302
        assert "<p></p>" not in StatementVersion.objects.get(number=2).html

    def test_somebody_else_published_it(self, admin_client: Client, opened: dict[str, str]) -> None:
        confirm(admin_client, kind="editorial")
        assert "Dit wordt versie 3." in self.refused(admin_client, opened)

    def test_without_a_fingerprint(self, admin_client: Client, opened: dict[str, str]) -> None:
        del opened["fingerprint"]
        self.refused(admin_client, opened)

    def test_in_the_very_last_moment(
        self, admin_client: Client, opened: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between the comparison and the freeze: undone as a whole, and asked anew."""
        whole = PrivacyStatementPage.save_revision

        def meanwhile(self: PrivacyStatementPage, *args: Any, **kwargs: Any) -> Any:
            Controller.objects.update(phone="085 111 11 11")
            return whole(self, *args, **kwargs)

        monkeypatch.setattr(PrivacyStatementPage, "save_revision", meanwhile)
        opened["kind"] = "material"
        before = page().latest_revision_id
        response = admin_client.post(screen_url(), opened)
        assert (response.status_code, response["Location"]) == (302, screen_url())
        assert StatementVersion.objects.count() == 1
        assert page().latest_revision_id == before


class TestPlanned:
    """A publication for later is described when it is planned, and the description goes with it (A19, A20)."""

    @pytest.fixture
    def day(self) -> date:
        """A week from now."""
        return timezone.localdate() + timedelta(days=7)

    @pytest.fixture
    def planned(self, admin_client: Client, day: date) -> None:
        """A draft with a day to go live, saved and on its way to the screen."""
        set_period(12)
        form = statement_form(page(), publish=True, go_live_at=f"{day} 12:00")
        assert admin_client.post(edit_url(), form)["Location"] == screen_url()

    def later(self, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
        """Let the clock run, and publish what is planned."""
        moment = timezone.now() + timedelta(days=days)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        call_command("publish_scheduled")

    def test_is_asked_for_when_it_is_planned(self, admin_client: Client, planned: None, day: date) -> None:
        html = shown(admin_client)
        assert "Inplannen" in words(html, "#publish button")
        assert f"{date_format(day)} 12:00" in words(html, "#publish .privacy-effects")
        assert confirm(admin_client, change_note="").status_code == 200
        assert not Revision.objects.filter(approved_go_live_at__isnull=False)

    def test_holds_from_the_day_it_goes_live_at_the_earliest(self, admin_client: Client, planned: None, day: date) -> None:
        sooner = (day - timedelta(days=1)).isoformat()
        html = confirm(admin_client, effective_on=sooner).content.decode()
        assert f"Kies {date_format(day)} of later" in words(html, "#id_effective_on-errors")

    @pytest.mark.parametrize("wait", [0, 20])
    def test_keeps_what_was_said(
        self, admin_client: Client, planned: None, day: date, wait: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chosen = day + timedelta(days=wait)
        response = confirm(admin_client, change_note="Korter.", effective_on=chosen.isoformat())
        assert "ingepland voor" in admin_client.get(response["Location"]).content.decode()
        assert StatementVersion.objects.count() == 1
        self.later(monkeypatch, 8)
        version = StatementVersion.objects.get(number=2)
        today = timezone.localdate()
        # The clock came a day late, and nothing holds before it is published.
        assert (version.change_note, version.effective_on) == ("Korter.", max(chosen, today))

    def test_is_locked_until_then(self, admin_client: Client, planned: None) -> None:
        confirm(admin_client)
        assert admin_client.get(screen_url())["Location"] == edit_url()

    def test_a_cancelled_plan_says_nothing_of_the_next_draft(self, admin_client: Client, planned: None) -> None:
        confirm(admin_client, change_note="Korter.")
        revision = Revision.objects.get(approved_go_live_at__isnull=False)
        admin_client.post(reverse("wagtailadmin_pages:revisions_unschedule", args=[page().pk, revision.pk]))
        admin_client.post(edit_url(), statement_form(page(), publish=False))
        assert page().get_latest_revision_as_object().change_note == ""


def test_a_script_needs_no_line() -> None:
    """Only people are asked: `save_revision().publish()` works as it did."""
    page().save_revision().publish()
    assert StatementVersion.objects.get(number=2).change_note == ""


def test_a_person_is_asked_whichever_way(admin_user: User) -> None:
    """A20: the rule is in the page itself, not in the screen alone."""
    revision = page().save_revision(user=admin_user)
    with pytest.raises(PublicationRefused) as refused:
        revision.publish(user=admin_user)
    assert [problem.code for problem in refused.value.problems] == ["A20.note"]
    assert StatementVersion.objects.count() == 1
