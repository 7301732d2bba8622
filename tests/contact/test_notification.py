"""The owner's mail: that something came in and where to read it, never what it says (I6); once, whatever happens."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from contact.mails import OWNERS_MAIL
from contact.models import ContactPage, Submission
from privacy.mail.models import Mail
from privacy.mail.services import deliver, sweep
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase
from tests.factories import send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


@pytest.fixture
def submission(client: Client, demo_site: None) -> Submission:
    """A message of which nobody was told: this test has no commit, so no task was queued."""
    send(client, name="Jan Jansen", company="Bakkerij Jansen", phone="06 12345678", message="Hoe duur is dat?")
    return Submission.objects.get()


def notify_owner(submission: Submission) -> None:
    """Send the mail that is owed about this message."""
    deliver(Mail.objects.get(kind=OWNERS_MAIL, reference=submission.pk).pk)


def to_the_owner(mailoutbox: list[mail.EmailMessage]) -> list[mail.EmailMessage]:
    """Return the mails to the owner; the sender gets a receipt of their consent."""
    return [message for message in mailoutbox if message.to == ["privacy@koelict.example"]]


def test_names_where_to_read_it_and_no_answer(submission: Submission, mailoutbox: list[mail.EmailMessage]) -> None:
    notify_owner(submission)
    text = mailoutbox[0].message().as_string()
    assert f"http://localhost/admin/contact-messages/inspect/{submission.pk}/" in text
    for answer in submission.form_data.values():
        assert not answer or answer not in text
    assert "jan@" not in text


def test_its_link_leads_to_the_message_after_login(
    client: Client, admin_client: Client, submission: Submission, mailoutbox: list[mail.EmailMessage]
) -> None:
    notify_owner(submission)
    link = next(word for word in mailoutbox[0].body.split() if word.startswith("http")).removeprefix("http://localhost")
    assert "Hoe duur is dat?" in admin_client.get(link).content.decode()
    assert client.get(link).status_code == 302


@pytest.mark.parametrize(("address", "to"), [("", "privacy@koelict.example"), ("post@koelict.example", "post@koelict.example")])
def test_goes_to_the_pages_address_or_else_the_privacy_address(
    submission: Submission, mailoutbox: list[mail.EmailMessage], address: str, to: str
) -> None:
    ContactPage.objects.update(notify_address=address)
    notify_owner(submission)
    assert mailoutbox[0].recipients() == [to]


def test_is_sent_once(client: Client, submission: Submission, mailoutbox: list[mail.EmailMessage]) -> None:
    send(client, submission_id=submission.submission_id)
    for _ in range(2):
        notify_owner(submission)
        sweep()
    assert len(to_the_owner(mailoutbox)) == 1
    assert Mail.objects.get(kind=OWNERS_MAIL).state == Mail.State.SENT


def test_an_erased_message_is_no_error_and_no_mail(submission: Submission, mailoutbox: list[mail.EmailMessage]) -> None:
    (owed,) = Mail.objects.filter(kind=OWNERS_MAIL)
    erase(list(DataSubject.objects.all()), reason="withdrawn", at=timezone.now())
    deliver(owed.pk)
    sweep()
    assert not to_the_owner(mailoutbox)
    assert not Mail.objects.exists()


def test_a_message_deleted_by_itself_takes_its_mail_along(submission: Submission, mailoutbox: list[mail.EmailMessage]) -> None:
    Submission.objects.filter(pk=submission.pk)._raw_delete("default")
    sweep()
    assert not to_the_owner(mailoutbox)
    assert Mail.objects.get(kind=OWNERS_MAIL).state == Mail.State.CANCELLED
