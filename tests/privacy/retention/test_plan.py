"""What goes when: the chart, the table, the download and the list all say what the expiry will do."""

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from privacy.register.periods import expires_at
from privacy.retention.plan import ending_in, months_ahead, plan
from privacy.rights.models import DataRequest
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.subjects.models import DataSubject
from tests.factories import publish, relation, set_period, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 25, 12, tzinfo=AMSTERDAM)


def figures(at: datetime = NOW) -> dict[str, tuple[int, int]]:
    """Return month -> who goes and who stays, of the months that have anybody."""
    rule = plan(StatementVersion.objects.binding(), at=at).rules[0]
    return {month.key: (month.goes, month.stays) for month in rule.months if month.total}


@pytest.mark.parametrize(
    ("last_contact", "month"),
    [
        pytest.param(datetime(2024, 12, 31, 23, 59, 59, tzinfo=AMSTERDAM), "2026-12", id="last second of a month"),
        pytest.param(datetime(2025, 1, 1, tzinfo=AMSTERDAM), "2027-01", id="first second of a month"),
        pytest.param(datetime(2024, 11, 30, 23, 30, tzinfo=AMSTERDAM), "2026-11", id="the month that runs"),
        pytest.param(datetime(2020, 5, 5, tzinfo=AMSTERDAM), "2026-11", id="late: with the next run"),
        pytest.param(datetime(2026, 11, 25, tzinfo=AMSTERDAM), "2028-11", id="the last month shown"),
    ],
)
def test_everybody_stands_in_the_month_of_their_date(last_contact: datetime, month: str) -> None:
    """A7: the same calendar as the expiry, on the reader's clock."""
    relation(last_contact)
    assert figures() == {month: (1, 0)}
    assert f"{max(expires_at(last_contact, 24), NOW).astimezone(AMSTERDAM):%Y-%m}" == month


def test_chart_and_list_agree() -> None:
    for days in range(0, 800, 7):
        relation(NOW - timedelta(days=days))
    rule = plan(StatementVersion.objects.binding(), at=NOW).rules[0]
    for month in rule.months:
        people = ending_in(month.begin, months=24, at=NOW)
        assert (people.filter(stays=False).count(), people.filter(stays=True).count()) == (month.goes, month.stays)
    assert rule.goes + rule.stays == DataSubject.objects.count()


def test_whoever_is_held_on_their_date_stands_apart() -> None:
    """D3: restriction, open request, and a hold that lasts beyond the date; one that ends before it keeps nobody."""
    month = datetime(2024, 12, 10, tzinfo=AMSTERDAM)
    relation(month)
    relation(month, restricted=True)
    relation(month, held=True)
    relation(month, hold_until=NOW + timedelta(days=1), hold_reason="geschil")
    asked = relation(month)
    DataRequest.objects.create(subject=asked, received_at=timezone.now())
    assert figures() == {"2026-12": (2, 3)}
    # Who is late is held as long as the hold lasts today.
    late = relation(datetime(2020, 5, 5, tzinfo=AMSTERDAM), hold_until=NOW + timedelta(days=1), hold_reason="geschil")
    assert figures()["2026-11"] == (0, 1)
    DataSubject.objects.filter(pk=late.pk).update(hold_until=NOW - timedelta(days=1))
    assert figures()["2026-11"] == (1, 0)


def test_the_period_is_the_published_one() -> None:
    """A8: a change in the register changes nothing here until it is published."""
    relation(datetime(2026, 1, 10, tzinfo=AMSTERDAM))
    set_period(12)
    assert figures() == {"2028-01": (1, 0)}
    publish()
    assert figures() == {"2027-01": (1, 0)}


class TestScreens:
    """What the officer sees."""

    def test_chart_table_and_download_say_the_same(self, admin_client: Client) -> None:
        relation(timezone.now() - timedelta(days=10))
        relation(timezone.now() - timedelta(days=10), restricted=True)
        page = admin_client.get(reverse("privacy-plan:index")).content.decode()
        month = f"{months_ahead(timezone.now())[24]:%Y-%m}"
        address = next(found for found in re.findall(r'<a href="(/admin/privacy-plan/relations/[^"]+)"', page))
        (key,) = re.findall(r"relations/(\d{4}-\d\d)/", address)
        assert key <= month
        assert ": 1 weg, 1 vastgehouden" in page
        assert "<title" in page
        assert re.search(r"<td>1</td><td>1</td>", page)
        assert "Facturen en de administratie daaromheen" in page
        response = admin_client.get(reverse("privacy-plan:index"), {"export": "csv"})
        rows = [
            row
            for row in csv.DictReader(io.StringIO(b"".join(response).decode()))  # type: ignore[arg-type]
            if row["Wat geteld is"] == "personen"
        ]
        assert len(rows) == 25
        assert [(row["Maand"], row["Gewist"], row["Vastgehouden"]) for row in rows if row["Gewist"] != "0"] == [(key, "1", "1")]

    def test_behind_a_bar_is_the_list_without_names(self, admin_client: Client) -> None:
        goes = relation(timezone.now() - timedelta(days=10), email="anna@voorbeeld.example")
        stays = relation(timezone.now() - timedelta(days=10), held=True)
        month = f"{timezone.localtime(expires_at(goes.last_contact_at, 24)):%Y-%m}"
        address = reverse("privacy-plan:month", args=["relations", month])
        page = admin_client.get(address).content.decode()
        assert f"Betrokkene {goes.pk}" in page
        assert f"Betrokkene {stays.pk}" in page
        assert "anna" not in page
        assert "blijft: vastgehouden" in page
        assert "Berichten" in page or "bericht" in page
        rows = b"".join(admin_client.get(address, {"export": "csv"})).decode()  # type: ignore[arg-type]
        assert str(goes) in rows
        assert "anna" not in rows

    def test_costs_the_same_for_one_and_for_many(self, admin_client: Client, django_assert_max_num_queries: Any) -> None:
        """A page of the list is a fixed number of queries: two per source, and those around it."""
        for _ in range(30):
            relation(timezone.now() - timedelta(days=900))
        month = f"{months_ahead(timezone.now())[0]:%Y-%m}"
        with django_assert_max_num_queries(45):
            assert admin_client.get(reverse("privacy-plan:month", args=["relations", month])).status_code == 200

    @pytest.mark.parametrize("rule_and_month", [("fiscal", "2026-12"), ("relations", "1999-01"), ("relations", "x")])
    def test_what_is_not_in_the_plan_is_not_there(self, admin_client: Client, rule_and_month: tuple[str, str]) -> None:
        assert admin_client.get(reverse("privacy-plan:month", args=rule_and_month)).status_code == 404

    def test_says_what_to_do_when_there_is_nothing(self, admin_client: Client) -> None:
        page = admin_client.get(reverse("privacy-plan:index")).content.decode()
        assert "U hoeft niets te doen" in page
        PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
        page = admin_client.get(reverse("privacy-plan:index")).content.decode()
        assert "Publiceer eerst de verklaring" in page

    def test_only_who_may_see_people(self) -> None:
        client = staff()
        for address in (reverse("privacy-plan:index"), reverse("privacy-plan:month", args=["relations", "2026-12"])):
            assert client.get(address).status_code in {302, 403, 404}
        assert "privacy-plan" not in client.get("/admin/").content.decode()
