"""Reviews: who is due when, on the calendar; done in two clicks; and once a month a mail."""

from datetime import date
from typing import Any

import pytest
from config.testing import Mailbox, Worker, wait_until
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from privacy.mail.services import sweep
from privacy.register.mails import send_reviews
from privacy.register.models import Processor, RetentionRule, SecurityMeasure
from privacy.register.reviews import REVIEWED, Reviewed, all_due, mark_reviewed
from privacy.register.tasks import mail_due_reviews
from tests.factories import staff


def measure(last: date | None, months: int = 3, name: str = "Slot") -> SecurityMeasure:
    """Make a measure that was reviewed on a day, or never."""
    key = f"m{SecurityMeasure.objects.count()}"
    return SecurityMeasure.objects.create(
        key=key, name=name, public_text="Op slot.", review_months=months, last_reviewed_on=last
    )


def button(row: Any) -> str:
    """Return the address behind "Nagelopen"."""
    return reverse(f"privacy-{row._meta.model_name}:reviewed", args=[row.pk])


@pytest.mark.django_db
class TestDue:
    @pytest.mark.parametrize(
        ("last", "months", "first_due"),
        [
            pytest.param(date(2026, 5, 10), 3, date(2026, 8, 10), id="the Wi-Fi password"),
            pytest.param(date(2025, 12, 31), 2, date(2026, 2, 28), id="clamped to the month's end"),
            pytest.param(date(2023, 11, 30), 3, date(2024, 2, 29), id="in a leap year"),
            pytest.param(date(2024, 2, 29), 12, date(2025, 2, 28), id="from a leap day"),
        ],
    )
    def test_from_the_day_itself_and_not_the_day_before(self, last: date, months: int, first_due: date) -> None:
        """E5, 32(1)(d): calendar months; the list and the printed day agree."""
        row = measure(last, months)
        assert row.next_review_on == first_due
        assert list(SecurityMeasure.objects.due(first_due)) == [row]
        assert not SecurityMeasure.objects.due(first_due - timezone.timedelta(days=1)).exists()

    def test_what_was_never_reviewed_is_due_at_once(self) -> None:
        row = measure(None)
        assert row.next_review_on is None
        assert list(SecurityMeasure.objects.due(date(2000, 1, 1))) == [row]

    def test_agreements_and_periods_are_reviewed_too(self) -> None:
        """E3, 28: the last and the next review of an agreement; 5(1)(e): a period that still fits."""
        rows = [
            Processor.objects.create(key="p", name="Verwerker"),
            RetentionRule.objects.create(key="r", name="Termijn", months=1),
            measure(None),
        ]
        assert all_due(date(2026, 1, 1)) == rows
        assert {type(row) for row in rows} == set(Reviewed.__subclasses__())


@pytest.mark.usefixtures("demo_site")
class TestTheFirstPage:
    def test_only_the_wifi_password_is_due_in_the_demo(self, admin_client: Client) -> None:
        """E5: the client's own case."""
        assert [row.key for row in all_due(timezone.localdate())] == ["wifi"]
        html = admin_client.get("/admin/").content.decode()
        assert "Na te lopen" in html
        assert "Wachtwoord van de wifi-router" in html
        assert "Firewall" not in html

    def test_one_button_and_it_is_done_and_logged(self, admin_client: Client, admin_user: User) -> None:
        """E5, 5(2): who looked, and when. The button works as the browser sends it, with the token of the page."""
        wifi = SecurityMeasure.objects.get(key="wifi")
        html = admin_client.get("/admin/").content.decode()
        token = html.split(f'action="{button(wifi)}"', 1)[1].split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
        browser = Client(enforce_csrf_checks=True)
        browser.cookies = admin_client.cookies
        assert browser.post(button(wifi)).status_code == 403
        assert browser.post(button(wifi), {"csrfmiddlewaretoken": token}).status_code == 302

        wifi.refresh_from_db()
        assert (wifi.last_reviewed_on, wifi.last_reviewed_by) == (timezone.localdate(), admin_user)
        entry = ModelLogEntry.objects.get(action=REVIEWED)
        assert (entry.object_id, entry.user) == (str(wifi.pk), admin_user)
        assert "Na te lopen" not in admin_client.get("/admin/").content.decode()
        assert "Nagelopen" in admin_client.get(reverse("privacy-securitymeasure:history", args=[wifi.pk])).content.decode()

    def test_looking_changes_nothing(self, admin_client: Client) -> None:
        """Invariant 4."""
        wifi = SecurityMeasure.objects.get(key="wifi")
        assert admin_client.get(button(wifi)).status_code == 405
        wifi.refresh_from_db()
        assert wifi.last_reviewed_on is None

    @pytest.mark.parametrize("codename", ["view_securitymeasure", "change_processor"])
    def test_who_may_not_change_a_measure_sees_no_button_and_has_none(self, codename: str) -> None:
        """32: access by task."""
        client = staff(codename)
        wifi = SecurityMeasure.objects.get(key="wifi")
        assert "Na te lopen" not in client.get("/admin/").content.decode()
        client.post(button(wifi))
        wifi.refresh_from_db()
        assert wifi.last_reviewed_on is None

    def test_a_stranger_is_sent_to_the_login(self, client: Client) -> None:
        wifi = SecurityMeasure.objects.get(key="wifi")
        assert client.post(button(wifi))["Location"].startswith("/admin/login/")
        wifi.refresh_from_db()
        assert wifi.last_reviewed_on is None

    def test_a_day_typed_in_the_form_is_signed_by_who_typed_it(self, admin_client: Client, admin_user: User) -> None:
        wifi = SecurityMeasure.objects.get(key="wifi")
        fields = {"name": wifi.name, "key": "wifi", "public_text": "Anders.", "review_months": "3", "last_reviewed_on": ""}
        edit = reverse("privacy-securitymeasure:edit", args=[wifi.pk])
        assert admin_client.post(edit, fields).status_code == 302
        wifi.refresh_from_db()
        assert (wifi.public_text, wifi.last_reviewed_by) == ("Anders.", None)
        assert admin_client.post(edit, fields | {"last_reviewed_on": "2026-10-01"}).status_code == 302
        wifi.refresh_from_db()
        assert (wifi.last_reviewed_on, wifi.last_reviewed_by) == (date(2026, 10, 1), admin_user)

    def test_the_page_asks_as_often_for_many_as_for_few(self, admin_client: Client, admin_user: User) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as seen:
                assert admin_client.get("/admin/").status_code == 200
            return len(seen)

        def add() -> None:
            row = measure(None)
            mark_reviewed(row=row, by=admin_user, on=date(2020, 1, 1))

        add()
        queries()
        few = queries()
        for _ in range(5):
            add()
        assert queries() == few

    def test_a_review_is_no_fact_of_the_statement(self, admin_client: Client) -> None:
        """A8: nothing to publish."""
        admin_client.post(button(SecurityMeasure.objects.get(key="wifi")))
        assert "Nog niet gepubliceerd" not in admin_client.get("/admin/").content.decode()


@pytest.mark.usefixtures("demo_site")
class TestLists:
    """E3, E5: each reviewed list can be narrowed to what is to be looked at again."""

    @pytest.mark.parametrize(("model", "never"), [(SecurityMeasure, "phones"), (Processor, "zoho"), (RetentionRule, "fiscal")])
    def test_shows_what_is_due_alone(self, admin_client: Client, model: Any, never: str) -> None:
        model.objects.update(last_reviewed_on=timezone.localdate())
        model.objects.filter(key=never).update(last_reviewed_on=None)
        listing = reverse(f"privacy-{model._meta.model_name}:index")

        def shown(**asked: str) -> set[str]:
            return {row.key for row in admin_client.get(listing, asked).context["object_list"]}

        assert shown() == set(model.objects.values_list("key", flat=True))
        assert shown(due="nu") == {never}

    def test_the_filter_is_in_words(self, admin_client: Client) -> None:
        html = admin_client.get(reverse("privacy-securitymeasure:index")).content.decode()
        assert "Na te lopen" in html
        assert 'name="due"' in html


class TestMail:
    @pytest.mark.django_db(transaction=True)
    def test_a_worker_mails_the_officer(self, celery_worker_process: Worker, mailbox: Mailbox) -> None:
        """E5: what is due and where to say that it is done, on a real worker."""
        measure(None, name="Wachtwoord van de wifi-router")
        measure(timezone.localdate(), name="Firewall")
        mail_due_reviews.delay()
        wait_until(mailbox.messages, message=lambda: celery_worker_process.log)
        (mail,) = mailbox.messages()
        assert mail["To"] == settings.PRIVACY_EMAIL
        text = mail.get_content()
        assert "Wachtwoord van de wifi-router (beveiligingsmaatregel)" in text
        assert settings.WAGTAILADMIN_BASE_URL + "/admin/" in text
        assert "Firewall" not in text

    @pytest.mark.django_db
    def test_nothing_due_is_no_mail(self, mailoutbox: list[EmailMessage]) -> None:
        measure(timezone.localdate())
        mail_due_reviews()
        assert mailoutbox == []

    @pytest.mark.django_db
    def test_what_was_done_before_the_mail_went_out_is_not_in_it(self, mailoutbox: list[EmailMessage]) -> None:
        measure(None)
        mail_due_reviews()
        SecurityMeasure.objects.update(last_reviewed_on=timezone.localdate())
        sweep()
        assert mailoutbox == []

    @pytest.mark.django_db
    def test_a_doubled_beat_sends_one_mail_a_month(self, mailoutbox: list[EmailMessage]) -> None:
        measure(None)
        for month in (date(2026, 11, 1), date(2026, 11, 1), date(2026, 12, 1)):
            send_reviews(month)
            sweep()
        assert len(mailoutbox) == 2
