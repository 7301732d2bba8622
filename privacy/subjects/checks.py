"""System checks: no field of ours may hold personal data that nobody declared, and no class of data may lack its end.

`privacy.E001` looks at our own fields, `privacy.E002` at the rule of every model, Django's and Wagtail's among them (law.md
D1, I).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db.models import Field, Model

from .registry import PERSON_RULE, registry


def is_ours(app: AppConfig) -> bool:
    """Say whether this site owns the models of `app` (`settings.OUR_APPS`): everything else is Django's or Wagtail's."""
    return app.name in settings.OUR_APPS


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


def without_rule() -> Iterator[tuple[type[Model], str]]:
    """Yield each model that holds a class of data nothing ends, and what is the matter with it."""
    clocked = {model for clock in registry.clocks.values() for model in (clock.model, *clock.along)}
    ends = {(model, clock.rule) for clock in registry.clocks.values() for model in (clock.model, *clock.along)}
    for source in registry.in_order():
        if source.rule != PERSON_RULE and (source.model, source.rule) not in ends:
            yield source.model, f"nothing ends the source {source.key!r} by its rule {source.rule!r}"
    for config in apps.get_app_configs():
        for model in config.get_models():
            if not is_ours(config) and model not in clocked and model not in registry.outside:
                yield model, "it has neither a rule nor a reason why it needs none"


def check_rules(app_configs: Iterable[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Return an error for each class of data that no retention rule ends.

    Args:
        app_configs: not used: a rule in one app may end rows of another.
        **kwargs: what else the check framework passes; not used.

    Returns:
        One `privacy.E002` per model.
    """
    return [
        Error(
            f"{model._meta.label}: {why}.",
            hint="Give it a clock in a personal_data.py: registry.clock(Clock(…)). A model of Django or Wagtail without need:"
            " registry.leave(model, reason=…).",
            obj=model,
            id="privacy.E002",
        )
        for model, why in without_rule()
    ]
