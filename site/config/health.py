"""What a load balancer, an orchestrator or the monitoring asks: `/healthz/live`, `/healthz/ready` and `/healthz/jobs`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from config.celery import app
from config.guard import closed, guard
from config.metrics import PATH, metrics
from config.tasks import HEARTBEAT, HEARTBEAT_SECONDS
from privacy.retention.status import status
from privacy.rights.models import DataRequest


def live() -> dict[str, Any]:
    """Nothing is checked: that this process answers is the answer, and a database that is gone restarts no web process."""
    return {"checks": {}}


def ready() -> dict[str, Any]:
    """Whether pages can be served and forms stored: the database is reachable, migrated, and knows all of the erasure ledger.

    Redis is not asked: without it pages and form still work, and the work for Celery waits in the database.
    """
    checks = {"database": False, "migrated": False, "ledger": False}
    try:
        connection.ensure_connection()
        checks["database"] = True
        executor = MigrationExecutor(connection)
        checks["migrated"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        checks["ledger"] = checks["migrated"] and not guard.look()
    except (DatabaseError, OSError):  # gone, or a ledger that cannot be read
        pass
    return {"checks": checks}


def jobs() -> dict[str, Any]:
    """Whether the work in the background is done: who does it is alive, and nothing that is promised is late.

    Two times tell a site whose first night is still to come from one whose expiry has stopped.
    """
    now = timezone.now()
    nights: dict[str, datetime | None] = {"last_expiry": None, "next_expiry": None}
    checks = dict.fromkeys(("broker", "worker", "beat", "expiry", "past_their_date", "requests"), False)
    try:
        # A connection of its own: one from Celery's pool may be older than the broker's last restart.
        with app.connection_for_read(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
            checks["broker"] = True
            checks["worker"] = bool(app.control.ping(timeout=1, limit=1, connection=broker))
        checks["beat"] = (beat := cache.get(HEARTBEAT)) is not None and now.timestamp() - beat < HEARTBEAT_SECONDS
    except (OSError, OperationalError, RedisError):
        pass
    try:
        state = status(now)
        nights |= {"last_expiry": state.last_run, "next_expiry": state.next_run}
        checks["expiry"] = state.runs_on_time
        checks["past_their_date"] = state.keeps_its_word
        checks["requests"] = not DataRequest.objects.overdue(now).exists()
    except DatabaseError:
        pass
    return {"checks": checks, **nights}


PROBES = {"/healthz/live": live, "/healthz/ready": ready, "/healthz/jobs": jobs}

_METHODS = ("GET", "HEAD")


def probes(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that answers the probes and `/metrics` before any other middleware.

    They come from inside, without TLS and with an address of their own in place of our host name, which the others refuse.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path_info)
        if probe is None and request.path_info != PATH:
            return closed(request) if guard.is_closed() else get_response(request)
        if request.method not in _METHODS:
            return HttpResponseNotAllowed(_METHODS)
        if probe is None:
            return metrics(request)
        found = probe()
        ok = all(found["checks"].values())
        return JsonResponse(
            {"status": "ok" if ok else "unavailable", **found},
            status=200 if ok else 503,
            headers={"Cache-Control": "no-store"},
        )

    return middleware
