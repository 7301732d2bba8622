"""Traps sort and never refuse; only limits refuse, and keep what was typed (law.md F6, B14, I16)."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from config.embedded import Servers
from django.conf import LazySettings, settings
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone

from contact.models import Submission
from contact.spam import reasons
from privacy.mail.models import Mail
from privacy.subjects.models import DataSubject
from tests.factories import DataSubjectFactory, form_number, send
from tests.markup import controls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def sent(client: Client, **answers: Any) -> Submission:
    """Send a message; it gets the thank-you page whatever it looks like."""
    response = send(client, **answers)
    assert (response.status_code, response["Location"]) == (302, "/contact/bedankt/")
    return Submission.objects.get()


def shown(seconds_ago: float) -> str:
    """Return the note of a form that was shown so long ago."""
    return Signer(salt="contact.form.opened").sign(str(time.time() - seconds_ago))


class TestTraps:
    def test_a_person_with_a_browser_is_no_suspect(self, client: Client) -> None:
        message = sent(client, form_opened=shown(3), message="Zie https://a.example, https://b.example en www.c.example")
        assert (message.state, message.suspicions) == ("new", [])

    @pytest.mark.parametrize(
        ("answers", "sign"),
        [
            ({"form_website": "https://koop.example"}, "honeypot"),
            ({"form_website": "\x00" * 3}, "honeypot"),
            ({"form_website": "x" * 100_000}, "honeypot"),
            ({"form_opened": None}, "no_time"),
            ({"form_opened": "1234"}, "no_time"),
            ({"form_opened": str(time.time() - 60) + ":niet-van-ons"}, "no_time"),
            ({"message": "http://a.example http://b.example [url=c] <a href=d>"}, "links"),
            ({"form_proof": None}, "no_proof"),
            ({"form_proof": ""}, "no_proof"),
        ],
    )
    def test_each_trap_sorts_and_refuses_nothing(self, client: Client, answers: dict[str, Any], sign: str) -> None:
        """F6, B7: stored like every message, with its person, its consent and the receipt; the owner gets no mail about it."""
        message = sent(client, **answers)
        assert (message.state, message.suspicions) == ("spam", [sign])
        assert message.subject.email == "jan@voorbeeld.example"
        assert [event.purpose for event in message.subject.consent_events.all()] == ["enquiry"]
        assert [owed.kind for owed in Mail.objects.all()] == ["consent.receipt"]
        assert reasons([sign]) != [sign], "has words"

    @pytest.mark.parametrize(("seconds", "suspicions"), [(1.5, ["fast"]), (-30, ["fast"]), (2.5, []), (365 * 86_400, [])])
    def test_two_seconds_is_too_fast_and_a_year_is_fine(
        self, client: Client, settings: LazySettings, seconds: float, suspicions: list[str]
    ) -> None:
        settings.FORM_FASTEST_SECONDS = 2
        assert sent(client, form_opened=shown(seconds)).suspicions == suspicions

    def test_an_empty_trap_and_its_value_are_not_stored(self, client: Client) -> None:
        """I16: what a robot put into the trap is in no column."""
        message = sent(client, form_website="https://koop.example")
        row = str(Submission.objects.filter(pk=message.pk).values())
        assert "koop.example" not in row
        assert set(message.form_data) == {"name", "email", "company", "phone", "message"}

    def test_people_do_not_meet_the_trap(self, client: Client) -> None:
        page = client.get("/contact/")
        trap = controls(page)["form_website"]
        assert (trap.attrs["tabindex"], trap.attrs["autocomplete"]) == ("-1", "off")
        assert trap.label.startswith("Laat dit leeg"), "for those who see it anyway"

    def test_nothing_of_the_sender_but_what_they_sent_is_kept(self, client: Client) -> None:
        """B6, I16: no network address, no browser."""
        send(client)
        page = client.post(
            "/contact/",
            {
                "email": "a@b.example",
                "message": "x",
                "consent_enquiry": "on",
                "submission_id": form_number(client.get("/contact/")),
            },
            headers={"User-Agent": "Robot/1.0", "X-Forwarded-For": "203.0.113.7"},
        )
        assert page.status_code == 302
        rows = str(list(Submission.objects.values())) + str(list(DataSubject.objects.values()))
        assert "203.0.113.7" not in rows
        assert "Robot" not in rows


class TestTheClock:
    def test_possible_spam_prolongs_nobodys_period(self, client: Client) -> None:
        person = DataSubjectFactory.create(email="jan@voorbeeld.example", last_contact_at=LONG_AGO)
        assert sent(client, form_website="x").subject == person
        person.refresh_from_db()
        assert person.last_contact_at == LONG_AGO

    def test_a_stranger_is_a_person_from_then_on(self, client: Client) -> None:
        message = sent(client, form_website="x")
        assert message.subject.created_at == message.subject.last_contact_at == message.submit_time

    def test_the_same_message_with_the_check_after_one_without_is_heard(self, client: Client) -> None:
        """Who goes back to do the check is not told off for having sent it before."""
        send(client, form_proof=None, phone="06 1")
        send(client, phone="06 1")
        assert sorted(Submission.objects.values_list("state", flat=True)) == ["new", "spam"]

    def test_but_not_the_other_way_round(self, client: Client) -> None:
        send(client, phone="06 1")
        send(client, phone="06 1", form_proof=None)
        assert Submission.objects.get().state == "new"


class TestLimits:
    def test_over_the_limit_a_clear_page_keeps_what_was_typed(self, client: Client, settings: LazySettings) -> None:
        """B14, F6: refused, nothing stored, and nothing lost."""
        settings.FORM_LIMIT_PER_ADDRESS = (2, 600)
        for _ in range(2):
            assert send(client).status_code == 302
        response = send(client, message="Een lang verhaal")
        assert (response.status_code, response["Retry-After"]) == (429, "600")
        shown = controls(response)
        assert shown["message"].typed == "Een lang verhaal"
        assert "checked" not in shown["consent_enquiry"].attrs
        assert "over een kwartier" in response.content.decode()
        assert Submission.objects.count() == 2

    def test_each_network_address_has_its_own(self, client: Client, settings: LazySettings) -> None:
        settings.FORM_LIMIT_PER_ADDRESS = (1, 600)
        for number in range(3):
            assert send(Client(REMOTE_ADDR=f"192.0.2.{number}")).status_code == 302
        assert send(Client(REMOTE_ADDR="192.0.2.1")).status_code == 429

    def test_nobody_escapes_by_making_up_addresses(self, settings: LazySettings) -> None:
        """F6: the last address in the header is the proxy's own word; those before it are whatever the visitor wrote there."""
        settings.FORM_LIMIT_PER_ADDRESS = (1, 600)
        headers = ("192.0.2.1, 198.51.100.7", "192.0.2.2, 198.51.100.7", "192.0.2.2, 198.51.100.8")
        answers = [send(Client(headers={"X-Forwarded-For": sent})).status_code for sent in headers]
        assert answers == [302, 429, 302]

    def test_all_together_have_one_as_well(self, settings: LazySettings) -> None:
        settings.FORM_LIMIT = (2, 3600)
        answers = [send(Client(REMOTE_ADDR=f"192.0.2.{number}")).status_code for number in range(3)]
        assert answers == [302, 302, 429]

    def test_reading_counts_for_nothing(self, client: Client, settings: LazySettings) -> None:
        settings.FORM_LIMIT_PER_ADDRESS = (1, 600)
        for _ in range(3):
            assert client.get("/contact/").status_code == 200
        assert send(client).status_code == 302

    def test_redis_knows_no_network_address(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        """I16: a counter is named by a keyed hash, another one tomorrow; nothing of the sender is in Redis."""
        with redis.Redis.from_url(settings.REDIS_URL) as server:
            server.flushall()
            send(Client(REMOTE_ADDR="203.0.113.7"), email="spits@voorbeeld.example")
            today = {key.decode() for key in server.keys("*rate:*")}
            assert len(today) == 2
            for key in server.keys("*"):
                kept = key + (server.get(key) or b"" if server.type(key) == b"string" else b"")
                assert b"203.0.113.7" not in kept
                assert b"spits" not in kept
            tomorrow = timezone.now() + timedelta(days=1)
            monkeypatch.setattr("privacy.rate_limit.timezone.now", lambda: tomorrow)
            send(Client(REMOTE_ADDR="203.0.113.7"))
            assert len(server.keys("*rate:*")) == 4


@pytest.mark.django_db(transaction=True)
def test_redis_gone_means_no_limit_and_a_form_that_works(client: Client, servers: Servers, settings: LazySettings) -> None:
    """F6: nobody is turned away because a cache is down; a proof counts, though nobody remembers it."""
    settings.FORM_LIMIT_PER_ADDRESS = (1, 600)
    servers.ask("stop", "valkey")
    for _ in range(3):
        assert send(client).status_code == 302
    assert list(Submission.objects.values_list("state", flat=True)) == ["new"] * 3
