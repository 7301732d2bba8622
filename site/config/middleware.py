"""Small changes to middleware of others."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation


class PathLocaleMiddleware(LocaleMiddleware):
    """The path alone decides the language, so a page is the same for every reader.

    Django's middleware already does that when the default language has no prefix, but tells caches that the answer varies
    with `Accept-Language`, which would store each page once per browser.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


class PathCSPMiddleware(CSPMiddleware):
    """The strict policy everywhere, Wagtail's looser one under `/admin/`."""

    def get_policy_parts(self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path_info.startswith(reverse("wagtailadmin_home")):
            parts.config = settings.CONTENT_SECURITY_POLICY_ADMIN
        return parts
