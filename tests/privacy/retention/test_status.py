"""How the expiry is doing: figures that turn red when a night was missed or somebody should be gone."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from privacy.retention.models import RetentionRun
from privacy.retention.services import expire_due
from privacy.retention.status import status
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


def test_a_paused_run_is_not_fine() -> None:
    expire_due()
    RetentionRun.objects.update(state="paused")
    assert status(timezone.now()).is_paused


def test_is_counted_once_a_minute(django_assert_num_queries: Any) -> None:
    status(timezone.now())
    with django_assert_num_queries(0):
        status(timezone.now())
