"""Publishing: every way of it makes the next version in the same transaction, and a version is proof for ever."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from wagtail.models import Revision

from privacy.register.models import Controller, Purpose, RetentionRule
from privacy.statement import facts as facts_module
from privacy.statement.facts import canonical, sha256
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from tests.factories import confirm, publish, set_period, statement_form

pytestmark = pytest.mark.usefixtures("demo_site")


def page() -> PrivacyStatementPage:
    """Return the statement page as the database has it."""
    return PrivacyStatementPage.objects.get(locale__language_code="nl")


def edit_url() -> str:
    """Return the address of the page's form in the admin."""
    return reverse("wagtailadmin_pages:edit", args=[page().pk])


def state() -> dict[str, Any]:
    """Return all that a publication changes, for before and after."""
    shown = page()
    return {
        "title": shown.title,
        "live_revision": shown.live_revision_id,
        "latest_revision": shown.latest_revision_id,
        "last_published_at": shown.last_published_at,
        "revisions": set(Revision.objects.for_instance(shown).values_list("pk", flat=True)),
        "versions": list(StatementVersion.objects.values_list("number", "sha256")),
    }


class TestNumbers:
    def test_the_first_publication_is_version_1_the_next_is_2(self) -> None:
        """A19."""
        first = StatementVersion.objects.get()
        second = publish("Telefoonnummer gewijzigd.")
        assert (first.number, second.number) == (1, 2)
        assert StatementVersion.objects.in_force() == second
        assert second.effective_on == timezone.localdate()
        assert second.revision == page().live_revision

    def test_drafts_make_none(self) -> None:
        draft = page()
        draft.title = "Concept"
        draft.save_revision()
        assert StatementVersion.objects.count() == 1

    def test_nothing_is_in_force_while_no_page_is_live(self) -> None:
        """Invariant 1; what was published stays, and the count goes on."""
        page().unpublish()
        assert StatementVersion.objects.in_force() is None
        assert publish().number == 2


class TestProof:
    def test_hashes_can_be_computed_again_and_form_a_chain(self) -> None:
        """A19: from the stored text and facts alone, by whoever doubts them."""
        set_period(12)
        publish("Korter.")
        publish("Nog eens.")
        before = ""
        for version in StatementVersion.objects.order_by("number"):
            assert version.html_sha256 == sha256(version.html)
            assert version.facts_sha256 == sha256(canonical(version.facts))
            assert version.previous_sha256 == before
            assert version.sha256 == version.chained_sha256()
            before = version.sha256

    @pytest.mark.parametrize("field", ["number", "change_note", "html_sha256", "facts_sha256", "previous_sha256"])
    def test_the_hash_covers(self, field: str) -> None:
        version = publish()
        setattr(version, field, 99 if field == "number" else "anders")
        assert version.chained_sha256() != version.sha256

    def test_facts_come_out_of_the_database_as_they_went_in(self) -> None:
        """Letters, line ends and order of keys: what was hashed is what is read."""
        Purpose.objects.filter(key="enquiry").update(description='Eén “vraag”\r\nover ½ site \u2603 \\ "')
        given = page().current_facts()
        assert canonical(publish().facts) == canonical(given)

    def test_says_who_and_why(self, admin_user: Any) -> None:
        """A19."""
        draft = page()
        draft.change_note = "Nieuwe boekhouder."
        draft.save_revision(user=admin_user).publish()
        version = StatementVersion.objects.in_force()
        assert version is not None
        assert (version.author, version.change_note) == (admin_user, "Nieuwe boekhouder.")

    def test_outlives_the_account_of_who_published(self, admin_user: Any) -> None:
        page().save_revision(user=admin_user).publish()
        number = admin_user.pk
        admin_user.delete()
        version = StatementVersion.objects.in_force()
        assert version is not None
        assert version.author_id == number
        assert not get_user_model().objects.filter(pk=number).exists()

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE privacy_statement_statementversion SET html = 'anders'",
            "UPDATE privacy_statement_statementversion SET effective_on = '2000-01-01' WHERE number = 1",
            "DELETE FROM privacy_statement_statementversion",
            "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE privacy_statement_statementversion CASCADE",
            # What lets consents go with their person does not let versions go.
            "SET LOCAL privacy.erasing = 'on'; DELETE FROM privacy_statement_statementversion",
        ],
    )
    def test_the_database_refuses_to_change_it(self, statement: str) -> None:
        """A19: no code of ours is needed to keep it."""
        before = StatementVersion.objects.values().get()
        with pytest.raises(DatabaseError, match="are proof"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert StatementVersion.objects.values().get() == before

    def test_purging_revisions_leaves_every_version_its_revision(self) -> None:
        """A22: Wagtail would delete even the live revision when a newer draft exists."""
        publish()
        draft = page()
        for title in ("Concept", "Nog een concept"):
            draft.title = title
            draft.save_revision()
        drafts = Revision.objects.for_instance(draft).count()
        call_command("purge_revisions", "--days", "0", "--pages")
        assert Revision.objects.for_instance(draft).count() == drafts - 1
        assert {v.revision.pk for v in StatementVersion.objects.all()} <= set(Revision.objects.values_list("pk", flat=True))

    def test_the_page_cannot_be_deleted(self, admin_client: Client) -> None:
        """A22: refused by the database, and by the admin with the reason."""
        with pytest.raises(models.ProtectedError), transaction.atomic():
            page().delete()
        response = admin_client.post(reverse("wagtailadmin_pages:delete", args=[page().pk]), follow=True)
        assert response.status_code == 200
        assert "zijn bewijs en blijven altijd leesbaar" in response.content.decode()
        assert StatementVersion.objects.filter(page=page()).exists()


class TestInTheAdmin:
    def test_publishing_makes_a_version_by_whoever_is_logged_in(self, admin_client: Client, admin_user: Any) -> None:
        response = admin_client.post(edit_url(), statement_form(page(), publish=True, title="Privacy"))
        assert response.status_code == 302
        assert confirm(admin_client, change_note="Kop.", kind="editorial").status_code == 302
        version = StatementVersion.objects.in_force()
        assert version is not None
        assert (version.number, version.author, version.change_note, page().title) == (2, admin_user, "Kop.", "Privacy")

    def test_saving_a_draft_makes_none(self, admin_client: Client) -> None:
        response = admin_client.post(edit_url(), statement_form(page(), publish=False, title="Concept"))
        assert response.status_code == 302
        assert page().get_latest_revision_as_object().title == "Concept"
        assert StatementVersion.objects.get().number == 1

    def test_a_new_round_starts_with_an_empty_note(self, admin_client: Client) -> None:
        """The note belongs to the version it was written for: neither page nor a later draft has it."""

        def described(one: PrivacyStatementPage) -> dict[str, Any]:
            return {name: getattr(one, name) for name in PrivacyStatementPage.NEW_ROUND}

        confirm(admin_client, change_note="Tikfout.", kind="editorial")
        assert StatementVersion.objects.get(number=2).change_note == "Tikfout."
        assert page().live_revision.content["change_note"] == "Tikfout."
        assert described(page()) == PrivacyStatementPage.NEW_ROUND
        admin_client.post(edit_url(), statement_form(page(), publish=False))
        assert described(page().get_latest_revision_as_object()) == PrivacyStatementPage.NEW_ROUND

    def test_goes_wrong_as_a_whole(self, admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        """A19: no page goes live without its version, whatever fails; Wagtail alone would save the page first."""
        admin_client.post(edit_url(), statement_form(page(), publish=True, title="Half"))
        before = state()
        assert before["title"] == "Privacyverklaring"
        monkeypatch.setattr("privacy.statement.signal_handlers.freeze", _fail)
        with pytest.raises(Broken):
            confirm(admin_client, kind="material")
        assert state() == before

    def test_a_first_publication_goes_wrong_as_a_whole(self, admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        page().unpublish()
        admin_client.post(edit_url(), statement_form(page(), publish=True))
        before = state()
        monkeypatch.setattr("privacy.statement.signal_handlers.freeze", _fail)
        with pytest.raises(Broken):
            confirm(admin_client, kind="material")
        assert state() == before
        assert not page().live


def test_publishing_a_revision_goes_wrong_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of scheduled publishing, workflows and scripts."""
    draft = page()
    draft.title = "Half"
    revision = draft.save_revision()
    before = state()
    monkeypatch.setattr("privacy.statement.signal_handlers.freeze", _fail)
    with pytest.raises(Broken):
        revision.publish()
    assert state() == before


class Broken(Exception):
    """What fails here."""


def _fail(**kwargs: Any) -> None:
    raise Broken


class TestScheduled:
    def test_makes_its_version_when_it_goes_live_and_not_before(self, monkeypatch: pytest.MonkeyPatch) -> None:
        planned = page()
        planned.change_note = "Volgende week."
        planned.go_live_at = timezone.now() + timedelta(days=7)
        planned.save_revision().publish()
        call_command("publish_scheduled")
        assert StatementVersion.objects.get().number == 1
        assert StatementVersion.objects.in_force() is not None

        later = timezone.now() + timedelta(days=8)
        monkeypatch.setattr("django.utils.timezone.now", lambda: later)
        call_command("publish_scheduled")
        version = StatementVersion.objects.in_force()
        assert version is not None
        assert (version.number, version.change_note, version.published_at) == (2, "Volgende week.", later)

    def test_a_first_publication_planned_for_later_binds_nobody_yet(self) -> None:
        planned = page()
        planned.unpublish()
        planned.go_live_at = timezone.now() + timedelta(days=7)
        planned.save_revision().publish()
        assert StatementVersion.objects.in_force() is None
        assert StatementVersion.objects.count() == 1


class TestRegister:
    def test_an_edit_is_a_draft_until_it_is_published(self, client: Client) -> None:
        """A8: the period shown is the period that binds; neither changes before the other."""
        before = client.get("/privacy/").content
        set_period(6)
        Controller.objects.update(name="Anders BV")
        Purpose.objects.filter(key="newsletter").update(name="Heel iets anders")
        assert client.get("/privacy/").content == before
        assert _in_force().period_months("relations") == 24
        publish()
        after = client.get("/privacy/").content.decode()
        assert _in_force().period_months("relations") == 6
        assert all(text in after for text in ("Anders BV", "Heel iets anders", "6 maanden na het laatste contact"))
        assert "24 maanden (2 jaar) na het laatste contact" not in after

    def test_the_printed_period_is_the_frozen_one(self) -> None:
        """A8: one value; the text is made from the facts that the job reads."""
        for months, label in ((1, "1 maand"), (11, "11 maanden"), (12, "12 maanden (1 jaar)"), (30, "30 maanden")):
            set_period(months)
            version = publish()
            rule = version.look.rule("relations")
            assert rule is not None
            assert (version.period_months("relations"), rule["period_label"]) == (months, label)
            assert f"{label} na het laatste contact" in version.html
            wording = next(p["consent_wording"] for p in version.facts["purposes"] if p["key"] == "enquiry")
            assert label in wording

    def test_everything_in_it_is_in_the_facts_and_in_the_text(self) -> None:
        """A3, A5, A7, A9, A11: what the register holds, the reader is told."""
        version = _in_force()
        kinds = ("categories", "purposes", "retention", "recipients", "systems", "security")
        for kind in kinds:
            assert version.facts[kind], kind
            for row in version.facts[kind]:
                assert escape(row.get("public_text", row["name"])) in version.html
        for right in ("Inzage", "Rectificatie", "Wissen", "Beperken", "Overdragen", "Recht van bezwaar"):
            assert right in version.html
        assert 'href="https://www.autoriteitpersoonsgegevens.nl/"' in version.html
        assert version.facts["controller"]["kvk_number"] in version.html

    def test_unknown_rule_is_an_error_and_no_number(self) -> None:
        with pytest.raises(LookupError, match="nonexistent"):
            _in_force().period_months("nonexistent")

    def test_the_collection_asks_the_same_with_many_rows(self, django_assert_num_queries: Any) -> None:
        site = page().get_site()
        facts_module.collect(site)
        rule = RetentionRule.objects.get(key="relations")
        with django_assert_num_queries(12):
            facts_module.collect(site)
        for number in range(20):
            Purpose.objects.create(key=f"p{number}", name="p", description="p", legal_basis="b", retention_rule=rule)
        with django_assert_num_queries(12):
            assert len(facts_module.collect(site)["purposes"]) >= 20


def _in_force() -> StatementVersion:
    version = StatementVersion.objects.in_force()
    assert version is not None
    return version
