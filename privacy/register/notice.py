"""What rooms above say on every screen of the register: this room knows no statement, and so not what is in force.

A function registered with `@hooks.register(REGISTER_NOTICE_HOOK)` gets the request and returns a `Component`, or None when
it has nothing to say.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.panels import Panel
from wagtail.admin.ui.components import Component

REGISTER_NOTICE_HOOK = "construct_privacy_register_notice"


def notices(request: HttpRequest) -> list[Component]:
    """Ask every room that has something to say."""
    said = (speak(request) for speak in hooks.get_hooks(REGISTER_NOTICE_HOOK))
    return [notice for notice in said if notice is not None]


class NoticeMixin:
    """Gives a screen's template the `notices`."""

    request: HttpRequest

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what is said."""
        context: dict[str, Any] = super().get_context_data(*args, notices=notices(self.request), **kwargs)  # type: ignore[misc]
        return context


class NoticePanel(Panel):
    """The same on top of a form whose screen is Wagtail's own: that of a site setting."""

    class BoundPanel(Panel.BoundPanel):
        """The panel in one form."""

        template_name = "privacy_register/admin/notices.html"

        @cached_property
        def notices(self) -> list[Component]:
            """What is said."""
            return notices(self.request)

        def is_shown(self) -> bool:
            """Take no room when there is nothing to say."""
            return bool(self.notices)

        def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
            """Give the template what is said."""
            return {"notices": self.notices}
