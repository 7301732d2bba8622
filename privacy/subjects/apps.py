"""WHO: data subjects, the registry of personal-data sources, erasure and its ledger."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SubjectsConfig(AppConfig):
    """Finds what every app declares about personal data, and checks that nothing is left out."""

    name = "privacy.subjects"
    label = "privacy_subjects"
    verbose_name = _("Betrokkenen")

    def ready(self) -> None:
        """Load each app's `personal_data.py` and register the system check."""
        from .checks import check_declared_fields

        autodiscover_modules("personal_data")
        register(check_declared_fields, "privacy")
