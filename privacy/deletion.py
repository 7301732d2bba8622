"""Pages that hold proof stay: deleting one in the admin is refused with an explanation.

The database refuses it in any case (PROTECT); this says so before the editor meets an error page.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page


def keep_pages_with(proof: type[Model], *, message: str | Promise) -> None:
    """Refuse to delete a page, alone or in bulk, while it or a page below it has rows of `proof`.

    Args:
        proof: a model with a foreign key `page`.
        message: why the page stays, and what the editor can do instead.
    """

    def held(pages: Sequence[Page]) -> bool:
        below = Q()
        for page in pages:
            below |= Q(page__path__startswith=page.path)
        return bool(pages) and proof._default_manager.filter(below).exists()

    @hooks.register("before_delete_page")
    def one(request: HttpRequest, page: Page) -> HttpResponse | None:
        if not held([page]):
            return None
        messages.error(request, message)
        return redirect("wagtailadmin_pages:edit", page.pk)

    @hooks.register("before_bulk_action")
    def several(request: HttpRequest, action_type: str, objects: Sequence[Any], action: Any) -> HttpResponse | None:
        if action_type != "delete" or not held([row for row in objects if isinstance(row, Page)]):
            return None
        messages.error(request, message)
        return redirect(action.next_url)
