"""WHAT and WHY: purposes, data categories, systems, processors, retention rules, security measures."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    name = "privacy.register"
    label = "privacy_register"
    verbose_name = _("Register")
