"""What visitors see of the contact page. The verbs are in `services`, the form in `forms`."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language

from privacy.register.models import Controller
from privacy.register.periods import expires_at
from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion

from .coverage import boxes_and_notices, is_open
from .services import submit

if TYPE_CHECKING:
    from .models import ContactPage


def contact_form(request: HttpRequest, page: "ContactPage") -> HttpResponse:
    """Show the form, or take what was sent; closed with an explanation while no statement covers it."""
    version = StatementVersion.objects.defer("html").in_force()
    if version is None or not is_open(page, version):
        # No statement, no frozen facts: the way that stays open comes from the register itself.
        return _answer(request, page, "contact/closed.html", status=503, reachable=Controller.for_request(request))
    boxes, notices = boxes_and_notices(page, version)
    data = request.POST if request.method == "POST" else None
    form = page.get_form(data, page=page, boxes=boxes, version_number=version.number)
    if form.is_valid():
        submit(
            page=page,
            version=version,
            submission_id=form.cleaned_data["submission_id"],
            email=form.email(),
            answers=form.answers(),
            labels=form.labels(),
            choices=form.choices(),
            language=get_language() or page.locale.language_code,
            at=timezone.now(),
        )
        return HttpResponseRedirect(page.get_url(request) + page.reverse_subpage("thanks"))
    return _answer(request, page, page.template, form=form, notices=notices, version=version)


def thanks(request: HttpRequest, page: "ContactPage") -> HttpResponse:
    """Thank, and name the last day on which the message is kept: the day the statement in force makes it.

    The page knows nothing of the visitor: a message sent just now had its last contact just now.
    """
    version = StatementVersion.objects.defer("html").in_force()
    keep_until = expires_at(timezone.now(), version.period_months(RELATIONS)) if version else None
    return _answer(request, page, page.landing_page_template, version=version, keep_until=keep_until)


def preview(request: HttpRequest, page: "ContactPage") -> HttpResponse:
    """Show editors the draft of the form, with the boxes it would have now."""
    version = StatementVersion.objects.defer("html").in_force()
    boxes, notices = boxes_and_notices(page, version) if version else ([], [])
    form = page.get_form(page=page, boxes=boxes, version_number=version.number if version else None)
    return _answer(request, page, page.template, form=form, notices=notices, version=version)


def _answer(request: HttpRequest, page: "ContactPage", template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    response = TemplateResponse(request, template, page.get_context(request) | context, status=status)
    # What was typed must not be found again in a cache or behind the back button of a shared computer (law.md I15).
    add_never_cache_headers(response)
    return response
