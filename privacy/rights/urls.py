"""Addresses of "Mijn gegevens". The words in them are translated, as those of pages are."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.utils.translation import gettext_lazy as _

from . import my_views, public_views


class TokenConverter(StringConverter):
    """A token of a mailed link; too long and too random to be one of the words below."""

    regex = r"[A-Za-z0-9_-]{40,80}"


register_converter(TokenConverter, "token")

app_name = "privacy_rights"

urlpatterns = [
    path(_("mijn-gegevens/"), public_views.ask_page, name="ask"),
    path(_("mijn-gegevens/gevraagd/"), public_views.asked_page, name="asked"),
    path(_("mijn-gegevens/overzicht/"), my_views.my_page, name="mine"),
    path(_("mijn-gegevens/overzicht/archief/"), my_views.archive_page, name="archive"),
    path(_("mijn-gegevens/overzicht/verbeteren/<str:source>/<str:reference>/"), my_views.correct_page, name="correct"),
    path(_("mijn-gegevens/overzicht/adres/"), my_views.address_page, name="address"),
    path(_("mijn-gegevens/overzicht/beperken/"), my_views.restrict_page, name="restrict"),
    path(_("mijn-gegevens/overzicht/bezwaar/"), my_views.object_page, name="object"),
    path(_("mijn-gegevens/overzicht/wissen/"), my_views.erase_page, name="erase"),
    path(_("mijn-gegevens/overzicht/intrekken/<int:number>/"), my_views.withdraw_page, name="withdraw"),
    path(_("mijn-gegevens/sluiten/"), my_views.leave_page, name="leave"),
    path(_("mijn-gegevens/<token:token>/"), public_views.link_page, name="link"),
]
