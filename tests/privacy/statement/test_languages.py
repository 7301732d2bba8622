"""One version, one number, in every language in which the statement is live (law.md A17; art. 12(1))."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from privacy.register.models import Purpose, RetentionRule
from privacy.register.words import all_rows, translated_fields
from privacy.statement.gate import PublicationRefused
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.statement.publish_views import ask_what_changes
from privacy.statement.verification import broken_links
from tests.factories import confirm, publish, publish_screen, set_period
from tests.locking import at_once_behind
from tests.markup import sent_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


def in_english(path: str, *args: Any) -> str:
    with translation.override("en"):
        return reverse(path, args=args)


def translate_register() -> None:
    """Give every Dutch word of the register an English one."""
    for row in all_rows():
        for field in translated_fields(type(row)):
            setattr(row, f"{field}_en", f"English {getattr(row, field)}" if getattr(row, field) else "")
        row.save()


@pytest.fixture
def english_page(demo_site: None) -> PrivacyStatementPage:
    """The English statement as a draft, a register in two languages, and version 2 in force, which is Dutch alone."""
    page = PrivacyStatementPage.objects.get(locale__language_code="en")
    page.unpublish()
    publish()
    translate_register()
    page.save_revision()
    return page


class TestOneNumber:
    """Translations of one version share it (A17)."""

    def test_publishing_the_translation_freezes_both_languages(self, english_page: PrivacyStatementPage) -> None:
        english_page.get_latest_revision().publish()
        version = StatementVersion.objects.in_force()
        assert version
        assert version.number == 3
        words = version.in_language("en")
        assert words.language == "en"
        assert version.in_language("nl") is version
        enquiry, vraag = words.look.purpose("enquiry"), version.look.purpose("enquiry")
        assert enquiry
        assert vraag
        assert enquiry["name"] == "English Uw vraag beantwoorden"
        assert vraag["name"] == "Uw vraag beantwoorden"
        assert "English Uw vraag beantwoorden" in words.html

    def test_publishing_the_source_takes_the_live_translation_along(self, english_page: PrivacyStatementPage) -> None:
        english_page.get_latest_revision().publish()
        set_period(12)
        version = publish()
        rules = [words.look.rule("relations") for words in (version, version.in_language("en"))]
        assert [rule and rule["months"] for rule in rules] == [12, 12]

    def test_a_draft_translation_is_not_taken_along(self, english_page: PrivacyStatementPage) -> None:
        version = publish()
        assert version.in_language("en") is version

    def test_new_english_words_alone_are_no_change_of_facts(self, english_page: PrivacyStatementPage) -> None:
        english_page.get_latest_revision().publish()
        Purpose.objects.filter(key="enquiry").update(name_en="Answering you")
        english_page.refresh_from_db()
        english_page.is_editorial = True
        english_page.save_revision().publish()
        version = StatementVersion.objects.in_force()
        assert version
        assert version.number == 4
        assert not version.is_material

    def test_a_translation_before_its_source_binds_nobody(self, english_page: PrivacyStatementPage) -> None:
        source = PrivacyStatementPage.source()
        assert source
        source.unpublish()
        english_page.get_latest_revision().publish()
        assert StatementVersion.objects.in_force() is None
        assert StatementVersion.objects.count() == 2


class TestTheScreenThatAsks:
    """Publishing a translation makes a version too, so it is asked what changes (A20)."""

    def test_the_first_text_in_a_language(self, english_page: PrivacyStatementPage, admin_client: Client) -> None:
        html = admin_client.get(publish_screen(english_page)).content.decode()
        assert "In deze taal is dit de eerste tekst" in html
        assert "Dit wordt versie 3." in html
        confirm(admin_client, english_page, change_note="Ook in het Engels.", kind="editorial")
        version = StatementVersion.objects.get(number=3)
        assert (version.change_note, version.is_material) == ("Ook in het Engels.", False)
        assert version.in_language("en").language == "en"

    def test_compares_with_the_text_in_that_language(self, english_page: PrivacyStatementPage, admin_client: Client) -> None:
        confirm(admin_client, english_page, kind="editorial")
        Purpose.objects.filter(key="enquiry").update(name_en="Answering you")
        html = admin_client.get(publish_screen(english_page)).content.decode()
        assert "<ins><strong>Answering you</strong></ins>" in html
        assert "Aan de feiten verandert niets." in html

    def test_words_changed_meanwhile_are_shown_again(self, english_page: PrivacyStatementPage, admin_client: Client) -> None:
        url = publish_screen(english_page)
        opened = sent_back(admin_client.get(url).content.decode(), form="publish")
        Purpose.objects.filter(key="enquiry").update(name_en="Answering you")
        response = admin_client.post(url, opened | {"kind": "editorial", "change_note": "Engels."})
        assert "Kijk opnieuw wat er verandert" in response.content.decode()
        assert StatementVersion.objects.count() == 2

    def test_a_note_is_used_up_in_every_language(
        self, english_page: PrivacyStatementPage, admin_client: Client, admin_user: Any
    ) -> None:
        confirm(admin_client, english_page, kind="editorial")
        english_page.refresh_from_db()
        with pytest.raises(PublicationRefused) as refused:
            english_page.get_latest_revision().publish(user=admin_user)
        assert [problem.code for problem in refused.value.problems] == ["A20.note"]

    def test_a_translation_before_its_source_is_asked_nothing(
        self, english_page: PrivacyStatementPage, admin_client: Client, admin_user: Any
    ) -> None:
        """It makes no version, so there is nothing to say of one."""
        source = PrivacyStatementPage.source()
        assert source
        source.unpublish()
        assert ask_what_changes(HttpRequest(), english_page) is None
        assert admin_client.get(publish_screen(english_page)).status_code == 404
        english_page.get_latest_revision().publish(user=admin_user)
        english_page.refresh_from_db()
        assert english_page.live

    def test_an_announced_version_in_english(self, english_page: PrivacyStatementPage, client: Client) -> None:
        english_page.effective_on = timezone.localdate() + timedelta(days=5)
        english_page.save_revision().publish()
        assert f'href="{in_english("statement-version", 3)}"' in client.get(in_english("statement")).content.decode()


class TestSameFacts:
    """What one language says and the other does not is refused (A17)."""

    def test_a_fact_without_english_words_keeps_both_from_being_published(self, english_page: PrivacyStatementPage) -> None:
        english_page.get_latest_revision().publish()
        RetentionRule.objects.filter(key="relations").update(name_en="")
        with pytest.raises(PublicationRefused) as refused:
            publish(translated=False)
        [problem] = refused.value.problems
        assert problem.code == "A17.words"
        assert problem.place.key == "relations"
        assert problem.place.anchor == "id_name_en"
        assert StatementVersion.objects.count() == 3

    @pytest.mark.usefixtures("english_page")
    def test_without_english_page_no_english_words_are_asked(self) -> None:
        RetentionRule.objects.filter(key="relations").update(name_en="")
        assert publish(translated=False).number == 3

    def test_an_empty_fact_needs_no_words(self, english_page: PrivacyStatementPage) -> None:
        Purpose.objects.filter(key="enquiry").update(interest="", interest_en="")
        english_page.get_latest_revision().publish()
        assert StatementVersion.objects.count() == 3


class TestProof:
    """A translation is proof as the version is (A19)."""

    def test_the_database_refuses_to_change_or_delete_it(self, english_page: PrivacyStatementPage) -> None:
        english_page.get_latest_revision().publish()
        for statement in ("UPDATE {} SET html = ''", "DELETE FROM {}"):
            with pytest.raises(DatabaseError, match="proof"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement.format("privacy_statement_statementtranslation"))

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            ("UPDATE {} SET html = html || '.' WHERE {}", "html"),
            ("UPDATE {} SET facts = '{{}}' WHERE {}", "facts"),
            ("DELETE FROM {} WHERE {}", "chain"),
        ],
    )
    def test_a_translation_altered_by_hand_is_found(self, english_page: PrivacyStatementPage, change: str, what: str) -> None:
        english_page.get_latest_revision().publish()
        assert list(broken_links()) == []
        table = "privacy_statement_statementtranslation"
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(change.format(table, "version_id = (SELECT max(id) FROM privacy_statement_statementversion)"))
        assert [(link.number, link.what) for link in broken_links()] == [(3, what)]

    def test_housekeeping_leaves_the_translation_readable(self, english_page: PrivacyStatementPage, client: Client) -> None:
        """A22: `purge_revisions` cannot take the revision behind a translation."""
        english_page.get_latest_revision().publish()
        english_page.save_revision()
        call_command("purge_revisions", days=0)
        assert client.get(in_english("statement-version", 3)).status_code == 200


class TestReading:
    """Each address answers in its own language."""

    def test_english_readers_get_english(self, english_page: PrivacyStatementPage, client: Client) -> None:
        english_page.get_latest_revision().publish()
        answer = client.get("/en/privacy/").content.decode()
        assert "English Uw vraag beantwoorden" in answer
        assert '<div lang="nl">' not in answer
        assert "<h1>Privacy statement</h1>" in answer
        assert "English Uw vraag" not in client.get("/privacy/").content.decode()

    @pytest.mark.usefixtures("english_page")
    def test_without_a_translation_they_get_the_dutch_text_and_are_told(self, client: Client) -> None:
        answer = client.get("/en/privacy/")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert '<div lang="nl">' in text
        assert "Uw vraag beantwoorden" in text
        with translation.override("en"):
            assert translation.gettext("Deze tekst is er alleen in het Nederlands.") in text

    def test_a_version_of_before_the_translation_is_dutch_under_the_english_address(
        self, english_page: PrivacyStatementPage, client: Client
    ) -> None:
        english_page.get_latest_revision().publish()
        assert '<div lang="nl">' in client.get(in_english("statement-version", 2)).content.decode()
        assert '<div lang="nl">' not in client.get(in_english("statement-version", 3)).content.decode()

    def test_the_bare_text_and_its_hash_are_those_of_the_language(
        self, english_page: PrivacyStatementPage, client: Client
    ) -> None:
        english_page.get_latest_revision().publish()
        version = StatementVersion.objects.get(number=3)
        words = version.in_language("en")
        assert client.get(in_english("statement-text", 3)).content.decode() == words.html
        assert words.html_sha256 in client.get(in_english("statement-version", 3)).content.decode()
        assert client.get("/privacy/versies/3/tekst.txt").content.decode() == version.html

    def test_the_comparison_is_made_within_one_language(self, english_page: PrivacyStatementPage, client: Client) -> None:
        english_page.get_latest_revision().publish()
        set_period(12)
        publish()
        both = client.get(in_english("statement-difference", 4)).content.decode()
        assert "<del>24" in both
        assert '<div class="diff">' in both
        # Version 2 has no English text, so this one compares the Dutch ones.
        assert '<div class="diff" lang="nl">' in client.get(in_english("statement-difference", 3)).content.decode()

    def test_machines_get_the_words_of_the_language(self, english_page: PrivacyStatementPage, client: Client) -> None:
        english_page.get_latest_revision().publish()
        english, dutch = client.get(in_english("statement-facts")).json(), client.get("/privacy/verklaring.json").json()
        assert (english["dct:language"], dutch["dct:language"]) == ("en", "nl")
        assert english["dct:identifier"] == dutch["dct:identifier"]
        assert english["@id"].endswith(in_english("statement-version", 3))

    def test_another_language_costs_one_query_more(
        self, english_page: PrivacyStatementPage, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        english_page.get_latest_revision().publish()
        for address in ("/privacy/", "/en/privacy/"):
            client.get(address)
        with django_assert_max_num_queries(7) as dutch:
            client.get("/privacy/")
        with django_assert_max_num_queries(len(dutch.captured_queries) + 1):
            client.get("/en/privacy/")


@pytest.mark.django_db(transaction=True)
def test_both_languages_published_at_once_lose_nothing_of_either() -> None:
    """Whoever comes second freezes what came first with their own: the newest version has the newest text of both."""
    pages = {page.locale.language_code: page for page in PrivacyStatementPage.objects.select_related("locale")}
    revisions = []
    for language in ("nl", "en"):
        pages[language].body[0].value["heading"] = f"Nieuw in {language}"
        revisions.append(pages[language].save_revision())
    held = f"SELECT FROM privacy_statement_privacystatementpage WHERE page_ptr_id = {pages['nl'].pk} FOR UPDATE"
    assert at_once_behind(held, *(revision.publish for revision in revisions)) == [None, None]
    newest = StatementVersion.objects.order_by("-number").first()
    assert newest
    assert newest.number == 3
    for language in ("nl", "en"):
        assert f"Nieuw in {language}" in newest.in_language(language).html
    assert not list(broken_links())
