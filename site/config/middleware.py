"""Small changes to middleware of others."""

from collections.abc import Callable

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


#: What no page of ours ever needs, so that no script that slips in gets it either.
_NO_POWERS = ", ".join(
    f"{power}=()"
    for power in (
        *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer"),
        *("microphone", "midi", "payment", "publickey-credentials-get", "serial", "usb", "xr-spatial-tracking"),
    )
)


def permissions_policy(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that tells browsers which powers no page of this site uses."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", _NO_POWERS)
        return response

    return middleware


class PathCSPMiddleware(CSPMiddleware):
    """The strict policy everywhere, Wagtail's looser one under `/admin/`."""

    def get_policy_parts(self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path_info.startswith(reverse("wagtailadmin_home")):
            parts.config = settings.CONTENT_SECURITY_POLICY_ADMIN
        return parts
