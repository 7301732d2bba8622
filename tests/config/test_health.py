"""The probes, as an orchestrator sees them."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

FINE = {"status": "ok", "checks": {"database": True, "migrated": True, "ledger": True}}


@pytest.mark.django_db
def test_ready(client):
    # By address, as probes come: our host name is not asked for.
    response = client.get("/healthz/ready", headers={"host": "10.0.0.7:8000"})

    assert (response.status_code, response.json()) == (200, FINE)
    assert not response.cookies


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
    response = client.get("/healthz/ready")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": False, "migrated": False, "ledger": False}

    servers.ask("start", "postgres")
    assert client.get("/healthz/ready").json() == FINE


@pytest.mark.django_db
def test_ready_without_redis(client, broker):
    broker.stop()

    assert client.get("/healthz/ready").status_code == 200
