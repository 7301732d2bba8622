"""WHAT WE SEND: one row per mail, until it has gone out."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    """Finds what the apps have to send."""

    name = "privacy.mail"
    label = "privacy_mail"
    verbose_name = _("Mail")

    def ready(self) -> None:
        """Load each app's `mails.py`."""
        autodiscover_modules("mails")
