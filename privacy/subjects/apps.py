"""WHO: data subjects, the registry of personal-data sources, erasure and its ledger."""

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SubjectsConfig(AppConfig):
    """Finds what every app declares about personal data, and checks that nothing is left out."""

    name = "privacy.subjects"
    label = "privacy_subjects"
    verbose_name = _("Betrokkenen")

    def ready(self) -> None:
        """Load each app's `personal_data.py`; register the checks, and the keys and triggers that `migrate` must leave."""
        from .cascade import cascade_in_database
        from .checks import check_declared_fields, check_rules
        from .mentions import keep_register
        from .replay import replay_if_needed

        autodiscover_modules("personal_data")
        register(check_declared_fields, "privacy")
        register(check_rules, "privacy")
        post_migrate.connect(cascade_in_database, sender=self)
        post_migrate.connect(keep_register, sender=self)
        post_migrate.connect(replay_if_needed, sender=self)
