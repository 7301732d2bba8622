"""What goes when, of what has a clock of its own: the months say what the job will do, and the list behind them no more."""

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from privacy.consent.models import UnconfirmedConsent
from privacy.mail.models import Mail
from privacy.register.models import RetentionRule
from privacy.register.periods import expires_at, midnight, months_after
from privacy.retention.classes import due
from privacy.retention.plan import RulePlan, months_ahead, plan
from privacy.rights.models import DataRequest
from privacy.subjects.registry import Clock, registry
from tests.classes import MAKE, answered, logged, unconfirmed, version
from tests.factories import SubmissionFactory, publish, relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

AMSTERDAM = timezone.get_default_timezone()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


NOW = moment("2026-11-25T12:00")
MICROSECOND = timedelta(microseconds=1)


def of(rule: str, at: datetime = NOW) -> RulePlan | None:
    return next((one for one in plan(version(), at=at).rules if one.rule["key"] == rule), None)


def figures(rule: str, at: datetime = NOW) -> dict[str, tuple[int, int]]:
    """Return month -> what goes and what stays, of the months that have anything."""
    found = of(rule, at)
    return {month.key: (month.goes, month.stays) for month in found.months if month.total} if found else {}


def spam(at: datetime) -> None:
    SubmissionFactory.create(possible_spam=True, subject__last_contact_at=at)


@pytest.mark.parametrize(
    ("make", "rule", "begun", "at", "month"),
    [
        pytest.param(unconfirmed, "unconfirmed", "2026-11-23T23:59:59", NOW, "2026-11", id="days: last second"),
        pytest.param(unconfirmed, "unconfirmed", "2026-11-24T00:00:00", NOW, "2026-12", id="days: first second"),
        pytest.param(
            unconfirmed,
            "unconfirmed",
            "2026-10-25T00:30:00",
            moment("2026-10-25T12:00"),
            "2026-11",
            id="days: the clock changes",
        ),
        pytest.param(answered, "requests", "2025-01-31T23:59:59", NOW, "2027-01", id="months: last second"),
        pytest.param(answered, "requests", "2025-02-01T00:00:00", NOW, "2027-02", id="months: first second"),
        pytest.param(answered, "requests", "2024-02-29T12:00", moment("2026-02-01T12:00"), "2026-02", id="clamped"),
        pytest.param(spam, "possible_spam", "2020-05-05T12:00", NOW, "2026-11", id="late: with the next run"),
    ],
)
def test_everything_stands_in_the_month_of_its_date(make: Any, rule: str, begun: str, at: datetime, month: str) -> None:
    """A7: the calendar of the job, on the reader's clock, in months and in days."""
    make(moment(begun))
    assert figures(rule, at) == {month: (1, 0)}
    ends = expires_at(moment(begun), *version().period(rule))
    assert f"{max(ends, at).astimezone(AMSTERDAM):%Y-%m}" == month


def test_the_plan_says_what_the_job_will_do() -> None:
    """A8, D2: of each class, what ends up to a month of the plan is what the job would end when that month is over."""
    for make in (*MAKE.values(), spam):
        make(NOW - timedelta(days=3))
    found = plan(version(), at=NOW)
    clocks = list(registry.clocks.values())
    assert {rule["key"] for rule in found.later} == {"objections", "proof"}, "they stay ten and five years"
    for one in (rule for rule in found.rules if not rule.is_of_people):
        ended = [clock for clock in clocks if clock.rule == one.rule["key"]]
        assert [label for label, _rows in one.classes] == [str(clock.label) for clock in ended]
        for number in (0, 1, 2, 11, 12, 13, 23, 24):
            over = midnight(months_after(months_ahead(NOW)[number], 1)) - MICROSECOND
            planned = sum(month.goes for month in one.months[: number + 1])
            assert planned == sum(due(clock, version(), over) for clock in ended), (one.rule["key"], number)


def test_what_belongs_to_who_is_held_then_stands_apart() -> None:
    """D3, 18(2): as the job, which leaves it; a hold that ends before keeps nothing, and what is of nobody nobody keeps."""
    at = moment("2026-05-10T12:00")
    asks = relation(at)
    DataRequest.objects.create(subject=asks, received_at=timezone.now())
    for person in (
        relation(at),
        relation(at, restricted=True),
        relation(at, held=True),
        relation(at, hold_until=NOW + timedelta(days=9), hold_reason="geschil"),
        asks,
        None,
    ):
        Mail.objects.create(kind="x", reference=1, subject=person, state="sent", created_at=at, sent_at=at)
    assert figures("site")["2027-05"] == (3, 3)


def test_the_period_is_the_published_one() -> None:
    """A8: a change in the register changes nothing here until it is published."""
    unconfirmed(moment("2026-11-24T12:00"))
    RetentionRule.objects.filter(key="unconfirmed").update(days=60)
    assert figures("unconfirmed") == {"2026-12": (1, 0)}
    publish()
    assert figures("unconfirmed") == {"2027-01": (1, 0)}


def test_a_rule_that_is_promised_for_what_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    found = plan(version(), at=NOW)
    keys = {rule["key"] for rule in found.later}
    assert {"unconfirmed", "possible_spam", "requests", "exports", "objections"} <= keys
    assert not keys & {rule["key"] for rule in found.elsewhere}
    # What nobody promised is neither counted nor named: nothing of it ends.
    clock = registry.clocks["consent.unconfirmed"]
    monkeypatch.setitem(registry.clocks, clock.key, Clock(**{**vars(clock), "rule": "unknown"}))
    unconfirmed(NOW)
    assert of("unknown") is None


def test_two_queries_for_everything_that_has_a_clock(django_assert_num_queries: Any) -> None:
    """However many classes and rows; the other two are those of people."""
    for make in MAKE.values():
        make(NOW)
    for _ in range(5):
        logged(NOW)
    binding = version()
    with django_assert_num_queries(4):
        plan(binding, at=NOW)


class TestScreens:
    """What the officer sees."""

    def test_chart_table_list_and_download_say_the_same(self, admin_client: Client, django_assert_max_num_queries: Any) -> None:
        now = timezone.now()
        (row,) = unconfirmed(now)
        held = relation(now, held=True, email="anna@voorbeeld.example")
        UnconfirmedConsent.objects.create(
            subject=held, purpose="newsletter", wording="Ja", version=version(), language="nl", place="/", at=now
        )
        ends = expires_at(row.at, *version().period("unconfirmed")).astimezone(AMSTERDAM)
        page = admin_client.get(reverse("privacy-plan:index")).content.decode()
        address = reverse("privacy-plan:class_month", args=["unconfirmed", f"{ends:%Y-%m}"])
        assert len(re.findall(rf'<a href="{address}"', page)) == 2, "a bar, and a line of the table"
        panel = page[page.index('id="regel-unconfirmed') :]
        assert "1 weg, 1 vastgehouden" in panel
        assert "Stuks die in deze maanden gaan: 1. Vastgehouden: 1." in panel
        assert "Codes van adressen" not in page, "a class of which nothing ends has no chart"

        rows = list(csv.DictReader(io.StringIO(download(admin_client, reverse("privacy-plan:index")))))
        of_rule = [line for line in rows if line["Bewaartermijn"] == version().look.rule("unconfirmed")["name"]]  # type: ignore[index]
        assert len(of_rule) == 25
        assert [(line["Maand"], line["Wat geteld is"], line["Gewist"]) for line in of_rule if line["Gewist"] != "0"] == [
            (f"{ends:%Y-%m}", "stuks", "1")
        ]

        with django_assert_max_num_queries(15):
            listed = admin_client.get(address).content.decode()
        assert "Vakjes die niemand bevestigde</td><td>1</td><td>1</td>" in listed
        assert "anna" not in listed
        assert f"Betrokkene {held.pk}" not in listed
        assert f"{ends:%Y-%m-%d},Vakjes die niemand bevestigde,1,1" in download(admin_client, address)

    def test_what_is_late_ends_today(self, admin_client: Client) -> None:
        spam(moment("2020-05-05T12:00"))
        today = timezone.localdate()
        address = reverse("privacy-plan:class_month", args=["possible_spam", f"{today:%Y-%m}"])
        assert f'{today:%Y-%m-%d},"Berichten die' in download(admin_client, address)
        month = months_ahead(timezone.now())[1]
        page = admin_client.get(reverse("privacy-plan:class_month", args=["possible_spam", f"{month:%Y-%m}"]))
        assert "In deze maand eindigt niets" in page.content.decode()

    @pytest.mark.parametrize("rule", ["relations", "fiscal", "unknown"])
    def test_what_has_no_clock_is_not_there(self, admin_client: Client, rule: str) -> None:
        month = f"{months_ahead(timezone.now())[1]:%Y-%m}"
        for asked in ((rule, month), ("site", "1999-01"), ("site", "x")):
            assert admin_client.get(reverse("privacy-plan:class_month", args=asked)).status_code == 404


def download(client: Client, address: str) -> str:
    return b"".join(client.get(address, {"export": "csv"})).decode()  # type: ignore[arg-type]
