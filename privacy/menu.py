"""The officer's menu "Privacy": every room adds its own screens through one Wagtail hook."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, SubmenuMenuItem

#: Name of the hook; set it as `menu_hook` on a viewset, or register a `MenuItem` on it.
PRIVACY_MENU_HOOK = "register_privacy_menu_item"

#: The same for the submenu "Register".
REGISTER_MENU_HOOK = "register_privacy_register_menu_item"

privacy_menu = Menu(register_hook_name=PRIVACY_MENU_HOOK)
register_menu = Menu(register_hook_name=REGISTER_MENU_HOOK)


def privacy_menu_item() -> SubmenuMenuItem:
    """Return the main-menu item that holds everything for the officer."""
    return SubmenuMenuItem(_("Privacy"), privacy_menu, name="privacy", icon_name="lock", order=300)


def register_menu_item() -> SubmenuMenuItem:
    """Return the item "Register" inside the menu "Privacy"."""
    return SubmenuMenuItem(_("Register"), register_menu, name="privacy-register", icon_name="list-ul", order=20)
