"""Addresses of "Mijn gegevens". The words in them are translated, as those of pages are."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.utils.translation import gettext_lazy as _

from . import public_views as views


class TokenConverter(StringConverter):
    """A token of a mailed link; too long and too random to be one of the words below."""

    regex = r"[A-Za-z0-9_-]{40,80}"


register_converter(TokenConverter, "token")

app_name = "privacy_rights"

urlpatterns = [
    path(_("mijn-gegevens/"), views.ask_page, name="ask"),
    path(_("mijn-gegevens/gevraagd/"), views.asked_page, name="asked"),
    path(_("mijn-gegevens/overzicht/"), views.my_page, name="mine"),
    path(_("mijn-gegevens/overzicht/archief/"), views.archive_page, name="archive"),
    path(_("mijn-gegevens/overzicht/verbeteren/<str:source>/<str:reference>/"), views.correct_page, name="correct"),
    path(_("mijn-gegevens/overzicht/adres/"), views.address_page, name="address"),
    path(_("mijn-gegevens/overzicht/beperken/"), views.restrict_page, name="restrict"),
    path(_("mijn-gegevens/overzicht/bezwaar/"), views.object_page, name="object"),
    path(_("mijn-gegevens/overzicht/wissen/"), views.erase_page, name="erase"),
    path(_("mijn-gegevens/overzicht/intrekken/<int:number>/"), views.withdraw_page, name="withdraw"),
    path(_("mijn-gegevens/sluiten/"), views.leave_page, name="leave"),
    path(_("mijn-gegevens/<token:token>/"), views.link_page, name="link"),
]
