"""The site's addresses, and some that set cookies."""

from config.urls import urlpatterns as ours
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.i18n import set_language


def sets_a_cookie(request: HttpRequest) -> HttpResponse:
    """Set a cookie that nobody declared."""
    response = HttpResponse()
    response.set_cookie("volger", "waarde")
    return response


def takes_a_cookie_away(request: HttpRequest) -> HttpResponse:
    """Delete a cookie, which is a `Set-Cookie` too."""
    response = HttpResponse()
    response.delete_cookie("volger")
    return response


urlpatterns = [
    path("sets-a-cookie/", sets_a_cookie),
    path("takes-a-cookie-away/", takes_a_cookie_away),
    path("language/", set_language, name="set_language"),
    *ours,
]
