"""Registers this room's screens, and the menu that all rooms share."""

from wagtail import hooks
from wagtail.admin.menu import SubmenuMenuItem
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from privacy.menu import PRIVACY_MENU_HOOK, privacy_menu_item, register_menu_item
from privacy.permissions import LimitedPolicy

from .models import DataSubject
from .viewsets import DataSubjectViewSet

register_permission_policy(DataSubject, LimitedPolicy(DataSubject, ("view", "change")))


@hooks.register("register_admin_menu_item")
def privacy_menu() -> SubmenuMenuItem:
    """Put "Privacy" into the main menu."""
    return privacy_menu_item()


@hooks.register(PRIVACY_MENU_HOOK)
def register_menu() -> SubmenuMenuItem:
    """Put "Register" into the menu "Privacy"."""
    return register_menu_item()


@hooks.register("register_admin_viewset")
def data_subjects() -> ModelViewSet:
    """List the people."""
    return DataSubjectViewSet()
