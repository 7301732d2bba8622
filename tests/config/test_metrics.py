"""`/metrics`: for the holders of the token, and of nobody in particular."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from privacy.mail.models import Mail
from privacy.retention.services import expire_due
from privacy.rights.models import DataRequest
from privacy.rights.services import take
from tests.factories import DataSubjectFactory, SubmissionFactory, relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

TOKEN = "token-0123456789-abcdefghijklmnopqrstuvwxyz"


def scrape(token: str = TOKEN) -> Any:
    # From inside: no TLS, and a name that is none of ours.
    return Client().get("/metrics", headers={"host": "web:8000", "authorization": f"Bearer {token}"})


def figures() -> dict[str, int]:
    text = scrape().content.decode()
    for line in text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) koel_\w+ .+|koel_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? \d+', line), line
    samples = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: int(value) for name, _space, value in samples}


def test_without_a_token_in_the_settings_there_is_nothing() -> None:
    assert scrape().status_code == 404
    assert scrape("").status_code == 404


@pytest.fixture
def _token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


@pytest.mark.usefixtures("_token")
class TestWithAToken:
    def test_others_are_refused(self) -> None:
        for wrong in ("", "x", TOKEN[:-1], TOKEN + "x"):
            response = scrape(wrong)
            assert response.status_code == 401
            assert not response.content
        assert Client().get("/metrics").status_code == 401

    def test_a_quiet_site(self) -> None:
        response = scrape()
        assert response.status_code == 200
        assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert response["Cache-Control"] == "no-store"
        found = figures()
        assert found["koel_statement_version"] == 1
        for name in ("koel_overdue_requests", "koel_past_their_date", "koel_possible_spam", 'koel_mails{state="failed"}'):
            assert found[name] == 0
        assert "koel_last_expiry_age_seconds" not in found  # none yet

    def test_what_needs_somebody(self) -> None:
        now = timezone.now()
        expire_due(as_of=now)
        relation(now - timedelta(days=3 * 366))
        SubmissionFactory.create(possible_spam=True)
        for state, number in ((Mail.State.FAILED, 1), (Mail.State.PENDING, 2)):
            waits = now if state == Mail.State.PENDING else None
            for key in range(number):
                row = {"reference": key + 100 * number, "state": state, "created_at": now, "next_attempt_at": waits}
                Mail.objects.create(kind="contact.owner", **row)
        take(
            email="jan@voorbeeld.example",
            kind=DataRequest.Kind.ACCESS,
            channel=DataRequest.Channel.PHONE,
            received_at=now - timedelta(days=80),
            at=now,
            language="nl",
        )
        found = figures()
        assert found["koel_past_their_date"] == 1
        assert found["koel_possible_spam"] == 1
        assert found["koel_overdue_requests"] == 1
        assert found['koel_mails{state="failed"}'] == 1
        assert found['koel_mails{state="waiting"}'] >= 2
        assert 0 <= found["koel_last_expiry_age_seconds"] < 60

    def test_nobody_can_be_found_in_it(self) -> None:
        """Invariant 3."""
        person = DataSubjectFactory.create()
        relation(timezone.now() - timedelta(days=3 * 366))
        text = scrape().content.decode()
        assert person.email not in text
        assert "@" not in text

    def test_the_database_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def gone(*args: Any) -> None:
            raise OperationalError

        monkeypatch.setattr("config.metrics.status", gone)
        assert scrape().status_code == 503
