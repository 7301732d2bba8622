"""Registers this room's screens, and the menu that all rooms share."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import SubmenuMenuItem
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogActionRegistry
from wagtail.permissions import register_permission_policy

from privacy.menu import PRIVACY_MENU_HOOK, privacy_menu_item, register_menu_item
from privacy.permissions import LimitedPolicy

from .models import ContactMoment, DataSubject
from .views import MET
from .viewsets import DataSubjectViewSet

register_permission_policy(DataSubject, LimitedPolicy(DataSubject, ("view", "change")))
register_permission_policy(ContactMoment, LimitedPolicy(ContactMoment, ("view", "add")))


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


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """Let contact moments be given to groups."""
    codenames = ["view_contactmoment", "add_contactmoment"]
    return Permission.objects.filter(content_type__app_label="privacy_subjects", codename__in=codenames)


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    """Name our actions in Wagtail's log."""
    actions.register_action(MET, _("Contactmoment vastleggen"), _("Contactmoment vastgelegd"))
