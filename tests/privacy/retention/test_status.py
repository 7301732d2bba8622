"""How the expiry is doing: figures that turn red when a night was missed or somebody should be gone."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from contact.possible_spam import expire
from privacy.consent.models import UnconfirmedConsent
from privacy.mail.models import Mail
from privacy.retention.classes import end_classes
from privacy.retention.models import RetentionRun
from privacy.retention.services import expire_due
from privacy.retention.status import LATE, status
from privacy.retention.tasks import run_first
from privacy.statement.models import PrivacyStatementPage
from privacy.subjects.ledger import lines_under, pseudonym
from privacy.subjects.models import DataSubject, ErasedInYear
from privacy.subjects.services import erase
from tests.classes import unconfirmed
from tests.factories import SubmissionFactory, relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


def test_red_until_the_first_run_and_after_26_hours() -> None:
    """D2: silence alarms."""
    now = timezone.now()
    assert not status(now).runs_on_time
    expire_due()
    cache.clear()
    assert status(timezone.now()).is_fine
    cache.clear()
    assert status(now + timedelta(hours=25, minutes=59)).runs_on_time
    cache.clear()
    assert not status(now + timedelta(hours=26, minutes=1)).runs_on_time


def test_a_new_site_has_its_first_run_at_once_when_it_finds_nobody() -> None:
    """And once: afterwards the nights do it. Whoever is past a period that was just published goes at night."""
    person = relation(timezone.now() - timedelta(days=800))
    run_first()
    assert not RetentionRun.objects.exists()
    DataSubject.objects.filter(pk=person.pk).update(last_contact_at=timezone.now())
    run_first()
    run_first()
    assert [(run.state, run.due, run.erased) for run in RetentionRun.objects.all()] == [("finished", 0, 0)]
    assert status(timezone.now()).is_fine


def test_without_a_statement_there_is_no_first_run() -> None:
    PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
    run_first()
    assert not RetentionRun.objects.exists()


def test_counts_who_should_be_gone_and_who_went() -> None:
    now = timezone.now()
    relation(now - timedelta(days=800))
    relation(now - timedelta(days=800), held=True)
    relation(now)
    assert (status(now).past_their_date, status(now).is_fine) == (1, False)
    expire_due()
    cache.clear()
    state = status(timezone.now())
    assert (state.past_their_date, state.erased_this_year) == (0, 1)
    assert state.next_run > timezone.now()


def test_erased_this_year_is_everybody_however_they_went() -> None:
    """By the clock, because they asked, by the administrator; not who withdrew and stays, nor who sent spam."""
    now = timezone.now()
    relation(now - timedelta(days=800))
    expire_due()
    erase([relation(now)], reason="request", at=now)
    call_command("erase", relation(now).email, reason="overleden")
    erase([relation(now)], reason="consent withdrawn", at=now, sources=["contact.submissions"])
    spam = SubmissionFactory.create(subject__last_contact_at=now - timedelta(days=40), possible_spam=True)
    assert expire(as_of=now).people == 1
    assert not DataSubject.objects.filter(pk=spam.subject_id).exists()
    cache.clear()
    assert status(now).erased_this_year == 3


def test_a_year_begins_at_midnight_in_amsterdam() -> None:
    """An hour before it does in UTC; and what was erased last year is no longer of this one."""
    new_year = datetime(2026, 12, 31, 23, tzinfo=UTC)
    for moment in (new_year - timedelta(seconds=1), new_year, new_year + timedelta(minutes=1)):
        erase([relation(moment)], reason="request", at=moment)
    assert status(new_year - timedelta(seconds=1)).erased_this_year == 1
    cache.clear()
    assert status(new_year + timedelta(minutes=2)).erased_this_year == 2


def test_what_was_erased_before_there_was_a_count_is_in_it() -> None:
    """An update of the site does not begin at nought in the middle of the year."""
    now = timezone.now()
    relation(now - timedelta(days=800))
    expire_due()
    erase([relation(now)], reason="request", at=now)
    erase([relation(now)], reason="consent withdrawn", at=now, sources=["contact.submissions"])
    ErasedInYear.objects.all().delete()
    migration = import_module("privacy.subjects.migrations.0007_erased_in_year")
    migration.count_what_the_ledger_knows(apps, None)
    assert status(now).erased_this_year == 2


def test_an_erasure_that_is_undone_was_none() -> None:
    """At least once in the ledger, exactly once in the count: a process that dies before the commit leaves a line too much."""
    now = timezone.now()
    person = relation(now)
    with suppress(RuntimeError), transaction.atomic():
        erase([person], reason="request", at=now)
        raise RuntimeError("killed")
    assert status(now).erased_this_year == 0
    assert len(lines_under(pseudonym(person.email))) == 1


def test_counts_what_has_a_clock_of_its_own_too() -> None:
    """D2: a night that leaves the classes alone turns red as well; what is held does not, nor what went in time."""
    expire_due()
    now = timezone.now()
    late = now - timedelta(days=7) - LATE
    (row,) = unconfirmed(late)
    held = relation(now, held=True)
    Mail.objects.create(kind="x", reference=1, subject=held, state="sent", created_at=now - timedelta(days=800), sent_at=now)
    assert (status(late).rows_past_their_date, status(late).is_fine) == (0, True)
    cache.clear()
    state = status(now)
    assert (state.past_their_date, state.rows_past_their_date, state.is_fine) == (0, 1, False)
    UnconfirmedConsent.objects.filter(pk=row.pk).update(at=late + timedelta(minutes=1))
    cache.clear()
    assert status(now).is_fine
    UnconfirmedConsent.objects.filter(pk=row.pk).update(at=late)
    end_classes()
    cache.clear()
    assert status(now).is_fine


def test_a_paused_run_is_not_fine() -> None:
    expire_due()
    RetentionRun.objects.update(state="paused")
    assert status(timezone.now()).is_paused


@pytest.mark.usefixtures("within_a_minute")
def test_is_counted_once_a_minute(django_assert_num_queries: Any) -> None:
    status(timezone.now())
    with django_assert_num_queries(0):
        status(timezone.now())
