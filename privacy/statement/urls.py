"""The statement's fixed addresses, each in the language of its path: `/privacy/versies/3/` and `/en/privacy/versions/3/`.

They stand before Wagtail's own, so that the statement has its address wherever editors move or translate its page.
"""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import views

urlpatterns = [
    path("privacy/", views.current, name="statement"),
    path(_("privacy/verklaring.json"), views.facts, name="statement-facts"),
    path(_("privacy/versies/"), views.version_list, name="statement-versions"),
    path(_("privacy/versies/<int:number>/"), views.one_version, name="statement-version"),
    path(_("privacy/versies/<int:number>/verschil/"), views.difference, name="statement-difference"),
    path(_("privacy/versies/<int:number>/verklaring.json"), views.facts, name="statement-version-facts"),
    path(_("privacy/versies/<int:number>/tekst.txt"), views.text, name="statement-text"),
]
