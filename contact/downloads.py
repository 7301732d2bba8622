"""The one door to the files that came with messages."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from wagtail.permissions import policy_registry

from .models import Attachment, Submission
from .openings import opened


@require_safe
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    """Hand a file to somebody who may read messages, and log that they took it (art. 32).

    Never shown in the browser: whatever is in it, it does not run on our address.
    """
    if not policy_registry.get_by_type(Submission).user_has_permission(request.user, "view"):
        raise PermissionDenied
    # One that carried a virus has no file any more.
    found = get_object_or_404(Attachment.objects.select_related("submission").exclude(file=""), pk=pk)
    opened(found.submission, by=request.user, attachment=found)
    # Wagtail's admin already forbids browsers and proxies to keep its answers, and Django to guess what they are.
    return FileResponse(found.file.open(), as_attachment=True, filename=found.filename, content_type=found.content_type)
