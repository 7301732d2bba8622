"""Addresses with a file's name; Wagtail's own pattern takes only names without a dot."""

from django.urls import path

from . import views

urlpatterns = [
    path("privacy/verklaring.json", views.facts),
    path("privacy/versies/<int:number>/verklaring.json", views.facts),
    path("privacy/versies/<int:number>/tekst.txt", views.text),
]
