"""The project itself as an app: it loads the Celery app for every process and listens to what makes pages outdated."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # `shared_task` binds to this app also in the processes that only publish: web, shell and commands.
        from config import (
            celery,  # noqa: F401
            errors,
            freshness,
        )

        freshness.connect()
        errors.connect()
