"""What a load balancer or an orchestrator asks."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200: this process answers. Looks at nothing else, so a database that is gone restarts no web process."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when pages can be served and forms stored: the database is reachable and migrated. 503 otherwise.

    Redis is not asked: without it pages and form still work, and the work for Celery waits in the database.
    """
    checks = {"database": False, "migrated": False}
    try:
        connection.ensure_connection()
        checks["database"] = True
        checks["migrated"] = _is_migrated()
    except DatabaseError:
        pass
    ok = all(checks.values())
    return JsonResponse({"status": "ok" if ok else "unavailable", "checks": checks}, status=200 if ok else 503)


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
