"""WHAT THEY AGREED TO: append-only consent events."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    name = "privacy.consent"
    label = "privacy_consent"
    verbose_name = _("Toestemming")
