"""System check `privacy.E001`: no field of ours may hold personal data that nobody declared (law.md D1, I)."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error
from django.db.models import Field

from .registry import registry


def is_ours(app: AppConfig) -> bool:
    """Say whether this product owns the models of `app`: everything else is Django's or Wagtail's."""
    return app.name in {"home", "contact"} or app.name.startswith("privacy.")


def undeclared_fields(app_configs: Iterable[AppConfig] | None = None) -> Iterator["Field[Any, Any]"]:
    """Yield each concrete field of our models that is neither declared as personal data nor exempted.

    Args:
        app_configs: the apps to look at; all when None.
    """
    for config in app_configs or apps.get_app_configs():
        if is_ours(config):
            for model in config.get_models():
                declared = registry.declared(model)
                yield from (field for field in model._meta.local_concrete_fields if field.name not in declared)


def check_declared_fields(app_configs: Iterable[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Return an error for each concrete field of our models that is neither declared nor exempted.

    Args:
        app_configs: the apps to look at; all when None (as Django's check framework passes it).
        **kwargs: what else the check framework passes (the databases); not used.

    Returns:
        One `privacy.E001` per field.
    """
    return [
        Error(
            f"{field.model._meta.label}.{field.name} is neither declared as personal data nor exempted.",
            hint=f"Declare it in {field.model._meta.app_config.name}/personal_data.py: a field of a Source with its data "
            "categories, or registry.exempt(model, [field], reason=…).",
            obj=field.model,
            id="privacy.E001",
        )
        for field in undeclared_fields(app_configs)
    ]
