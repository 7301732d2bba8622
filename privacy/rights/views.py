"""The one door to an archive for staff."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from .models import DataRequest


def download(request: HttpRequest, pk: int) -> FileResponse:
    """Hand the archive of one request to somebody who may see requests, and log that they took it (law.md C14)."""
    if not policy_registry.get_by_type(DataRequest).user_has_permission(request.user, "view"):
        raise PermissionDenied
    found = get_object_or_404(DataRequest.objects.exclude(archive=""), pk=pk)
    log(found, "privacy_rights.download", user=request.user)
    # Wagtail's admin already forbids browsers and proxies to keep its answers.
    return FileResponse(found.archive.open(), as_attachment=True, filename=f"inzage-{found.pk}.zip")
