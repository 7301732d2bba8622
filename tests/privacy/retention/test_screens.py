"""What the officer sees of the expiry, and the buttons that pause it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from privacy.retention.models import RetentionRun
from privacy.retention.services import expire_due
from tests.factories import relation, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


@pytest.fixture
def officer(admin_client: Client, broker: Any) -> Client:
    """Somebody who may everything, with a queue behind them."""
    return admin_client


@pytest.fixture
def run() -> RetentionRun:
    """A run on its way: 40 of 100 people, ten a second."""
    expire_due()
    run = RetentionRun.objects.get()
    run.state, run.due, run.erased = RetentionRun.State.RUNNING, 100, 40
    run.progress_at = run.started_at + timedelta(seconds=4)
    run.save()
    return run


def test_the_first_page_says_how_it_is(officer: Client) -> None:
    page = officer.get("/admin/").content.decode()
    assert "De eerste opschoning moet nog komen" in page, "a new site waits for its first night"
    assert "help-warning" in page, "the monitoring does not call it well either"
    assert "help-critical" not in page
    expire_due()
    RetentionRun.objects.update(finished_at=timezone.now() - timedelta(hours=27))
    cache.clear()
    assert "langer dan 26 uur niet gelopen" in officer.get("/admin/").content.decode()
    RetentionRun.objects.update(finished_at=timezone.now())
    cache.clear()
    page = officer.get("/admin/").content.decode()
    assert "Niets staat langer dan de verklaring zegt" in page
    assert "Gewist dit jaar: 0 personen" in page
    relation(timezone.now() - timedelta(days=800))
    cache.clear()
    assert "Nu over hun termijn: 1." in officer.get("/admin/").content.decode()


def test_a_new_site_with_old_data_does_not_say_that_a_night_was_missed(officer: Client) -> None:
    """Data that were brought along from elsewhere may be past their date before there was any night."""
    relation(timezone.now() - timedelta(days=800))
    page = officer.get("/admin/").content.decode()
    assert "Er staan gegevens over hun termijn." in page
    assert "langer dan 26 uur niet gelopen" not in page


def test_progress_and_speed_are_seen_while_it_runs(officer: Client, run: RetentionRun) -> None:
    page = officer.get("/admin/").content.decode()
    assert "Bezig: 40 van 100 personen gewist, 10 per seconde" in page
    assert "Pauzeren" in officer.get(reverse("privacy-runs:index")).content.decode()


def test_the_speed_is_that_since_the_run_was_taken_up(officer: Client, run: RetentionRun) -> None:
    """A night of standing still would make the quickest run look like one that crawls."""
    RetentionRun.objects.update(started_at=timezone.now() - timedelta(hours=12))
    relation(timezone.now() - timedelta(days=800))
    officer.post(reverse("privacy-runs:pause", args=[run.pk]))
    officer.post(reverse("privacy-runs:resume", args=[run.pk]))
    expire_due()
    run.refresh_from_db()
    assert (run.state, run.erased, run.erased_before) == ("finished", 41, 40)
    run.progress_at = run.taken_up_at + timedelta(milliseconds=100)
    assert run.speed == 10
    run.erased_before = 41
    assert run.speed is None, "nothing since"


def test_a_run_says_by_name_what_it_erased(officer: Client) -> None:
    """And nothing of sources in which there was nothing."""
    relation(timezone.now() - timedelta(days=800))
    expire_due()
    page = officer.get(reverse("privacy-runs:inspect", args=[RetentionRun.objects.get().pk])).content.decode()
    assert "Uw adres en laatste contact: 1" in page
    assert "Bestanden die u met een bericht meestuurde" not in page
    assert reverse("privacy-certificates:run", args=[RetentionRun.objects.get().pk]) in page
    RetentionRun.objects.update(state="running", finished_at=None)
    page = officer.get(reverse("privacy-runs:inspect", args=[RetentionRun.objects.get().pk])).content.decode()
    assert "Als de opschoning klaar is." in page


def test_pause_and_resume(officer: Client, run: RetentionRun) -> None:
    page = officer.post(reverse("privacy-runs:pause", args=[run.pk]), follow=True).content.decode()
    assert "Er wordt niets gewist tot u haar hervat" in page
    assert "Hervatten" in page
    run.refresh_from_db()
    assert run.state == "paused"
    assert "De opschoning is gepauzeerd" in officer.get("/admin/").content.decode()
    officer.post(reverse("privacy-runs:resume", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "running"
    again = officer.post(reverse("privacy-runs:resume", args=[run.pk]), follow=True).content.decode()
    assert "intussen verder" in again


def test_only_who_may(run: RetentionRun) -> None:
    client = staff("view_retentionrun")
    assert "Pauzeren" not in client.get("/admin/").content.decode()
    client.post(reverse("privacy-runs:pause", args=[run.pk]))
    assert client.get(reverse("privacy-runs:pause", args=[run.pk])).status_code in {302, 405}
    run.refresh_from_db()
    assert run.state == "running"


def test_the_statement_says_it_at_its_foot(client: Client) -> None:
    """The same figures as the officer's; nothing before the first run, and no cookie for it."""
    assert "Laatste opschoning" not in client.get("/privacy/").content.decode()
    relation(timezone.now() - timedelta(days=800))
    expire_due()
    cache.clear()
    response = client.get("/privacy/")
    assert "Dit jaar is één persoon gewist." in response.content.decode()
    assert "staan 0 personen langer" in response.content.decode()
    assert not response.cookies
