"""The settings, as a visitor and an administrator meet them."""

import pytest


@pytest.mark.django_db
def test_root(client):
    assert client.get("/healthz/ready").json() == {"status": "ok", "checks": {"database": True, "migrated": True}}
