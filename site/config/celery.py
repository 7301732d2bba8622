"""The Celery app, `celery -A config`, and everything that runs by the clock.

Tasks get ids only, so neither the broker nor a log line holds personal data; results are not kept. A task may run twice
(`acks_late`: a worker that is killed leaves its task to the next one), so every task must bear that.
"""

import gc
import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("config")
app.conf.update(
    # Celery names a Redis server behind a Unix socket in its own way.
    broker_url=settings.REDIS_URL.replace("unix://", "redis+socket://", 1),
    timezone=settings.TIME_ZONE,
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # Nothing we do in one task takes longer; what does, goes on in the next run. Below the visibility timeout, after which
    # Redis hands out a task again that nobody has acknowledged.
    task_soft_time_limit=540,
    task_time_limit=570,
    # Who publishes (a visitor's POST) never waits for a broker that is gone: the state in the database is what counts, and a
    # sweep by the clock catches up. Worker and beat do wait, for ever.
    task_publish_retry=False,
    broker_connection_timeout=2,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": 600,
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
        "retry_on_timeout": False,
        # Else whoever publishes asks a broker that refuses again and again, for all of the two seconds above. A worker that has
        # lost its broker counts for itself.
        "max_retries": 0,
    },
    worker_hijack_root_logger=False,
    beat_schedule={
        "retention.run_nightly": {
            "task": "privacy.retention.tasks.run_nightly",
            "schedule": crontab(hour=settings.RETENTION_HOUR, minute=settings.RETENTION_MINUTE),
        },
        "retention.end_classes": {
            "task": "privacy.retention.tasks.end_classes",
            "schedule": crontab(hour=4, minute=0),
        },
        "retention.announce_today": {
            "task": "privacy.retention.tasks.announce_today",
            "schedule": crontab(hour=7, minute=0),
        },
        "retention.run_first": {
            "task": "privacy.retention.tasks.run_first",
            "schedule": timedelta(minutes=1),
            "options": {"expires": 60},
        },
        "retention.resume_interrupted": {
            "task": "privacy.retention.tasks.resume_interrupted",
            "schedule": timedelta(minutes=5),
        },
        "contact.scan_files_again": {
            "task": "contact.tasks.scan_files_again",
            "schedule": timedelta(minutes=15),
        },
        "mail.sweep": {
            "task": "privacy.mail.tasks.sweep",
            "schedule": timedelta(seconds=settings.MAIL_SWEEP_SECONDS),
            # One that waited until the next is there has nothing left to do.
            "options": {"expires": settings.MAIL_SWEEP_SECONDS},
        },
        "consent.sweep": {
            "task": "privacy.consent.tasks.sweep",
            "schedule": timedelta(seconds=settings.CONSENT_SWEEP_SECONDS),
            "options": {"expires": settings.CONSENT_SWEEP_SECONDS},
        },
        "rights.sweep": {
            "task": "privacy.rights.tasks.sweep",
            "schedule": timedelta(minutes=1),
            "options": {"expires": 60},
        },
        "rights.warn": {
            "task": "privacy.rights.tasks.warn",
            "schedule": crontab(hour=7, minute=30),
        },
        "rights.forget": {
            # Who was erased has read in the letter that we know their address no more.
            "task": "privacy.rights.tasks.forget",
            "schedule": timedelta(minutes=1),
            "options": {"expires": 60},
        },
        "register.mail_due_reviews": {
            "task": "privacy.register.tasks.mail_due_reviews",
            "schedule": crontab(day_of_month=1, hour=8, minute=0),
        },
        "config.heartbeat": {
            "task": "config.tasks.heartbeat",
            "schedule": timedelta(minutes=1),
            "options": {"expires": 60},
        },
        "statement.check_links": {
            "task": "privacy.statement.tasks.check_links",
            "schedule": crontab(day_of_week="mon", hour=4, minute=30),
        },
        "subjects.delete_doomed_files": {
            "task": "privacy.subjects.tasks.delete_doomed_files",
            "schedule": timedelta(minutes=10),
        },
        "home.check_grounds": {
            "task": "home.tasks.check_grounds",
            "schedule": timedelta(minutes=5),
        },
        "config.publish_scheduled": {
            "task": "config.tasks.publish_scheduled",
            "schedule": timedelta(minutes=5),
        },
        "config.clear_sessions": {
            "task": "config.tasks.clear_sessions",
            "schedule": crontab(hour=2, minute=45),
        },
    },
)
app.autodiscover_tasks()


@worker_init.connect
def replay_before_work(**kwargs: Any) -> None:
    """Erase again whom a restored backup brought back, before any task mails or shows anything about them."""
    from privacy.subjects.replay import replay_if_needed

    replay_if_needed()


@worker_init.connect
def share_what_is_loaded(**kwargs: Any) -> None:
    """Leave what has been loaded alone, so that the processes that do the work share it with their parent.

    The collector writes a mark into each object it looks at, and a page of memory that is written to is no longer shared.
    """
    gc.collect()
    gc.freeze()
