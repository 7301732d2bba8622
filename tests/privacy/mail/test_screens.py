"""What the officer sees of the mails: what failed stands on the first page, and one button tries it again."""

import pytest
from django.contrib.auth.models import Permission, User
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact.mails import OWNERS_MAIL
from privacy.mail.models import Mail
from privacy.mail.services import sweep
from tests.factories import relation, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

LIST = reverse("privacy-mails:index")


def make(count: int = 1, state: str = Mail.State.FAILED) -> list[Mail]:
    """Make mails to the owner about real messages."""
    made = []
    for _ in range(count):
        (message,) = relation(timezone.now()).submissions.all()
        waits = timezone.now() if state == Mail.State.PENDING else None
        made.append(
            Mail.objects.create(
                kind=OWNERS_MAIL,
                reference=message.pk,
                subject=message.subject,
                state=state,
                created_at=timezone.now(),
                next_attempt_at=waits,
                attempts=1,
                last_error="SMTPRecipientsRefused 550" if state == Mail.State.FAILED else "",
            )
        )
    return made


class TestFirstPage:
    def test_says_nothing_while_all_is_well(self, admin_client: Client) -> None:
        make(state=Mail.State.SENT)
        make(state=Mail.State.PENDING)
        assert "niet aangekomen" not in admin_client.get("/admin/").content.decode()

    def test_says_what_failed_and_leads_there(self, admin_client: Client) -> None:
        make(2)
        make(state=Mail.State.SENT)
        html = admin_client.get("/admin/").content.decode()
        assert "2 mails zijn niet aangekomen" in html
        assert f"{LIST}?state=failed" in html

    def test_says_it_to_who_may_see_it_and_has_a_button_for_who_may_press_it(self) -> None:
        """32: access by task."""
        make()
        client = staff()
        assert "niet aangekomen" not in client.get("/admin/").content.decode()
        User.objects.get().user_permissions.add(Permission.objects.get(codename="view_mail"))
        html = client.get("/admin/").content.decode()
        assert "Eén mail is niet aangekomen" in html
        assert reverse("privacy-mails:retry_all") not in html


class TestList:
    def test_filters_by_state_and_by_kind_in_words(self, admin_client: Client) -> None:
        (failed,) = make()
        (sent,) = make(state=Mail.State.SENT)
        html = admin_client.get(LIST, {"state": "failed"}).content.decode()
        assert str(failed) in html
        assert str(sent) not in html
        assert "Melding aan ons dat er een bericht is" in html
        assert str(sent) in admin_client.get(LIST, {"kind": OWNERS_MAIL}).content.decode()
        assert str(sent) not in admin_client.get(LIST, {"kind": "register.reviews"}).content.decode()

    def test_says_why_in_words(self, admin_client: Client) -> None:
        """The owner has never heard of SMTP."""
        make()
        html = admin_client.get(LIST).content.decode()
        assert "mislukt: ontvanger geweigerd (550)" in html
        assert "SMTP" not in html

    def test_holds_no_address(self, admin_client: Client) -> None:
        """I2, I14."""
        (mail,) = make()
        assert mail.subject
        for url in (LIST, reverse("privacy-mails:inspect", args=[mail.pk])):
            assert mail.subject.email not in admin_client.get(url).content.decode()

    def test_explains_itself_where_it_is_empty(self, admin_client: Client) -> None:
        assert "Er is nog niets verstuurd" in admin_client.get(LIST).content.decode()
        make()
        assert "Toon alle mails" in admin_client.get(LIST, {"state": "sent"}).content.decode()


class TestRetry:
    def test_one(self, admin_client: Client, mailoutbox: list[EmailMessage]) -> None:
        first, second = make(2)
        again = reverse("privacy-mails:retry", args=[first.pk])
        assert again in admin_client.get(LIST).content.decode()
        assert admin_client.post(again)["Location"] == LIST
        sweep()
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, second.state) == ("sent", "failed")
        assert len(mailoutbox) == 1

    def test_all(self, admin_client: Client, mailoutbox: list[EmailMessage]) -> None:
        make(2)
        make(state=Mail.State.SENT)
        html = admin_client.get(LIST).content.decode()
        assert "Probeer alle 2 mislukte mails opnieuw" in html
        response = admin_client.post(reverse("privacy-mails:retry_all"), follow=True)
        assert "2 mails worden" in response.content.decode()
        sweep()
        assert len(mailoutbox) == 2
        assert set(Mail.objects.values_list("state", flat=True)) == {"sent"}

    def test_what_did_not_fail_is_not_sent_again(self, admin_client: Client, mailoutbox: list[EmailMessage]) -> None:
        (sent,) = make(state=Mail.State.SENT)
        response = admin_client.post(reverse("privacy-mails:retry", args=[sent.pk]), follow=True)
        assert "niets meer opnieuw te proberen" in response.content.decode()
        sweep()
        assert not mailoutbox

    def test_looking_changes_nothing_and_looking_is_all_that_some_may(self, admin_client: Client) -> None:
        """Invariant 4; 32."""
        (mail,) = make()
        urls = [reverse("privacy-mails:retry_all"), reverse("privacy-mails:retry", args=[mail.pk])]
        client = staff("view_mail")
        assert client.get(LIST).status_code == 200
        for url in urls:
            assert admin_client.get(url).status_code == 405
            assert url not in client.get(LIST).content.decode()
            client.post(url)
        mail.refresh_from_db()
        assert mail.state == Mail.State.FAILED

    def test_the_button_works_as_the_browser_sends_it(self, admin_client: Client) -> None:
        (mail,) = make()
        html = admin_client.get(LIST).content.decode()
        url = reverse("privacy-mails:retry_all")
        token = html.split(f'action="{url}"', 1)[1].split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
        browser = Client(enforce_csrf_checks=True)
        browser.cookies = admin_client.cookies
        assert browser.post(url).status_code == 403
        assert browser.post(url, {"csrfmiddlewaretoken": token}).status_code == 302
        mail.refresh_from_db()
        assert mail.state == Mail.State.PENDING
