"""Registers the register's screens under Privacy > Register, and what is due on the first page."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.contrib.settings.registry import SettingMenuItem

from privacy.menu import REGISTER_MENU_HOOK
from privacy.todo import TODO_HOOK

from .models import Controller, RightsTexts
from .panels import ReviewsPanel, todo
from .reviews import REVIEWED
from .viewsets import VIEWSETS


@hooks.register("register_admin_viewset")
def register_lists() -> list[ModelViewSet]:
    """One list per kind of row."""
    return [viewset() for viewset in VIEWSETS]


@hooks.register(REGISTER_MENU_HOOK)
def controller() -> SettingMenuItem:
    """Lead to the setting from the register too: an editor looks for all facts in one place."""
    return SettingMenuItem(Controller, icon="home", order=5)


@hooks.register(REGISTER_MENU_HOOK)
def rights_texts() -> SettingMenuItem:
    """The same for what is said of rights and complaints."""
    return SettingMenuItem(RightsTexts, icon="key", order=80)


@hooks.register("construct_homepage_panels")
def reviews_panel(request: HttpRequest, panels: list[Any]) -> None:
    """List what is to be looked at again."""
    panels.append(ReviewsPanel())


hooks.register(TODO_HOOK, todo)


@hooks.register("register_log_actions")
def log_reviews(actions: Any) -> None:
    """Name the review in the history of a row."""
    actions.register_action(REVIEWED, _("Nagelopen"), _("Nagelopen"))
