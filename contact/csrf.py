"""A form whose token has expired comes back filled in, instead of a page that says no.

Django's check stays where it is, before any view of the site; only the answer to its refusal is ours. Exempting the view and
checking inside it would have been as many lines, but the view is Wagtail's and serves every page: one slip there and the
whole site is without protection.
"""

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.csrf import csrf_failure as forbidden
from wagtail.models import Page

from . import unavailable
from .models import ContactPage
from .views import give_back

#: A request that comes from another site, by what the browser says of it: no form of ours that grew old.
_FROM_ELSEWHERE = ("Origin checking failed", "Referer checking failed")

_EXPIRED = _(
    "Het formulier stond lang open, of uw browser heeft de cookie weggegooid die erbij hoort. Er is niets bewaard. Wat u typte "
    "staat hieronder nog; kruis de vakjes opnieuw aan en verstuur het nog een keer."
)


def failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a POST that Django refused (setting `CSRF_FAILURE_VIEW`); nothing of it was looked at by any view.

    Args:
        request: the POST.
        reason: Django's words for it.
    """
    match = request.resolver_match
    if match is None or match.view_name != "wagtail_serve" or reason.startswith(_FROM_ELSEWHERE):
        return forbidden(request, reason=reason)
    try:
        route = Page.route_for_request(request, match.args[0])
        if route is None or not isinstance(route.page, ContactPage) or "submission_id" not in request.POST:
            return forbidden(request, reason=reason)
        return give_back(request, route.page, message=_EXPIRED)
    except (OperationalError, InterfaceError) as error:
        return unavailable.page(request, error)
