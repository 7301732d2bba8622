"""What rooms above say on every screen of the register: this room knows no statement, and so not what is in force.

A function registered with `@hooks.register(REGISTER_NOTICE_HOOK)` gets the request and returns a `Component`, or None when
it has nothing to say.
"""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component

REGISTER_NOTICE_HOOK = "construct_privacy_register_notice"


class NoticeMixin:
    """Gives a screen's template the `notices`."""

    request: HttpRequest

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Ask every room that has something to say."""
        said = (speak(self.request) for speak in hooks.get_hooks(REGISTER_NOTICE_HOOK))
        notices: list[Component] = [notice for notice in said if notice is not None]
        context: dict[str, Any] = super().get_context_data(*args, notices=notices, **kwargs)  # type: ignore[misc]
        return context
