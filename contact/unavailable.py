"""The database, or the storage of files, is gone while somebody sends a form: a page that keeps what was typed.

It needs no database to say so: everything on it comes from the POST itself. The form brings its questions along
(`ContactForm.asked`), so that any process can put them beside the answers, also one that has just started. What was not typed
(boxes, choices, the form's number) is sent along unseen, so pressing the button sends the very same form: the number makes sure
that it counts once, and the version that it names that nobody is held to words that were not shown.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from .forms import ContactForm
from .services import FilesRefused, PerhapsStored

#: After how many seconds it makes sense to try again.
RETRY_AFTER = 60

#: Fields that are nobody's answer.
_UNSEEN = {"csrfmiddlewaretoken", *ContactForm.base_fields, "asked", "form_proof", "g-recaptcha-response"}


@dataclass(frozen=True, kw_only=True)
class Typed:
    """One answer as it came in.

    Args:
        name: of the field.
        label: the question.
        value: what was typed; None for a file, which no browser gives twice.
    """

    name: str
    label: str
    value: str | None

    @property
    def is_long(self) -> bool:
        """Whether it wants more room than one line."""
        return self.value is not None and ("\n" in self.value or len(self.value) > 80)


class DatabaseGoneMiddleware:
    """Answers the POST of a form when the database is gone in the middle of it; everything else stays an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request pass."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Give the visitor back what was typed."""
        is_gone = isinstance(exception, OperationalError | InterfaceError | FilesRefused)
        return page(request, exception) if is_gone and request.method == "POST" and "submission_id" in request.POST else None


def page(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the page.

    Args:
        request: the POST.
        error: what went wrong.
    """
    typed = list(_typed(request))
    names = {answer.name for answer in typed} | {"csrfmiddlewaretoken"}
    context = {
        "typed": typed,
        "asks_files": any(answer.value is None for answer in typed),
        "files_lost": bool(request.FILES),
        "unseen": [(name, value) for name, values in request.POST.lists() if name not in names for value in values],
        "perhaps": isinstance(error, PerhapsStored),
    }
    response = render(request, "contact/unavailable.html", context, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    add_never_cache_headers(response)
    return response


def _typed(request: HttpRequest) -> Iterator[Typed]:
    for name, label, is_file in _asked(request.POST):
        if is_file or name in request.FILES:
            yield Typed(name=name, label=label, value=None)
        elif name in request.POST:
            yield Typed(name=name, label=label, value=request.POST[name])


def _asked(post: QueryDict) -> list[tuple[str, str, bool]]:
    """Return the questions that came with a form; garbled or missing, the names of the fields must do."""
    try:
        return [(str(name), str(label), bool(is_file)) for name, label, is_file in json.loads(post.get("asked", ""))]
    except (ValueError, TypeError):
        return [(name, name, False) for name in post if name not in _UNSEEN and not name.startswith("consent_")]
