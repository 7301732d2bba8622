"""From when a version holds: announced first, in force on its day, and never sooner (law.md A19, A20)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from privacy.statement.gate import PublicationRefused
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from tests.factories import confirm, send, set_period

pytestmark = pytest.mark.usefixtures("demo_site")

TODAY = timezone.localdate


def publish(*, days: int | None = None, editorial: bool = False, note: str = "Gewijzigd.") -> StatementVersion:
    """Publish a version that holds `days` from today."""
    page = PrivacyStatementPage.objects.get(locale__language_code="nl")
    page.change_note = note
    page.is_editorial = editorial
    page.effective_on = None if days is None else TODAY() + timedelta(days=days)
    page.save_revision().publish()
    return StatementVersion.objects.order_by("-number")[0]


def in_force() -> int | None:
    """Return the number of the version in force."""
    version = StatementVersion.objects.in_force()
    return version.number if version else None


def announced() -> int | None:
    """Return the number of the version that comes next."""
    version = StatementVersion.objects.announced(after=StatementVersion.objects.in_force())
    return version.number if version else None


def text(client: Client, path: str) -> str:
    """Return a page."""
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def first_for(days: int) -> None:
    """Make version 1 one that is only announced, as a first publication with a later day leaves it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE privacy_statement_statementversion SET effective_on = %s", [TODAY() + timedelta(days=days)])
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let days pass: `clock(7)`."""

    def go(days: int) -> None:
        moment = timezone.now() + timedelta(days=days)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return go


class TestInForce:
    def test_on_its_day_and_not_before(self, clock: Any) -> None:
        """A20: both sides of the boundary; the period of the job goes with it (invariant 2)."""
        set_period(6)
        publish(days=2)
        assert (in_force(), announced()) == (1, 2)
        clock(1)
        assert (in_force(), announced()) == (1, 2)
        assert StatementVersion.objects.binding().period_months("relations") == 24
        clock(1)
        assert (in_force(), announced()) == (2, None)
        assert StatementVersion.objects.binding().period_months("relations") == 6

    def test_the_day_is_the_local_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """In Amsterdam it is tomorrow for an hour or two before it is in UTC."""
        version = publish(days=1)
        midnight = timezone.make_aware(timezone.datetime.combine(version.effective_on, timezone.datetime.min.time()))
        monkeypatch.setattr("django.utils.timezone.now", lambda: midnight - timedelta(seconds=1))
        assert in_force() == 1
        monkeypatch.setattr("django.utils.timezone.now", lambda: midnight)
        assert in_force() == 2

    def test_of_several_announced_each_has_its_day(self, clock: Any) -> None:
        publish(days=3)
        publish(days=6)
        assert (in_force(), announced()) == (1, 2)
        clock(3)
        assert (in_force(), announced()) == (2, 3)
        clock(3)
        assert (in_force(), announced()) == (3, None)

    def test_a_later_version_for_a_sooner_day_replaces_what_was_announced(self, clock: Any) -> None:
        publish(days=6)
        publish(days=3)
        assert (in_force(), announced()) == (1, 3)
        clock(3)
        assert (in_force(), announced()) == (3, None)
        clock(3)
        assert (in_force(), announced()) == (3, None)

    def test_the_newest_of_one_day_is_announced(self) -> None:
        publish(days=3)
        publish(days=3)
        assert announced() == 3

    def test_nothing_announced_of_a_page_that_is_not_live(self) -> None:
        publish(days=3)
        PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
        assert (in_force(), announced()) == (None, None)

    def test_before_the_first_day_the_form_is_closed(self, client: Client, clock: Any) -> None:
        """Invariant 1."""
        first_for(2)
        assert in_force() is None
        assert client.get("/contact/").status_code == 503
        clock(2)
        assert in_force() == 1
        assert client.get("/contact/").status_code == 200

    def test_consent_is_given_under_the_version_in_force(self, client: Client) -> None:
        """Invariant 7: what is announced was not shown."""
        publish(days=3)
        assert send(client).status_code == 302
        assert in_force() == 1
        assert 'name="statement_version" value="1"' in text(client, "/contact/")


class TestTheDay:
    def test_never_before_today(self) -> None:
        """A20: refused by the gate, whoever publishes."""
        with pytest.raises(PublicationRefused) as refused:
            publish(days=-1)
        assert [problem.code for problem in refused.value.problems] == ["A20.effective"]
        assert date_format(TODAY(), "j F Y") in refused.value.problems[0].message
        assert StatementVersion.objects.count() == 1

    def test_today_when_nothing_was_chosen(self) -> None:
        assert publish().effective_on == TODAY()

    def test_an_editorial_version_does_not_bring_announced_facts_forward(self, admin_client: Client) -> None:
        """A20, invariant 8: its text has the facts that people were told of for that day."""
        set_period(6)
        day = publish(days=5).effective_on
        assert publish(editorial=True).effective_on == day
        confirm(admin_client, kind="editorial")
        assert StatementVersion.objects.get(number=4).effective_on == day
        assert (in_force(), announced()) == (1, 4)

    def test_the_screen_proposes_the_announced_day_and_says_why(self, admin_client: Client) -> None:
        day = publish(days=5).effective_on
        url = reverse("privacy_statement_publish", args=[PrivacyStatementPage.objects.get(locale__language_code="nl").pk])
        html = text(admin_client, url)
        assert f'value="{day.isoformat()}"' in html
        assert f"Versie 2 is aangekondigd voor {date_format(day)}" in html

    def test_a_person_may_choose_a_sooner_day(self, admin_client: Client) -> None:
        """Material, with a notice of its own."""
        publish(days=5)
        confirm(admin_client, kind="material", effective_on=TODAY().isoformat())
        assert in_force() == 3

    def test_the_day_does_not_stick(self) -> None:
        publish(days=5)
        assert PrivacyStatementPage.objects.get(locale__language_code="nl").effective_on is None

    def test_the_hash_covers_it(self) -> None:
        """A19."""
        version = publish(days=5)
        assert version.sha256 == version.chained_sha256()
        version.effective_on = TODAY()
        assert version.sha256 != version.chained_sha256()


class TestAnnounced:
    """What readers and editors see between publication and that day."""

    @pytest.fixture
    def day(self) -> date:
        """Version 2 was published today for this day."""
        set_period(6)
        return publish(days=5).effective_on

    def test_the_statement_says_it(self, client: Client, day: date) -> None:
        """A20: ahead of the day, with the text and what changes."""
        html = text(client, "/privacy/")
        assert "Versie 1, laatst herzien op" in html
        assert f'Vanaf <time datetime="{day.isoformat()}">{date_format(day, "j F Y")}</time> geldt versie 2' in html
        assert 'href="/privacy/versies/2/"' in html
        assert 'href="/privacy/versies/2/verschil/"' in html
        assert "24 maanden (2 jaar)" in html

    def test_and_says_no_more_on_the_day(self, client: Client, day: date, clock: Any) -> None:
        clock(5)
        html = text(client, "/privacy/")
        assert f'Versie 2, laatst herzien op <time datetime="{day}">{date_format(day, "j F Y")}</time>' in html
        assert "Vanaf" not in html.split("<article", 1)[0]

    def test_the_first_version(self, client: Client) -> None:
        first_for(5)
        html = text(client, "/privacy/")
        assert "Er geldt nu geen privacyverklaring." in html
        assert 'href="/privacy/versies/1/"' in html
        assert "verschil" not in html
        assert "<article" not in html
        assert client.get("/privacy/verklaring.json").status_code == 404

    def test_the_list_says_from_when(self, client: Client, day: date) -> None:
        html = text(client, "/privacy/versies/")
        assert f'geldt vanaf <time datetime="{day.isoformat()}">' in html
        assert html.count("geldt vanaf") == 1

    def test_the_list_says_what_never_held(self, client: Client, clock: Any) -> None:
        """A19: the history is true, also of what was replaced before its day."""
        publish(days=5)
        publish(days=3)
        clock(10)
        items = text(client, "/privacy/versies/").split("<li>")
        assert [("heeft nooit gegolden" in item) for item in items if "wijziging" in item] == [False, True, False]

    def test_what_held_for_a_morning_did_hold(self, client: Client) -> None:
        """Two versions of one day: the first was in force until the second came."""
        publish()
        publish()
        assert "nooit gegolden" not in text(client, "/privacy/versies/")

    def test_replaced_on_its_very_day(self, client: Client, clock: Any) -> None:
        publish(days=3)
        clock(3)
        publish()
        assert "nooit gegolden" not in text(client, "/privacy/versies/")

    def test_its_own_page_never_changes(self, client: Client, day: date, clock: Any) -> None:
        """A19: byte for byte, before its day and after."""
        before = client.get("/privacy/versies/2/").content
        assert f'zoals gepubliceerd op <time datetime="{TODAY()}">{date_format(TODAY(), "j F Y")}</time>' in before.decode()
        assert f"vanaf {date_format(day, 'j F Y')}" in before.decode()
        clock(30)
        assert client.get("/privacy/versies/2/").content == before

    def test_machines_read_both_days(self, client: Client, day: date) -> None:
        document = client.get("/privacy/versies/2/verklaring.json").json()
        assert document["dct:issued"]["@value"] == TODAY().isoformat()
        assert document["dct:valid"]["@value"] == day.isoformat()
        assert client.get("/privacy/verklaring.json").json()["dct:hasVersion"] == 1

    def test_the_first_page_of_the_admin_says_it(self, admin_client: Client, day: date) -> None:
        html = text(admin_client, "/admin/")
        assert "Privacyverklaring: versie 1 geldt sinds" in html
        assert f"Versie 2 van de privacyverklaring is gepubliceerd en geldt vanaf {date_format(day)}." in html
        assert "Nog niet gepubliceerd" not in html, "what is announced is published"

    def test_the_first_page_while_nothing_is_in_force(self, admin_client: Client) -> None:
        """Invariant 1: in red, with the day on which that ends."""
        first_for(5)
        html = text(admin_client, "/admin/")
        assert "Er geldt geen privacyverklaring." in html
        assert "er wordt niets gewist tot versie 1 geldt" in html

    def test_changes_are_counted_from_the_newest_version(self, admin_client: Client, day: date) -> None:
        """Not from the one in force: what is announced is published already."""
        set_period(24)
        html = text(
            admin_client,
            reverse("privacy_statement_publish", args=[PrivacyStatementPage.objects.get(locale__language_code="nl").pk]),
        )
        assert "<del>6 maanden</del>" in html


def test_costs_the_same_with_many_announced(client: Client, django_assert_num_queries: Any) -> None:
    """The page asks twice, whatever there is: for the version in force, and for the next."""
    publish(days=5)
    client.get("/privacy/")
    with django_assert_num_queries(2):
        StatementVersion.objects.defer("html", "facts").announced(after=StatementVersion.objects.in_force())
    size = len(client.get("/privacy/").content)
    for _ in range(5):
        publish(days=6)
    with django_assert_num_queries(2):
        StatementVersion.objects.defer("html", "facts").announced(after=StatementVersion.objects.in_force())
    assert len(client.get("/privacy/").content) == size
