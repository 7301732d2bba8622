"""Celery as configured: real workers, and a broker that goes away."""

import gc
import time
from datetime import timedelta

import pytest
from celery import current_app
from celery.signals import worker_init
from config.celery import share_what_is_loaded
from config.tasks import clear_sessions
from config.testing import wait_until
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone
from kombu.exceptions import OperationalError


def test_everything_scheduled_exists():
    current_app.loader.import_default_modules()

    scheduled = {entry["task"] for entry in current_app.conf.beat_schedule.values()}

    assert scheduled
    assert scheduled <= set(current_app.tasks)


def test_the_processes_of_a_worker_share_what_is_loaded():
    """Else each makes a copy of it, 41 MiB (decision 0450)."""
    assert share_what_is_loaded in worker_init._live_receivers(sender=None)
    try:
        share_what_is_loaded()

        assert gc.get_freeze_count() > 100_000
    finally:
        gc.unfreeze()


def test_an_answered_address_is_forgotten_within_the_minute():
    """C18: the letter says that we know it no more, so whoever looks after reading it finds nothing."""
    assert current_app.conf.beat_schedule["rights.forget"]["schedule"] <= timedelta(minutes=1)


def _expired_session():
    return Session.objects.create(session_key="old", expire_date=timezone.now() - timezone.timedelta(days=1))


def test_a_real_worker_does_the_work(celery_worker_process):
    _expired_session()

    clear_sessions.delay()

    wait_until(lambda: not Session.objects.exists(), message=lambda: celery_worker_process.log)


def test_a_killed_worker_leaves_no_pool_behind_and_starts_again(worker):
    worker.start()
    worker.kill()
    _expired_session()
    clear_sessions.delay()

    worker.start()

    wait_until(lambda: not Session.objects.exists(), message=lambda: worker.log)


def test_publishing_fails_fast_without_broker_and_works_again_with_it(broker):
    clear_sessions.delay()
    broker.stop()

    began = time.monotonic()
    with pytest.raises(OperationalError):
        clear_sessions.delay()
    assert time.monotonic() - began < 3

    broker.start()
    clear_sessions.delay()


def test_a_broker_that_was_restarted_is_not_noticed(broker):
    clear_sessions.delay()
    broker.stop()
    broker.start()

    clear_sessions.delay()


def test_a_worker_comes_back_after_its_broker(celery_worker_process, broker):
    _expired_session()
    broker.stop()
    wait_until(lambda: "Connection to broker lost" in celery_worker_process.log, message=lambda: celery_worker_process.log)
    broker.start()

    clear_sessions.delay()

    wait_until(lambda: not Session.objects.exists(), message=lambda: celery_worker_process.log)


def test_a_page_does_without_its_cache(broker):
    cache.set("key", "value")
    assert cache.get("key") == "value"

    broker.stop()

    assert cache.get("key", "nothing") == "nothing"
    assert cache.get_or_set("key", lambda: "made", 10) == "made"
