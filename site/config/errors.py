"""Pages for what went wrong: a page that was here and is gone, and a database or a storage that is."""

import logging
from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.db import InterfaceError, OperationalError
from django.db.models.signals import pre_delete
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import ModelLogEntry, Page, Site

from privacy.storage import StorageAway

logger = logging.getLogger(__name__)

#: After how many seconds it makes sense to try again.
_RETRY_AFTER = 60


class ErrorPages:
    """Says 410 for what was here and was taken away, and 503 while database or storage is gone; all else stays as it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the request pass. A redirect that an editor made has had its turn by now."""
        response = self.get_response(request)
        if response.status_code == 404 and request.method in {"GET", "HEAD"} and _was_here(request):
            return render(request, "410.html", status=410)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Ask the visitor to come back; from a template that needs neither database nor cache."""
        if not isinstance(exception, OperationalError | InterfaceError | StorageAway):
            return None
        what = "storage" if isinstance(exception, StorageAway) else "database"
        logger.error("The %s does not answer: %s", what, type(exception).__name__, exc_info=exception)
        return HttpResponse(
            render_to_string("503.html"),
            status=503,
            headers={"Retry-After": str(_RETRY_AFTER), "Cache-Control": "no-store"},
        )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that we could not read what came in (`handler400`).

    Django's own looks for a token in the form first, and so fails once more on a form that cannot be read.
    """
    return HttpResponseBadRequest(render_to_string("400.html"))


def _was_here(request: HttpRequest) -> bool:
    """Whether the site knows that this address led to a page or a document before."""
    match = request.resolver_match
    if match is None:
        return False
    if match.view_name == "wagtaildocs_serve":
        documents = ContentType.objects.get_for_model(get_document_model())
        deleted = ModelLogEntry.objects.filter(content_type=documents, object_id=match.args[0], action="wagtail.delete")
        return bool(deleted.exists())
    return match.view_name == "wagtail_serve" and (_was_unpublished(match.args[0]) or _was_deleted(request))


def _was_unpublished(path: str) -> bool:
    """Whether a page has this address that was live once: taken off by an editor, by its end date, or by a withdrawal."""
    language = get_language()
    roots = [root.root_path for root in Site.get_site_root_paths() if root.language_code == language]
    paths = [f"{root}{path}" for root in roots]
    return bool(Page.objects.filter(url_path__in=paths, live=False, first_published_at__isnull=False).exists())


def _was_deleted(request: HttpRequest) -> bool:
    path = Redirect.normalise_path(request.path)
    return bool(Redirect.objects.filter(old_path=path, redirect_page=None, redirect_link="").exists())


def remember_deleted(sender: type[Page], instance: Page, **kwargs: object) -> None:
    """Write down where a page stood that is deleted: a redirect to nowhere, which an editor may still point somewhere."""
    parts = instance.get_url_parts() if instance.first_published_at else None
    if parts:
        path = Redirect.normalise_path(parts[2])
        if not Redirect.objects.filter(old_path=path).exists():
            Redirect.objects.create(old_path=path, site_id=parts[0])


def connect() -> None:
    """Listen for pages that go."""
    pre_delete.connect(remember_deleted, sender=Page, dispatch_uid="config.errors")
