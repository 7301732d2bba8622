"""Numbers that people compare have their thousands apart, in the language of whoever reads; those for programs do not."""

import html
import re

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from privacy.retention.models import ClassRun, RetentionRun
from privacy.statement.models import StatementVersion
from privacy.subjects.models import ErasedInYear
from tests.factories import many_relations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site", "broker")]

PEOPLE = 12_345


def said(client: Client, address: str) -> str:
    """What a page says, in one line; also what it only reads aloud."""
    page = re.sub(r"<script.*?</script>|<style.*?</style>", " ", client.get(address).content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def run() -> RetentionRun:
    """A night in which many went, and many rows with a clock of their own."""
    now, version = timezone.now(), StatementVersion.objects.get()
    ErasedInYear.objects.create(year=timezone.localdate().year, people=PEOPLE)
    facts = {"as_of": now, "started_at": now, "finished_at": now, "version": version, "months": 24}
    ClassRun.objects.create(source="mail.sent", rule="mails", rows=9_876, days=0, **facts)
    counts = {"subjects.person": PEOPLE, "contact.submissions": 23_456}
    return RetentionRun.objects.create(
        due=PEOPLE, erased=PEOPLE, held=1_234, by_source=counts, state=RetentionRun.State.FINISHED, **facts
    )


@pytest.fixture(params=["nl", "en"])
def language(request: pytest.FixtureRequest, admin_user: User) -> str:
    """What the officer reads."""
    UserProfile.objects.update_or_create(user=admin_user, defaults={"preferred_language": request.param})
    language: str = request.param
    return language


def number(of: int, language: str) -> str:
    return f"{of:,}".replace(",", "." if language == "nl" else ",")


def test_of_the_expiry(admin_client: Client, run: RetentionRun, language: str) -> None:
    """On the lists, on a run's own page, on its certificate and on the first page."""
    assert number(PEOPLE, language) in said(admin_client, reverse("wagtailadmin_home"))
    for address in ("privacy-runs:index", "privacy-class-runs:index"):
        page = said(admin_client, reverse(address))
        assert number(PEOPLE if "class" not in address else 9_876, language) in page
        assert not re.search(r"\b(12345|9876|1234)\b", page)
    for address in ("privacy-runs:inspect", "privacy-certificates:run"):
        page = said(admin_client, reverse(address, args=[run.pk]))
        for count in (PEOPLE, 1_234, 23_456):
            assert number(count, language) in page
        assert not re.search(r"\b(12345|23456|1234)\b", page)


def test_of_what_is_to_come(admin_client: Client, language: str) -> None:
    """On the chart, in its table, and where it is said how many get a notice."""
    many_relations(1_234, bystanders=0)
    count = number(1_234, language)
    plan = said(admin_client, reverse("privacy-plan:index"))
    assert count in plan
    assert "1234" not in plan
    inbox = said(admin_client, reverse("contact-messages:index"))
    assert count in inbox
    assert count in said(admin_client, reverse("wagtailadmin_home"))
    assert count in said(admin_client, reverse("privacy-consent-report:index"))


@pytest.mark.usefixtures("run")
def test_of_the_statements_foot(client: Client) -> None:
    assert "12.345 personen gewist" in said(client, "/privacy/")
    cache.clear()
    assert "12,345 people" in said(client, "/en/privacy/")


def test_but_not_for_programs(admin_client: Client, run: RetentionRun) -> None:
    found = admin_client.get(reverse("privacy-certificates:run_json", args=[run.pk])).json()
    assert (found["people"], found["run"]["held"]) == (PEOPLE, 1_234)
    sheet = admin_client.get(reverse("privacy-class-runs:index"), {"export": "csv"}).getvalue().decode()
    assert ",9876," in sheet
