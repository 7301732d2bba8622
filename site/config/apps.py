"""The project itself as an app: it loads the Celery app for every process and listens to what makes pages outdated."""

from django.apps import AppConfig
from django.conf import settings


class ProjectConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # `shared_task` binds to this app also in the processes that only publish: web, shell and commands.
        from config import (
            celery,  # noqa: F401
            errors,
            freshness,
            roles,
        )

        if settings.SENTRY_DSN:
            # Costs memory, and so only who asked for it has it.
            from config import error_reports

            error_reports.start(settings.SENTRY_DSN)
        freshness.connect()
        errors.connect()
        roles.connect()
