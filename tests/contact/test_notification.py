"""The owner's mail: that something came in and where to read it, never what it says (I6); once, whatever happens."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from contact.models import ContactPage, Submission
from contact.tasks import GIVE_UP_AFTER, notify_owner, send_pending_notifications
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase
from tests.factories import send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


@pytest.fixture
def submission(client: Client, demo_site: None) -> Submission:
    """A message of which nobody was told: this test has no commit, so no task was queued."""
    send(client, name="Jan Jansen", company="Bakkerij Jansen", phone="06 12345678", message="Hoe duur is dat?")
    return Submission.objects.get()


def test_names_where_to_read_it_and_no_answer(submission: Submission, mailoutbox: list[mail.EmailMessage]) -> None:
    notify_owner(submission.pk)
    text = mailoutbox[0].message().as_string()
    assert f"http://localhost/admin/contact-messages/inspect/{submission.pk}/" in text
    for answer in submission.form_data.values():
        assert not answer or answer not in text
    assert "jan@" not in text


def test_its_link_leads_to_the_message_after_login(
    client: Client, admin_client: Client, submission: Submission, mailoutbox: list[mail.EmailMessage]
) -> None:
    notify_owner(submission.pk)
    link = next(word for word in mailoutbox[0].body.split() if word.startswith("http")).removeprefix("http://localhost")
    assert "Hoe duur is dat?" in admin_client.get(link).content.decode()
    assert client.get(link).status_code == 302


@pytest.mark.parametrize(("address", "to"), [("", "privacy@koelict.example"), ("post@koelict.example", "post@koelict.example")])
def test_goes_to_the_pages_address_or_else_the_privacy_address(
    submission: Submission, mailoutbox: list[mail.EmailMessage], address: str, to: str
) -> None:
    ContactPage.objects.update(notify_address=address)
    notify_owner(submission.pk)
    assert mailoutbox[0].recipients() == [to]


def test_is_sent_once(submission: Submission, mailoutbox: list[mail.EmailMessage]) -> None:
    for _ in range(2):
        notify_owner(submission.pk)
        send_pending_notifications()
    assert len(mailoutbox) == 1
    assert Submission.objects.get().notified_at


def test_an_erased_message_is_no_error(submission: Submission, mailoutbox: list[mail.EmailMessage]) -> None:
    erase(list(DataSubject.objects.all()), reason="withdrawn", at=timezone.now())
    notify_owner(submission.pk)
    send_pending_notifications()
    assert not mailoutbox


def test_one_that_fails_keeps_no_other_from_going(
    client: Client, submission: Submission, mailoutbox: list[mail.EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client)
    first = True

    def connection_breaks_once(self: mail.EmailMessage, *args: Any) -> int:
        nonlocal first
        if first:
            first = False
            raise ConnectionResetError
        return real(self, *args)

    real = mail.EmailMessage.send
    monkeypatch.setattr(mail.EmailMessage, "send", connection_breaks_once)
    send_pending_notifications()
    assert len(mailoutbox) == 1
    send_pending_notifications()
    assert len(mailoutbox) == 2


def test_a_sweep_does_not_wait_for_a_dead_mail_server_again_and_again(
    client: Client, submission: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred time-outs in one task would keep the worker from the nightly expiry."""
    tried = []
    monkeypatch.setattr(mail.EmailMessage, "send", lambda self: tried.append(self) or raise_timeout())
    for _ in range(GIVE_UP_AFTER + 2):
        send(client)
    send_pending_notifications()
    assert len(tried) == GIVE_UP_AFTER


def raise_timeout() -> None:
    raise TimeoutError


def test_its_failure_leaves_nothing_personal_in_the_log(
    submission: Submission, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Invariant 3: a mail server's refusal may quote the mail."""

    def refuse(self: mail.EmailMessage) -> int:
        raise OSError(f"550 no such user: {submission.subject.email}")

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    notify_owner(submission.pk)
    assert f"Submission #{submission.pk}" in caplog.text
    assert "jan@" not in caplog.text
