"""What passes with every request: a refused publication becomes an answer, and a cookie that nobody declared is noticed.

The editor's form refuses by itself. The other ways to publish in the admin (approving in a workflow, publishing several pages
at once) have no form to say it in and Wagtail offers no hook in all of them, so the refusal is caught where every one of
them passes. Each request of the admin is one transaction (`config.urls`), which is rolled back by then.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.models import Page

from . import cookies
from .gate import PublicationRefused, concerns_the_change
from .messages import as_list, links
from .publish_views import publish_url


class CookieWatch:
    """Notices cookies that the site sets and nobody declared, for `drift`. Stands outside of all that sets cookies.

    A response without cookies, which is nearly every one, costs nothing; one with declared cookies asks neither database
    nor cache.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request pass, and look at the names in `Set-Cookie`."""
        response = self.get_response(request)
        if names := {name for name, cookie in response.cookies.items() if cookie.value}:
            cookies.notice(names)
        return response


class RefusedPublicationMiddleware:
    """Sends the editor to where it is put right: the statement's form, or the screen that asks what changes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request pass."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal in the admin; everything else stays an error."""
        if not isinstance(exception, PublicationRefused) or not request.path_info.startswith(reverse("wagtailadmin_home")):
            return None
        page = Page.objects.get(pk=exception.page_id)
        said = _("“%(page)s” is niet gepubliceerd; wat u tegelijk deed is niet doorgegaan. Dit ontbreekt nog:") % {"page": page}
        if all(concerns_the_change(problem) for problem in exception.problems):
            url = publish_url(page.pk)
            lacking = as_list(problem.message for problem in exception.problems)
        else:
            url = reverse("wagtailadmin_pages:edit", args=[page.pk])
            lacking = as_list(links(exception.problems, site=page.get_site()))
        messages.error(request, format_html("{} {}", said, lacking))
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            # The window in which Wagtail asks for a comment with an approval.
            return JsonResponse({"step": "success", "redirect": url})
        return redirect(url)
