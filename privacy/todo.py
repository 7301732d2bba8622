"""What needs doing, on top of the admin's first page: every room adds its own lines through one Wagtail hook.

A function registered with `@hooks.register(TODO_HOOK)` gets the request and returns its lines; an empty list when all is done,
None when this user may not know. It costs a fixed number of queries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component

TODO_HOOK = "construct_privacy_todo"


class Urgency(IntEnum):
    """What comes first: a term of the law that is over, then what is broken, then the day's work."""

    LATE = 1
    BROKEN = 2
    WORK = 3


@dataclass(frozen=True, kw_only=True)
class Todo:
    """One line.

    Args:
        urgency: how urgent it is.
        text: what is to be done; plain text, without personal data.
        url: where.
    """

    urgency: Urgency
    text: str
    url: str


class TodoPanel(Component):
    """All lines, the most urgent first; that there is nothing to do, when there are none; nothing for who may see none."""

    name = "privacy-todo"
    template_name = "privacy_subjects/admin/todo.html"
    order = 10

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Ask every room."""
        request: HttpRequest = (parent_context or {})["request"]
        told = [lines for ask in hooks.get_hooks(TODO_HOOK) if (lines := ask(request)) is not None]
        todos = sorted((line for lines in told for line in lines), key=lambda line: line.urgency)
        return {"is_shown": bool(told), "todos": todos}
