"""Registers the register's screens under Privacy > Register."""

from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet

from .viewsets import VIEWSETS


@hooks.register("register_admin_viewset")
def register_lists() -> list[ModelViewSet]:
    """One list per kind of row."""
    return [viewset() for viewset in VIEWSETS]
