"""How the expiry is doing: figures that turn red when a night was missed or somebody should be gone."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from privacy.consent.models import UnconfirmedConsent
from privacy.mail.models import Mail
from privacy.retention.classes import end_classes
from privacy.retention.models import RetentionRun
from privacy.retention.services import expire_due
from privacy.retention.status import LATE, status
from tests.classes import unconfirmed
from tests.factories import relation

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


def test_is_counted_once_a_minute(django_assert_num_queries: Any) -> None:
    status(timezone.now())
    with django_assert_num_queries(0):
        status(timezone.now())
