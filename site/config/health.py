"""What a load balancer or an orchestrator asks: `/healthz/live` and `/healthz/ready`."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseBase, JsonResponse


def live() -> dict[str, bool]:
    """Nothing is checked: that this process answers is the answer, and a database that is gone restarts no web process."""
    return {}


def ready() -> dict[str, bool]:
    """Whether pages can be served and forms stored: the database is reachable and migrated.

    Redis is not asked: without it pages and form still work, and the work for Celery waits in the database.
    """
    checks = {"database": False, "migrated": False}
    try:
        connection.ensure_connection()
        checks["database"] = True
        executor = MigrationExecutor(connection)
        checks["migrated"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        pass
    return checks


PROBES = {"/healthz/live": live, "/healthz/ready": ready}


def probes(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that answers the probes before any other middleware.

    They come from inside, without TLS and with an address of their own in place of our host name, which the others refuse.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path_info)
        if probe is None:
            return get_response(request)
        checks = probe()
        ok = all(checks.values())
        return JsonResponse(
            {"status": "ok" if ok else "unavailable", "checks": checks},
            status=200 if ok else 503,
            headers={"Cache-Control": "no-store"},
        )

    return middleware
