"""Screens of the officer's that are no list of rows: who may see them, in the menu and behind its address alike."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import policy_registry


class Screen(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    """Goes before one of Django's own views: for who may "view" its `model`, one step below the first page."""

    permission_required = "view"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the first page."""
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]


def item_for_who_may_see(model: type[Model]) -> type[MenuItem]:
    """Return the class of the menu item of such a screen, shown to whoever may "view" `model`."""

    class Item(MenuItem):
        def is_shown(self, request: HttpRequest) -> bool:
            return bool(policy_registry.get_by_type(model).user_has_permission(request.user, "view"))

    return Item
