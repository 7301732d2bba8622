"""The statement for machines: its facts, and the very bytes of its text. People read the page (`models`)."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from .jsonld import document
from .models import StatementVersion


def facts(request: HttpRequest, number: int | None = None) -> JsonResponse:
    """Answer with the facts of a version as JSON-LD; of the one in force when no number is given.

    Raises:
        Http404: there is no such version, or none is in force.
    """
    if number is None:
        version = StatementVersion.objects.defer("html").select_related("page").in_force()
        if version is None:
            raise Http404
    else:
        version = get_object_or_404(StatementVersion.objects.defer("html").select_related("page"), number=number)
    address = f"{version.page.full_url}versies/{version.number}/"
    return JsonResponse(
        document(version, address), content_type="application/ld+json", json_dumps_params={"ensure_ascii": False, "indent": 2}
    )


def text(request: HttpRequest, number: int) -> HttpResponse:
    """Answer with the frozen text of a version and nothing around it: the bytes of which the hash was taken."""
    version = get_object_or_404(StatementVersion.objects.only("html"), number=number)
    # A part of a page, not a page: browsers show it as it is written.
    return HttpResponse(version.html, content_type="text/plain; charset=utf-8")
