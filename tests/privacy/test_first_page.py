"""The first page of the admin says first what needs doing, to who may do something about it."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from config.roles import AUDITOR, EDITOR, OFFICER
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contact.mails import OWNERS_MAIL
from contact.models import FormPurpose
from privacy.mail.models import Mail
from privacy.mail.services import send
from privacy.register.reviews import all_due, mark_reviewed
from privacy.retention import status
from privacy.retention.services import expire_due
from privacy.rights.models import DataRequest
from tests.factories import SubmissionFactory, relation

pytestmark = pytest.mark.usefixtures("demo_site")


def lines(client: Client) -> list[tuple[str, str, str]]:
    """Return urgency, text and address of each line."""
    shown = client.get("/admin/").content.decode()
    found = re.findall(r'privacy-todo__line--(\w+)">.*?<a href="([^"]*)">(.*?)</a></li>', shown)
    return [(urgency, html.unescape(text), html.unescape(url)) for urgency, url, text in found]


def client_of(role: str) -> Client:
    """Log in somebody with this role."""
    user, _ = User.objects.get_or_create(username=role)
    user.groups.set(Group.objects.filter(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def calm(admin_user: Any) -> None:
    """Everything is done."""
    today = timezone.localdate()
    for row in all_due(today):
        mark_reviewed(row=row, by=admin_user, on=today)
    expire_due()
    status.forget()


def late(days: int = 60) -> DataRequest:
    """Take down a request whose term is over."""
    return DataRequest.objects.create(
        kind="access", email="x@voorbeeld.example", received_at=timezone.now() - timedelta(days=days)
    )


@pytest.fixture
def busy(calm: None) -> None:
    """Something of every kind, the least urgent first."""
    person = relation(timezone.now())
    SubmissionFactory(subject=person, state="spam")
    send(kind=OWNERS_MAIL, reference=person.submissions.first().pk, subject=person)
    Mail.objects.update(state=Mail.State.FAILED, next_attempt_at=None)
    FormPurpose.objects.all().delete()
    relation(datetime(2020, 1, 1, tzinfo=UTC), email="oud@voorbeeld.example")
    late()
    status.forget()


def test_is_calm_when_there_is_nothing_to_do(admin_client: Client, calm: None) -> None:
    assert lines(admin_client) == []
    assert "Niets te doen" in admin_client.get("/admin/").content.decode()


def test_the_most_urgent_comes_first_and_each_is_one_click_away(admin_client: Client, busy: None) -> None:
    found = lines(admin_client)
    order = ["late", "broken", "work"]
    assert [urgency for urgency, _, _ in found] == sorted((urgency for urgency, _, _ in found), key=order.index)
    words = " | ".join(text for _, text, _ in found)
    for said in ("verzoek is te laat", "over hun termijn", "niet aangekomen", "2 nieuwe berichten", "mogelijke spam"):
        assert said in words
    for _, text, url in found:
        assert admin_client.get(url).status_code == 200, text
    assert "Niets te doen" not in admin_client.get("/admin/").content.decode()


def test_stands_above_everything_else(admin_client: Client, busy: None) -> None:
    shown = admin_client.get("/admin/").content.decode()
    assert shown.index("privacy-todo-section") < shown.index("Privacyverklaring: versie 1 geldt")


def test_is_said_only_to_who_may_see_it(busy: None) -> None:
    """32: an editor hears nothing of people; an auditor nothing of messages."""
    assert lines(client_of(EDITOR.name)) == []
    assert "privacy-todo" not in client_of(EDITOR.name).get("/admin/").content.decode().replace("privacy-todo.css", "")
    officer = {text for _, text, _ in lines(client_of(OFFICER.name))}
    auditor = {text for _, text, _ in lines(client_of(AUDITOR.name))}
    assert auditor < officer
    assert not [text for text in auditor if "bericht" in text and "mail" not in text and "spam" in text]


def test_names_a_few_late_requests_and_counts_the_rest(admin_client: Client, calm: None) -> None:
    for days in range(60, 69):
        late(days)
    found = [line for line in lines(admin_client) if line[0] == "late"]
    assert found[0][1:] == ("9 verzoeken zijn te laat: de wettelijke termijn is voorbij.", reverse("privacy-requests:index"))
    assert len(found) == 6


@pytest.mark.usefixtures("within_a_minute")
def test_asks_as_often_for_much_as_for_little(admin_client: Client, busy: None) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert admin_client.get("/admin/").status_code == 200
        return len(seen)

    queries()
    few = queries()
    for number in range(12):
        person = relation(timezone.now(), email=f"nog{number}@voorbeeld.example")
        SubmissionFactory(subject=person, state="spam")
        send(kind=OWNERS_MAIL, reference=f"{number}", subject=person)
        late(70 + number)
    Mail.objects.update(state=Mail.State.FAILED, next_attempt_at=None)
    assert queries() == few
