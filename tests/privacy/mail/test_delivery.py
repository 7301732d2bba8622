"""Mail is never lost and never doubled, whatever the mail server does: against a real one that misbehaves in each way."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings as django_settings
from django.core.mail import EmailMessage
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from privacy import mail as mail_room
from privacy.mail import builders, services
from privacy.mail.models import Mail
from privacy.mail.services import GIVE_UP_AFTER, deliver, retry, send, send_to_all, sweep
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import registry
from privacy.subjects.services import erase
from tests.factories import DataSubjectFactory
from tests.smtp import MailServer

pytestmark = pytest.mark.django_db

ADDRESS = "anna@voorbeeld.example"


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds of mail for these tests: one that is written, one with nothing to say, one with a mistake in it."""
    monkeypatch.setattr(builders, "_kinds", dict(builders._kinds))

    @mail_room.register("test.letter", label="Brief")
    def letter(owed: Mail) -> EmailMessage:
        return EmailMessage("Onderwerp", "Tekst", to=[owed.subject.email if owed.subject else ADDRESS])

    @mail_room.register("test.nothing", label="Niets")
    def nothing(owed: Mail) -> None:
        return None

    @mail_room.register("test.broken", label="Kapot")
    def broken(owed: Mail) -> EmailMessage:
        raise KeyError(ADDRESS)

    @mail_room.register("test.header", label="Kop")
    def header(owed: Mail) -> EmailMessage:
        return EmailMessage("Twee\nregels", "Tekst", to=[ADDRESS])


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A mail server that takes everything until told otherwise."""
    with MailServer() as server:
        for name, value in server.settings().items():
            setattr(settings, name, value)
        yield server


def letter(reference: int = 1, kind: str = "test.letter", subject: DataSubject | None = None) -> Mail:
    """Owe one mail."""
    send(kind=kind, reference=reference, subject=subject)
    return Mail.objects.get(kind=kind, reference=reference, subject=subject)


def time_passes(**delta: float) -> None:
    """Let this much time pass for every mail that waits."""
    waiting = Mail.objects.filter(next_attempt_at__isnull=False)
    for mail in waiting:
        Mail.objects.filter(pk=mail.pk).update(next_attempt_at=mail.next_attempt_at - timedelta(**delta))


def state(mail: Mail) -> tuple[str, int, str]:
    """Return state, attempts and last error as they are in the database."""
    mail.refresh_from_db()
    return mail.state, mail.attempts, mail.last_error


class TestOwing:
    def test_one_of_each_however_often_it_is_asked_for(self) -> None:
        person = DataSubjectFactory.create()
        made = {letter(reference, subject=subject).pk for _ in range(2) for reference in (1, 2) for subject in (None, person)}
        assert len(made) == Mail.objects.count() == 4

    def test_in_one_statement(self, django_assert_num_queries: Any) -> None:
        """It is part of every POST of the form."""
        person = DataSubjectFactory.create()
        with django_assert_num_queries(1):
            send(kind="test.letter", reference=1, subject=person)

    def test_to_many_in_one_statement_each_once(self, django_assert_num_queries: Any) -> None:
        people = DataSubjectFactory.create_batch(3)
        with django_assert_num_queries(1):
            assert send_to_all(kind="test.letter", reference=1, people=DataSubject.objects.all()) == 3
        people.append(DataSubjectFactory.create())
        assert send_to_all(kind="test.letter", reference=1, people=DataSubject.objects.filter(email__contains="@")) == 1
        assert {mail.subject for mail in Mail.objects.all()} == set(people)

    def test_a_kind_that_nobody_writes_is_a_mistake_at_once(self) -> None:
        with pytest.raises(LookupError):
            send(kind="test.unknown", reference=1)
        with pytest.raises(LookupError):
            send_to_all(kind="test.unknown", reference=1, people=DataSubject.objects.all())

    def test_two_writers_of_one_kind_are_a_mistake(self) -> None:
        with pytest.raises(ValueError, match=r"test\.letter"):
            mail_room.register("test.letter", label="Nog een")

    def test_its_name_says_nothing_about_anybody(self) -> None:
        """I2."""
        mail = letter(subject=DataSubjectFactory.create(email=ADDRESS))
        assert str(mail) == f"Mail #{mail.pk}"


class TestServer:
    def test_takes_it_once(self, server: MailServer) -> None:
        mail = letter()
        for _ in range(3):
            assert deliver(mail.pk)
            sweep()
        assert state(mail) == ("sent", 1, "")
        (taken,) = server.taken
        assert (taken["To"], taken["Subject"], taken["Auto-Submitted"]) == (ADDRESS, "Onderwerp", "auto-generated")
        assert taken["Message-ID"] == f"<{mail.message_id}@koelict.example>"
        mail.refresh_from_db()
        assert mail.sent_at
        assert mail.next_attempt_at is None

    @pytest.mark.parametrize(
        ("behaviour", "error", "takes_others"),
        [
            ("rcpt 450 4.2.0 Later anna@voorbeeld.example", "SMTPRecipientsRefused 450", True),
            ("rcpt 421 4.3.2 Shutting down", "SMTPRecipientsRefused 421", False),
            ("data 451 4.3.0 Later", "SMTPDataError 451", True),
            ("hang", "SMTPServerDisconnected", False),
            ("drop", "SMTPServerDisconnected", False),
        ],
    )
    def test_that_does_not_take_it_now_gets_it_later(
        self, server: MailServer, behaviour: str, error: str, takes_others: bool
    ) -> None:
        """Refused for now, hanging, dying in DATA: a retry, and then one mail; and whether the next mail may be tried now."""
        server.behaviour = behaviour
        mail = letter()
        assert deliver(mail.pk) is takes_others
        assert state(mail) == ("pending", 1, error)
        server.behaviour = "accept"
        sweep()
        assert not server.taken, "not before its time"
        time_passes(minutes=1)
        sweep()
        assert state(mail) == ("sent", 2, "")
        assert len(server.taken) == 1

    def test_that_refuses_the_connection(self, server: MailServer) -> None:
        server.stop()
        mail = letter()
        assert not deliver(mail.pk)
        assert state(mail) == ("pending", 1, "ConnectionRefusedError")
        server.start()
        time_passes(minutes=1)
        sweep()
        assert state(mail) == ("sent", 2, "")
        assert len(server.taken) == 1

    def test_that_greylists(self, server: MailServer) -> None:
        server.behaviour = "greylist"
        mail = letter()
        assert deliver(mail.pk), "it is about this receiver, so the next mail may go"
        time_passes(minutes=1)
        deliver(mail.pk)
        assert state(mail) == ("sent", 2, "")
        assert len(server.taken) == 1

    @pytest.mark.parametrize("behaviour", ["rcpt 550 5.1.1 No anna@voorbeeld.example", "data 554 5.7.1 Never"])
    def test_that_will_never_take_it_is_not_asked_again(
        self, server: MailServer, behaviour: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        server.behaviour = behaviour
        mail = letter()
        assert deliver(mail.pk)
        name = "SMTPRecipientsRefused 550" if behaviour.startswith("rcpt") else "SMTPDataError 554"
        assert state(mail) == ("failed", 1, name)
        assert mail.next_attempt_at is None
        # I14, invariant 3: the server's words may quote the address.
        assert name in caplog.text
        assert "anna" not in caplog.text + mail.last_error

    @pytest.mark.parametrize("behaviour", ["drop at quit", "garble at quit"])
    def test_that_spoils_the_good_bye_has_the_mail(self, server: MailServer, behaviour: str) -> None:
        """Never two mails for one attempt that succeeded."""
        server.behaviour = behaviour
        mail = letter()
        assert deliver(mail.pk)
        assert state(mail) == ("sent", 1, "")
        time_passes(days=9)
        sweep()
        assert len(server.taken) == 1

    def test_is_told_good_bye_after_the_mail_is_written_down_as_sent(self, server: MailServer) -> None:
        """A worker may be killed while a server hangs at the good-bye."""
        mail = letter()
        seen, quit_ = [], smtplib.SMTP.quit

        def good_bye(self: smtplib.SMTP) -> Any:
            seen.append(state(mail))
            return quit_(self)

        with patch.object(smtplib.SMTP, "quit", good_bye):
            deliver(mail.pk)
        assert seen == [("sent", 1, "")]

    def test_that_never_works_ends_in_a_failed_mail(self, server: MailServer) -> None:
        """The back-off grows, and the last attempt is the last."""
        server.stop()
        mail = letter()
        waits = []
        for _ in range(20):
            if state(mail)[0] != "pending":
                break
            now = timezone.now()
            deliver(mail.pk)
            mail.refresh_from_db()
            if mail.next_attempt_at:
                waits.append(round((mail.next_attempt_at - now).total_seconds()))
            time_passes(days=1)
        assert waits == django_settings.MAIL_RETRY_AFTER_SECONDS == sorted(waits)
        assert state(mail) == ("failed", len(waits) + 1, "ConnectionRefusedError")

    def test_that_saw_us_die_in_the_last_attempt_is_not_asked_again(self, server: MailServer) -> None:
        """Whether it has the mail nobody knows; one that kills its worker each time must not do so for ever."""
        mail = letter()
        Mail.objects.filter(pk=mail.pk).update(attempts=len(django_settings.MAIL_RETRY_AFTER_SECONDS) + 1)
        deliver(mail.pk)
        assert state(mail)[0] == "failed"
        assert server.heard == 0

    def test_a_failed_mail_can_be_given_all_its_attempts_again(self, server: MailServer) -> None:
        server.behaviour = "rcpt 550 no"
        failed, sent = letter(1), letter(2)
        deliver(failed.pk)
        server.behaviour = "accept"
        deliver(sent.pk)
        assert retry(Mail.objects.all(), at=timezone.now()) == 1
        assert state(failed)[:2] == ("pending", 0)
        sweep()
        assert state(failed)[0] == state(sent)[0] == "sent"
        assert len(server.taken) == 2


class TestWriter:
    def test_with_nothing_to_say_sends_nothing(self, server: MailServer) -> None:
        mail = letter(kind="test.nothing")
        deliver(mail.pk)
        assert state(mail)[0] == "cancelled"
        assert server.heard == 0

    @pytest.mark.parametrize("kind", ["test.broken", "test.header"])
    def test_with_a_mistake_keeps_no_other_mail_from_going(
        self, server: MailServer, kind: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        mails = [letter(n, kind) for n in range(GIVE_UP_AFTER + 1)]
        good = letter()
        sweep()
        assert state(good)[0] == "sent"
        assert {state(mail)[:2] for mail in mails} == {("pending", 1)}
        assert "Error" in mails[0].last_error
        assert "anna" not in caplog.text + mails[0].last_error

    def test_that_is_gone_fails_like_a_mistake(self, server: MailServer) -> None:
        mail = letter()
        Mail.objects.update(kind="gone.letter")
        deliver(mail.pk)
        assert state(mail) == ("pending", 1, "LookupError")
        assert mail.get_kind_display() == "gone.letter"


class TestTwoAtOnce:
    def test_only_one_process_sends_a_mail(self, server: MailServer) -> None:
        mail = letter()
        with held_elsewhere(services._ONE_MAIL, mail.pk):
            assert deliver(mail.pk)
            assert state(mail) == ("pending", 0, "")
        deliver(mail.pk)
        assert len(server.taken) == 1

    def test_only_one_process_sweeps(self, server: MailServer) -> None:
        """A second beat would double the pace."""
        letter()
        with held_elsewhere(services._SWEEP, 0):
            sweep()
        assert not server.taken
        sweep()
        assert len(server.taken) == 1


@contextmanager
def held_elsewhere(*lock: int) -> Iterator[None]:
    """Hold an advisory lock on another connection."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s::int, %s::int)", lock)
            yield
            cursor.execute("SELECT pg_advisory_unlock(%s::int, %s::int)", lock)
    finally:
        other.close()


class TestSweep:
    def test_gives_up_when_the_server_is_down(self, server: MailServer) -> None:
        """A hundred time-outs in one task would keep the worker from the nightly expiry."""
        server.stop()
        for n in range(GIVE_UP_AFTER + 2):
            letter(n)
        sweep()
        assert Mail.objects.filter(attempts=1).count() == GIVE_UP_AFTER
        assert Mail.objects.filter(attempts=0).count() == 2

    def test_goes_on_when_receivers_are_refused(self, server: MailServer) -> None:
        server.behaviour = "rcpt 450 later"
        for n in range(GIVE_UP_AFTER + 2):
            letter(n)
        sweep()
        assert Mail.objects.filter(attempts=1).count() == GIVE_UP_AFTER + 2

    def test_keeps_its_pace_and_lets_single_mails_go_first(self, server: MailServer, settings: Any) -> None:
        settings.MAIL_PER_SWEEP = 2
        people = DataSubjectFactory.create_batch(3)
        send_to_all(kind="test.letter", reference=1, people=DataSubject.objects.all())
        receipt = letter(2)
        sweep()
        assert state(receipt)[0] == "sent"
        assert len(server.taken) == 2
        sweep()
        sweep()
        assert sorted(mail["To"] for mail in server.taken) == sorted([ADDRESS, *(person.email for person in people)])

    def test_asks_the_database_as_often_for_each_mail(self, server: MailServer) -> None:
        def queries(count: int) -> int:
            for n in range(count):
                letter(Mail.objects.count() + n)
            with CaptureQueriesContext(connection) as seen:
                sweep()
            return len(seen)

        def grow() -> None:
            for n in range(500):
                Mail.objects.create(kind="test.letter", reference=10_000 + n, created_at=timezone.now(), state="sent")

        one, three = queries(1), queries(3)
        each = (three - one) // 2
        assert each == PER_MAIL
        grow()
        assert queries(5) == one + 4 * each


#: Lock, savepoint, look, count the attempt, release, write down, unlock.
PER_MAIL = 7


class TestPerson:
    def test_who_was_erased_gets_no_mail_and_leaves_no_row(self, server: MailServer) -> None:
        """17: and nobody else's mail goes with it."""
        gone, stays = DataSubjectFactory.create(), DataSubjectFactory.create()
        for person in (gone, stays):
            send(kind="test.letter", reference=1, subject=person)
        erase([gone], reason="withdrawn", at=timezone.now())
        sweep()
        assert [mail["To"] for mail in server.taken] == [stays.email]
        assert [mail.subject for mail in Mail.objects.all()] == [stays]

    def test_erased_while_the_server_thinks(self) -> None:
        """Erasing does not wait for a mail server, and a mail on its way out finds no row to write in."""
        person = DataSubjectFactory.create()
        mail = letter(subject=person)

        def erase_meanwhile(*args: Any) -> None:
            erase([person], reason="withdrawn", at=timezone.now())

        with patch("privacy.mail.services.mail_server") as opened:
            opened.return_value.__enter__.return_value.send_messages.side_effect = erase_meanwhile
            opened.return_value.__exit__.return_value = False
            assert deliver(mail.pk)
        assert not Mail.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_cannot_be_erased_between_a_mailing_and_its_commit(self) -> None:
        """The commit, and so the publication of a statement, would fail on a person who is no longer there."""
        person = DataSubjectFactory.create()
        other = connection.copy()
        try:
            with transaction.atomic(), other.cursor() as cursor:
                send_to_all(kind="test.letter", reference=1, people=DataSubject.objects.all())
                cursor.execute("SET lock_timeout = '200ms'")
                with pytest.raises(OperationalError, match="lock timeout"):
                    cursor.execute("DELETE FROM privacy_subjects_datasubject WHERE id = %s", [person.pk])
        finally:
            other.close()
        assert Mail.objects.get().subject == person

    def test_is_told_which_mails_they_got(self, server: MailServer) -> None:
        """15: what and when, per mail; not the text, which is not kept."""
        person = DataSubjectFactory.create()
        deliver(letter(subject=person).pk)
        send(kind="test.nothing", reference=1, subject=person)
        first, second = registry.sources["mail.sent"].collect(person)
        assert first.values["Mail"] == "Brief"
        assert first.values["Stand"] == "verstuurd"
        assert first.values["Verstuurd"]
        assert (second.values["Mail"], second.values["Stand"]) == ("Niets", "wacht")
