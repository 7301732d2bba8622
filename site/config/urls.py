"""Addresses: fixed ones first, then Wagtail's pages, Dutch without prefix and English under `/en/`.

`/healthz/` and `/metrics` are answered before any of these, by `config.health`.
"""

from django.conf.urls.i18n import i18n_patterns
from django.db import transaction
from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from config import media, wayfinding

urlpatterns: list[URLPattern | URLResolver] = [
    # Each request of the admin is one transaction: Wagtail saves a page before it tells that it was published, and a page
    # must not go live when what follows (the version of the statement) fails.
    path("admin/", include(decorate_urlpatterns(wagtailadmin_urls.urlpatterns, transaction.atomic))),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:name>", media.picture, name="media"),
    path("robots.txt", wayfinding.robots, name="robots"),
    path("favicon.ico", wayfinding.favicon, name="favicon"),
    path("sitemap.xml", wayfinding.sitemap, name="sitemap"),
    path(".well-known/security.txt", wayfinding.security, name="security"),
]

urlpatterns += i18n_patterns(
    path("", include("privacy.statement.urls")),
    path("", include("privacy.consent.urls")),
    path("", include("privacy.rights.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)

handler400 = "config.errors.bad_request"
