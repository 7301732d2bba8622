"""Everybody whose data is held is told of a material change, once, by a mail of its own; nobody is told of a better wording."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from privacy.mail.models import Mail
from privacy.mail.services import sweep
from privacy.register.models import Controller, Processor
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.statement.notices import NOTICE, notices_of, notify, under_way
from privacy.subjects.services import erase
from tests.factories import ConsentEventFactory, DataSubjectFactory, publish, set_period, staff

pytestmark = pytest.mark.usefixtures("demo_site")


#: What a recipient must have to be published.
AGREED = {"agreement": "Overeenkomst", "agreement_date": "2026-01-01"}


def editorial() -> StatementVersion:
    """Publish a better wording."""
    PrivacyStatementPage.objects.update(is_editorial=True)
    return publish("Tikfout verbeterd.")


def material(months: int = 12) -> StatementVersion:
    """Publish another period."""
    set_period(months)
    return publish("Wij bewaren korter.")


def inspect(version: StatementVersion) -> str:
    """Return the address of a version in the admin."""
    return reverse("privacy-versions:inspect", args=[version.pk])


def owe_and_die(version: StatementVersion, **kwargs: Any) -> None:
    """Owe the notices and then lose the database, as far as the caller can tell."""
    assert notify(version, **kwargs)
    raise ConnectionError


class TestWho:
    def test_everybody_whose_data_is_held_each_once(self, mailoutbox: list[EmailMessage]) -> None:
        """A20: also who is on hold; and whose processing is restricted, for it is about their rights."""
        people = [DataSubjectFactory.create(), DataSubjectFactory.create(held=True), DataSubjectFactory.create(restricted=True)]
        version = material()
        for _ in range(3):
            sweep()
        assert sorted(address for mail in mailoutbox for address in mail.recipients()) == sorted(who.email for who in people)
        assert notices_of(version.pk).progress().sent == 3

    def test_nobody_of_the_first_version(self) -> None:
        """Nothing changed for anybody."""
        DataSubjectFactory.create()
        first = StatementVersion.objects.get()
        assert first.is_material
        assert notify(first, previous=None) == 0
        assert not Mail.objects.exists()

    def test_nobody_of_a_better_wording(self) -> None:
        """WP260 p. 29: who is told of everything reads nothing."""
        DataSubjectFactory.create()
        assert not editorial().is_material
        assert not Mail.objects.exists()

    def test_everybody_again_of_the_next_change(self, mailoutbox: list[EmailMessage]) -> None:
        DataSubjectFactory.create()
        for months in (12, 18):
            material(months)
            sweep()
        assert len(mailoutbox) == 2

    def test_nobody_who_came_after_the_publication(self, mailoutbox: list[EmailMessage]) -> None:
        """They were shown the new version."""
        before = DataSubjectFactory.create()
        material()
        DataSubjectFactory.create()
        sweep()
        assert [mail.to for mail in mailoutbox] == [[before.email]]

    def test_nobody_who_was_erased_before_it_was_sent(self, mailoutbox: list[EmailMessage]) -> None:
        """17."""
        gone, stays = DataSubjectFactory.create_batch(2)
        version = material()
        erase([gone], reason="withdrawn", at=timezone.now())
        sweep()
        assert [mail.to for mail in mailoutbox] == [[stays.email]]
        assert notices_of(version.pk).progress().total == 1

    @pytest.mark.django_db(transaction=True)
    def test_nobody_when_the_publication_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One transaction: no version, no notice."""
        DataSubjectFactory.create()
        set_period(12)
        monkeypatch.setattr("privacy.statement.services.notify", owe_and_die)
        with pytest.raises(ConnectionError):
            publish()
        assert StatementVersion.objects.count() == 1
        assert not Mail.objects.exists()

    def test_at_the_same_cost_for_many_as_for_few(self) -> None:
        """Set-wise: one statement for any number of people."""

        def cost(months: int) -> int:
            with CaptureQueriesContext(connection) as seen:
                material(months)
            return len(seen)

        DataSubjectFactory.create()
        cost(12)
        few = cost(18)
        DataSubjectFactory.create_batch(30)
        assert cost(12) == few

    def test_at_the_providers_pace(self, settings: Any, mailoutbox: list[EmailMessage]) -> None:
        settings.MAIL_PER_SWEEP = 2
        DataSubjectFactory.create_batch(3)
        material()
        sweep()
        assert len(mailoutbox) == 2
        sweep()
        assert len(mailoutbox) == 3


class TestMail:
    def body(self, mailoutbox: list[EmailMessage], **person: Any) -> str:
        """Publish a shorter period, a new recipient and another telephone number; return the notice of one person."""
        DataSubjectFactory.create(**person)
        Processor.objects.create(key="new", name="Nieuwe Boekhouder", service="boeken", country="Nederland", **AGREED)
        Controller.objects.update(phone="085 111 11 11", address="Kade 13\r\n1234 AB Voorbeeldstad")
        material()
        sweep()
        (mail,) = mailoutbox
        assert (mail.content_subtype, mail.attachments) == ("plain", [])
        return str(mail.body)

    def test_says_what_changes_and_from_when(self, mailoutbox: list[EmailMessage]) -> None:
        """A20, WP260 p. 29-31: the line of the editor, and each fact in words."""
        text = self.body(mailoutbox)
        day = date_format(timezone.localdate(), "j F Y")
        assert mailoutbox[0].subject == f"Onze privacyverklaring verandert per {day}"
        assert f"Versie 2 geldt vanaf {day}" in text
        assert "Wij bewaren korter." in text
        assert "termijn\n  was: 24 maanden (2 jaar)\n  wordt: 12 maanden (1 jaar)\n" in text
        assert "- Ontvanger komt erbij: Nieuwe Boekhouder\n" in text
        assert "was: Kade 12, 1234 AB Voorbeeldstad\n  wordt: Kade 13, 1234 AB Voorbeeldstad\n" in text
        assert "was: 085 000 00 00\n  wordt: 085 111 11 11\n" in text

    def test_leads_to_the_version_and_to_what_changed(self, mailoutbox: list[EmailMessage], client: Client) -> None:
        text = self.body(mailoutbox)
        links = [word.removeprefix("http://localhost") for word in text.split() if word.startswith("http")]
        assert links == ["/privacy/versies/2/", "/privacy/versies/2/verschil/"]
        for link in links:
            assert client.get(link).status_code == 200

    def test_says_what_the_person_can_do(self, mailoutbox: list[EmailMessage]) -> None:
        """13(2)(b)-(d), 21(4): object, withdraw, erase, complain; by answering, without a reason for withdrawing."""
        text = self.body(mailoutbox)
        email = Controller.objects.get().email
        assert mailoutbox[0].reply_to == [email]
        for words in ("bezwaar maken", "toestemming intrekken", "te wissen", email, "Autoriteit Persoonsgegevens"):
            assert words in text

    def test_holds_no_code_and_nobody_elses_address(self, mailoutbox: list[EmailMessage]) -> None:
        DataSubjectFactory.create(email="bob@voorbeeld.example")
        DataSubjectFactory.create()
        material()
        sweep()
        for mail in mailoutbox:
            assert "{" not in mail.body
            assert "&" not in mail.body
            assert "\n\n\n" not in mail.body
            assert len(mail.recipients()) == 1
            assert "bob@" not in mail.body

    def test_is_in_the_language_in_which_the_person_last_spoke_to_us(self, mailoutbox: list[EmailMessage]) -> None:
        """A17; Dutch for who never said."""
        english, dutch, unknown = DataSubjectFactory.create_batch(3)
        ConsentEventFactory.create(subject=english, language="nl")
        ConsentEventFactory.create(subject=english, language="en")
        ConsentEventFactory.create(subject=dutch, language="nl")
        ConsentEventFactory.create(subject=unknown, language="xx")
        material()
        sweep()
        found = {mail.to[0]: "http://localhost/en/privacy/" in mail.body for mail in mailoutbox}
        assert found == {english.email: True, dutch.email: False, unknown.email: False}

    def test_asks_the_database_as_often_for_each_person(self) -> None:
        def cost(months: int) -> int:
            material(months)
            with CaptureQueriesContext(connection) as seen:
                sweep()
            return len(seen)

        DataSubjectFactory.create()
        cost(12)
        one = cost(18)
        DataSubjectFactory.create()
        two = cost(12)
        DataSubjectFactory.create_batch(5)
        assert cost(18) == one + 6 * (two - one)
        assert two - one <= 10


class TestScreens:
    def under_way(self, settings: Any) -> StatementVersion:
        """Publish to five people, of whom two were told, one cannot be, and two wait."""
        settings.MAIL_PER_SWEEP = 2
        DataSubjectFactory.create_batch(5)
        version = material()
        sweep()
        failed = Mail.objects.filter(state=Mail.State.PENDING).first()
        assert failed
        Mail.objects.filter(pk=failed.pk).update(state=Mail.State.FAILED, next_attempt_at=None)
        return version

    def test_a_version_shows_how_far_it_is(self, admin_client: Client, settings: Any) -> None:
        """A20: sent, waiting, failed, of how many; the bar says the same as the words."""
        version = self.under_way(settings)
        html = admin_client.get(inspect(version)).content.decode()
        assert 'max="5" value="2"' in html
        assert "2 van 5 mensen hebben bericht gekregen." in html
        assert "2 wachten nog." in html
        assert "1 mail is mislukt." in html
        link = f"{reverse('privacy-mails:index')}?kind={NOTICE}&amp;state=failed"
        assert link in html
        assert "Mail #" in admin_client.get(link.replace("&amp;", "&")).content.decode()

    def test_the_first_page_shows_it_while_somebody_waits(self, admin_client: Client, settings: Any) -> None:
        version = self.under_way(settings)
        html = admin_client.get("/admin/").content.decode()
        assert "Kennisgeving onderweg" in html
        assert "2 van 5 mensen" in html
        assert inspect(version) in html
        sweep()
        assert under_way() == []
        assert "Kennisgeving onderweg" not in admin_client.get("/admin/").content.decode()
        assert "4 van 5 mensen" in admin_client.get(inspect(version)).content.decode()

    @pytest.mark.parametrize(("permission", "sees"), [("view_statementversion", True), ("view_mail", False)])
    def test_the_first_page_shows_it_to_who_may_see_versions(self, settings: Any, permission: str, sees: bool) -> None:
        """32: access by task."""
        self.under_way(settings)
        html = staff(permission).get("/admin/").content.decode()
        assert ("2 van 5 mensen" in html) is sees
        assert (reverse("privacy-mails:index") + "?kind" in html) is False

    def test_says_why_nobody_was_told(self, admin_client: Client) -> None:
        first = StatementVersion.objects.get()
        second = editorial()
        PrivacyStatementPage.objects.update(is_editorial=False)
        third = material()
        for version, reason in (
            (first, "dit is de eerste versie"),
            (second, "alleen de tekst is beter"),
            (third, "werden geen gegevens van mensen bewaard"),
        ):
            assert reason in admin_client.get(inspect(version)).content.decode()

    def test_it_costs_as_much_for_many_people_as_for_few(self, admin_client: Client, settings: Any) -> None:
        def cost(url: str) -> int:
            with CaptureQueriesContext(connection) as seen:
                admin_client.get(url)
            return len(seen)

        settings.MAIL_PER_SWEEP = 1
        DataSubjectFactory.create_batch(2)
        version = material()
        urls = ("/admin/", inspect(version))
        for url in urls:
            cost(url)
        few = [cost(url) for url in urls]
        now = timezone.now()
        Mail.objects.bulk_create(
            Mail(kind=NOTICE, reference=version.pk, subject=person, created_at=now, next_attempt_at=now + timedelta(hours=1))
            for person in DataSubjectFactory.create_batch(50)
        )
        assert [cost(url) for url in urls] == few
