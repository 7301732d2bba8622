"""Addresses of consent. The words in them are translated, as those of pages are."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import views

app_name = "privacy_consent"

urlpatterns = [
    path(_("toestemming/controle/"), views.check_receipt, name="check"),
    path(_("toestemming/sleutel.json"), views.public_keys, name="keys"),
    path(_("toestemming/<str:token>/"), views.page, name="page"),
    path(_("toestemming/<str:token>/bevestigen/<slug:purpose>/"), views.confirm_address, name="confirm"),
    path(_("toestemming/<str:token>/afmelden/<slug:purpose>/"), views.unsubscribe, name="unsubscribe"),
]
