"""The probes, as an orchestrator sees them."""

import time
from datetime import timedelta

import pytest
from config.tasks import HEARTBEAT, heartbeat
from config.testing import wait_until
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from privacy.retention.models import RetentionRun
from privacy.retention.services import expire_due
from privacy.retention.tasks import run_first
from privacy.rights.models import DataRequest
from tests.factories import relation

FINE = {"status": "ok", "checks": {"database": True, "migrated": True, "ledger": True}}


@pytest.mark.django_db
def test_ready(client):
    # By address, as probes come: our host name is not asked for.
    response = client.get("/healthz/ready", headers={"host": "10.0.0.7:8000"})

    assert (response.status_code, response.json()) == (200, FINE)
    assert not response.cookies


@pytest.mark.parametrize("path", ["/healthz/live", "/healthz/ready", "/healthz/jobs", "/metrics"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_they_are_read_and_nothing_else(client, path, method):
    """And nothing is looked at for it: there is no database here."""
    response = client.generic(method, path)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.django_db
def test_a_look_without_a_body_is_enough(client):
    assert client.head("/healthz/ready").status_code == 200


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client):
    MigrationRecorder(connection).migration_qs.filter(app="home").delete()

    response = client.get("/healthz/ready")

    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "checks": {"database": True, "migrated": False, "ledger": False}}


@pytest.mark.django_db(transaction=True)
def test_without_database_alive_but_not_ready(client, servers):
    connection.close()
    servers.ask("kill", "postgres")

    assert client.get("/healthz/live").status_code == 200
    began = time.monotonic()
    response = client.get("/healthz/ready")
    # Who asks gives up after some seconds, and each that waits holds a thread.
    assert time.monotonic() - began < 8
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": False, "migrated": False, "ledger": False}

    servers.ask("start", "postgres")
    assert client.get("/healthz/ready").json() == FINE


@pytest.mark.django_db
def test_ready_without_redis(client, broker):
    broker.stop()

    assert client.get("/healthz/ready").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
def test_jobs_with_nobody_at_work(client, broker):
    """Nothing has run: the monitoring is told what is missing, by name."""
    response = client.get("/healthz/jobs")
    assert response.status_code == 503
    expected = {"broker": True, "worker": False, "beat": False, "expiry": False, "past_their_date": True, "requests": True}
    assert response.json()["checks"] == expected
    assert response.json()["last_expiry"] is None, "a new site"
    expire_due()
    cache.clear()
    found = client.get("/healthz/jobs").json()
    assert found["checks"]["expiry"]
    assert found["last_expiry"] < timezone.now().isoformat() < found["next_expiry"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("demo_site")
def test_jobs_when_all_is_well(client, celery_worker_process):
    heartbeat.delay()
    run_first.delay()
    wait_until(lambda: cache.get(HEARTBEAT))
    wait_until(lambda: RetentionRun.objects.filter(state="finished").exists())
    response = client.get("/healthz/jobs")
    assert (response.status_code, response.json()["status"]) == (200, "ok"), response.json()


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
def test_jobs_say_that_a_request_or_an_erasure_is_late(client, broker):
    """D2: above zero is red."""
    expire_due()
    long_ago = timezone.now() - timedelta(days=29)
    yesterday = timezone.localdate() - timedelta(days=1)
    DataRequest.objects.create(subject=relation(long_ago), received_at=long_ago, due_on=yesterday)
    relation(long_ago - timedelta(days=800))
    checks = client.get("/healthz/jobs").json()["checks"]
    assert (checks["requests"], checks["past_their_date"], checks["expiry"]) == (False, False, True)


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
def test_jobs_without_broker_answer_all_the_same(client, broker):
    broker.stop()
    assert client.get("/healthz/jobs").json()["checks"]["broker"] is False
