"""The statement in force, its history, and the same facts for machines; in the language of the address.

Where a version was never published in that language, its source text is shown with a sentence that says so (law.md A17).
"""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse, translate_url
from django.utils.translation import get_language, get_language_info, override

from .changes import changed_facts, changed_text, in_one_language
from .jsonld import document
from .models import StatementVersion

#: So that the list costs the same with ten thousand versions.
VERSIONS_PER_PAGE = 20


def current(request: HttpRequest) -> HttpResponse:
    """Show the version in force, and say which comes next.

    Raises:
        Http404: nothing is in force, and nothing announced.
    """
    version, announced = StatementVersion.objects.now_and_next()
    if version:
        return _page(request, "statement_page", version, announced=announced)
    if announced:
        return _answer(request, "statement_page", page=announced.in_language(get_language()).page, announced=announced)
    raise Http404


def version_list(request: HttpRequest) -> HttpResponse:
    """List all versions, newest first; `?p=` is the page of the list."""
    listed = Paginator(StatementVersion.objects.with_fate().with_a_way_on().defer("html", "facts"), VERSIONS_PER_PAGE)
    return _answer(request, "versions", versions=listed.get_page(request.GET.get("p")))


def one_version(request: HttpRequest, number: int) -> HttpResponse:
    """Show one version, byte for byte as it was."""
    return _page(request, "version", get_object_or_404(StatementVersion.objects.with_a_way_on(), number=number))


def difference(request: HttpRequest, number: int) -> HttpResponse:
    """Show what changed against the version before, or against the one that `?with=` names."""
    version = get_object_or_404(StatementVersion, number=number)
    other = request.GET.get("with", "")
    earlier = StatementVersion.objects.filter(number=int(other) if other.isdecimal() else number - 1).first()
    if earlier is None:
        return _answer(request, "difference", version=version)
    earlier, version = sorted((earlier, version), key=lambda one: one.number)
    old, new = in_one_language(earlier, version, get_language())
    return _answer(
        request,
        "difference",
        # Both orders are one comparison, and so one page.
        address=f"{reverse('statement-difference', args=[version.number])}?with={earlier.number}",
        version=version,
        earlier=earlier,
        words=new,
        changes=changed_facts(old.facts, new.facts),
        difference=changed_text(old, new),
    )


def facts(request: HttpRequest, number: int | None = None) -> JsonResponse:
    """Answer with the facts of a version as JSON-LD; of the one in force when no number is given.

    Raises:
        Http404: there is no such version, or none is in force.
    """
    versions = StatementVersion.objects.defer("html")
    version = versions.in_force() if number is None else get_object_or_404(versions, number=number)
    if version is None:
        raise Http404
    words = version.in_language(get_language())
    with override(words.language):
        address = settings.SITE_URL + reverse("statement-version", args=[version.number])
        described = document(version, words, address)
    return JsonResponse(
        described,
        content_type="application/ld+json",
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )


def text(request: HttpRequest, number: int) -> HttpResponse:
    """Answer with the frozen text of a version and nothing around it: the bytes of which the hash was taken."""
    words = get_object_or_404(StatementVersion.objects.defer("facts"), number=number).in_language(get_language())
    # A part of a page, not a page: browsers show it as it is written.
    return HttpResponse(words.html, content_type="text/plain; charset=utf-8")


def _page(request: HttpRequest, template: str, version: StatementVersion, **context: Any) -> HttpResponse:
    words = version.in_language(get_language())
    return _answer(request, template, page=words.page, version=version, words=words, article=words.html, **context)


def _answer(request: HttpRequest, template: str, address: str = "", **context: Any) -> HttpResponse:
    # The same address in the other languages; each answers, be it with the source text.
    others = [
        get_language_info(code) | {"url": translate_url(address or request.get_full_path(), code)}
        for code, _name in settings.LANGUAGES
        if code != get_language()
    ]
    return TemplateResponse(request, f"privacy_statement/{template}.html", {"other_languages": others, **context})
