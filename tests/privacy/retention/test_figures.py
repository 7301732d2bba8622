"""The figures of the expiry, in every place that shows them, on both sides of each border."""

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from privacy.consent.models import UnconfirmedConsent
from privacy.retention.models import RetentionRun
from privacy.retention.services import expire_due
from privacy.retention.status import Status, status
from privacy.statement.models import StatementVersion
from tests.classes import unconfirmed
from tests.factories import relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site", "broker")]

TOKEN = "token-0123456789-abcdefghijklmnopqrstuvwxyz"
#: A night was missed.
LATE = timedelta(hours=26)
#: A test is quicker than that.
MARGIN = timedelta(minutes=5)


class Places:
    """What a visitor, an officer and the monitoring are told now."""

    def __init__(self, officer: Client, settings: Any) -> None:
        self.officer, settings.METRICS_TOKEN = officer, TOKEN

    def foot(self) -> str:
        """The statement's last lines about the expiry."""
        return self._text(Client().get("/privacy/"), r'<p class="meta">(Laatste opschoning:.*?)</p>')

    def panel(self) -> tuple[str, str]:
        """Colour and words on the first page of the admin."""
        page, begin = self.officer.get("/admin/"), "<strong>(?:De opschoning|Er staan|Niets staat)"
        (colour,) = re.findall(rf"help-block help-(\w+)\">(?:(?!help-block).)*?{begin}", page.content.decode(), re.DOTALL)
        return colour, self._text(page, f"({begin}.*?)<a ")

    def todo(self) -> dict[str, str]:
        """What is late or broken among what needs doing: words -> urgency."""
        page = html.unescape(self.officer.get("/admin/").content.decode())
        lines = re.findall(r'privacy-todo__line--(\w+)">.*?<a href="[^"]*">(.*?)</a></li>', page)
        return {text: urgency for urgency, text in lines if urgency != "work"}

    def gauges(self) -> dict[str, int]:
        """The figures for Prometheus."""
        text = Client().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()
        return {name: int(value) for name, value in re.findall(r"^koel_(\w+) (\d+)$", text, re.MULTILINE)}

    def jobs(self) -> dict[str, bool]:
        """What the probe says of the expiry."""
        checks: dict[str, bool] = Client().get("/healthz/jobs").json()["checks"]
        return {name: checks[name] for name in ("expiry", "past_their_date")}

    @staticmethod
    def _text(page: Any, pattern: str) -> str:
        found = re.search(pattern, page.content.decode(), re.DOTALL)
        return " ".join(html.unescape(re.sub("<[^>]+>", " ", found.group(1))).split()) if found else ""


@pytest.fixture
def places(admin_client: Client, settings: Any) -> Places:
    """After a run that found nobody."""
    expire_due()
    cache.clear()
    return Places(admin_client, settings)


def rows_due(number: int, at: datetime) -> None:
    """Make boxes nobody confirmed whose week ended at a moment; of people who are in contact now."""
    for _ in range(number):
        unconfirmed(timezone.now())
    UnconfirmedConsent.objects.update(at=at - timedelta(days=7))


def people_due(number: int, at: datetime) -> None:
    """Make people whose two years ended at a moment."""
    for _ in range(number):
        relation(timezone.localtime(at) - relativedelta(months=24))


def last_night() -> datetime:
    """Return when the last run was due."""
    found: Status = status(timezone.now())
    cache.clear()
    return found.next_run - timedelta(days=1)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_classes_past_their_date_are_said_everywhere(places: Places, number: int) -> None:
    """D2: none, one, or more: words, colour, urgency and figure; of classes, and not of people."""
    rows_due(number, timezone.now() - LATE - MARGIN)
    late = number > 0
    foot, (colour, panel) = places.foot(), places.panel()
    assert ("Van één ander gegeven is de termijn voorbij." in foot) is (number == 1)
    assert ("Van 2 andere gegevens is de termijn voorbij." in foot) is (number == 2)
    assert "staan 0 personen langer" in foot
    assert (colour, panel.startswith("Er staan gegevens over hun termijn.")) == ("critical" if late else "info", late)
    assert (f"Andere gegevens over hun termijn: {number}." in panel) is late
    assert "Nu over hun termijn: 0." in panel
    assert (
        places.todo()
        == {
            0: {},
            1: {"Eén gegeven met een eigen termijn staat daar overheen.": "late"},
            2: {"2 gegevens met een eigen termijn staan daar overheen.": "late"},
        }[number]
    )
    gauges = places.gauges()
    assert (gauges["rows_past_their_date"], gauges["past_their_date"]) == (number, 0)
    assert places.jobs() == {"expiry": True, "past_their_date": not late}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_people_past_their_date_are_said_everywhere(places: Places, number: int) -> None:
    people_due(number, last_night() - MARGIN)
    late = number > 0
    foot, (colour, panel) = places.foot(), places.panel()
    assert ("Op dit moment staat één persoon langer" in foot) is (number == 1)
    assert (f"Op dit moment staan {number} personen langer" in foot) is (number != 1)
    assert "is de termijn voorbij" not in foot
    assert (colour, panel.startswith("Er staan gegevens over hun termijn.")) == ("critical" if late else "info", late)
    assert f"Nu over hun termijn: {number}." in panel
    assert "Andere gegevens" not in panel
    assert (
        places.todo()
        == {
            0: {},
            1: {"Van één persoon staan gegevens over hun termijn.": "late"},
            2: {"Van 2 mensen staan gegevens over hun termijn.": "late"},
        }[number]
    )
    gauges = places.gauges()
    assert (gauges["rows_past_their_date"], gauges["past_their_date"]) == (0, number)
    assert places.jobs() == {"expiry": True, "past_their_date": not late}


@pytest.mark.parametrize(("due", "border"), [(rows_due, lambda: timezone.now() - LATE), (people_due, last_night)])
def test_what_has_its_night_before_it_is_not_late(
    places: Places, due: Callable[[int, datetime], None], border: Callable[[], datetime]
) -> None:
    """The other side of the border: past its date, but no night was missed; nobody is alarmed."""
    due(1, border() + MARGIN)
    assert places.panel()[0] == "info"
    assert places.todo() == {}
    gauges = places.gauges()
    assert (gauges["rows_past_their_date"], gauges["past_their_date"]) == (0, 0)
    assert places.jobs() == {"expiry": True, "past_their_date": True}


@pytest.mark.parametrize("since", ["before the night", "after it"])
def test_whose_hold_ends_in_the_day_has_a_night_before_them(places: Places, since: str) -> None:
    """D3: long past their period, and held until this morning; not late until a night has passed them by."""
    night = last_night()
    until = night - MARGIN if since == "before the night" else min(night + timedelta(seconds=1), timezone.now())
    relation(timezone.now() - timedelta(days=800), hold_until=until, hold_reason="geschil")
    late = since == "before the night"
    assert places.gauges()["past_their_date"] == int(late)
    assert places.panel()[0] == ("critical" if late else "info")


@pytest.mark.parametrize("missed", [False, True], ids=["25:55", "26:05"])
def test_a_night_that_was_missed_is_said_everywhere(places: Places, missed: bool) -> None:
    """D2: 26 hours."""
    age = LATE + (MARGIN if missed else -MARGIN)
    RetentionRun.objects.update(finished_at=timezone.now() - age)
    cache.clear()
    colour, panel = places.panel()
    assert colour == ("critical" if missed else "info")
    assert panel.startswith("De opschoning heeft langer dan 26 uur niet gelopen." if missed else "Niets staat langer")
    assert places.todo() == ({"De opschoning van vannacht is niet geweest.": "broken"} if missed else {})
    assert abs(places.gauges()["last_expiry_age_seconds"] - age.total_seconds()) < 60
    assert places.jobs() == {"expiry": not missed, "past_their_date": True}


@pytest.mark.parametrize("missed", [False, True], ids=["25:55", "26:05"])
def test_a_new_site_waits_for_its_first_night(places: Places, missed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing to do for anybody until a night has passed since there is a statement; the monitoring is told all the same."""
    RetentionRun.objects.all().delete()
    cache.clear()
    published = timezone.now() - LATE + (-MARGIN if missed else MARGIN)
    # Versions are proof: PostgreSQL refuses to change one.
    monkeypatch.setattr(StatementVersion, "published_at", property(lambda _version: published, lambda *_values: None))
    assert places.todo() == ({"De opschoning van vannacht is niet geweest.": "broken"} if missed else {})
    assert places.foot() == ""
    assert "last_expiry_age_seconds" not in places.gauges()
    assert not places.jobs()["expiry"]


def test_paused_is_said_everywhere(places: Places) -> None:
    assert places.gauges()["expiry_paused"] == 0
    RetentionRun.objects.update(state=RetentionRun.State.PAUSED)
    cache.clear()
    colour, panel = places.panel()
    assert (colour, panel.startswith("De opschoning is gepauzeerd: er wordt niets gewist.")) == ("critical", True)
    assert places.todo() == {"De opschoning staat stil: er wordt niets gewist.": "broken"}
    assert places.gauges()["expiry_paused"] == 1
