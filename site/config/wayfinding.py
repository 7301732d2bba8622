"""What machines ask every site for: `/robots.txt`, `/favicon.ico`, `/sitemap.xml`, `security.txt` (RFC 9116)."""

from datetime import timedelta

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from config.addresses import public_pages
from privacy.statement.models import StatementVersion

#: A report of a leak must not go to an address that was given up long ago; RFC 9116 asks for less than a year.
_GOOD_FOR = timedelta(days=180)


def robots(request: HttpRequest) -> HttpResponse:
    """Let everybody read everything public. What is not for search engines says so itself, which they could not read here."""
    lines = ["User-agent: *", "Disallow: /admin/", "", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def favicon(request: HttpRequest) -> HttpResponse:
    """Say where the icon is, to who asks for it without reading a page; not for ever, since its name has a hash in it."""
    response = HttpResponseRedirect(staticfiles_storage.url("img/favicon.ico"))
    response["Cache-Control"] = "public, max-age=86400"
    return response


def sitemap(request: HttpRequest) -> HttpResponse:
    """List the public pages, each with the same page in other languages."""
    return render(request, "sitemap.xml", {"addresses": public_pages()}, content_type="application/xml; charset=utf-8")


def security(request: HttpRequest) -> HttpResponse:
    """Say where somebody who found a hole may report it: at the address of the published statement, which is watched."""
    version = StatementVersion.objects.only("facts").in_force()
    controller = version.facts["controller"] if version else {}
    expires = (timezone.now() + _GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{controller.get('email') or settings.PRIVACY_EMAIL}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
