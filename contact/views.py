"""What visitors see of the contact page. The verbs are in `services`, the form in `forms`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from csp.constants import SELF
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from privacy.rate_limit import allowed, network_address
from privacy.register.models import Controller
from privacy.register.periods import expires_at
from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion

from .boxes import Words, boxes, notices, reasons
from .captcha import GoogleField, field_for
from .coverage import is_open
from .forms import ContactForm
from .services import submit
from .spam import POSSIBLE_SPAM

if TYPE_CHECKING:
    from .models import ContactPage

_BUSY = _(
    "Er komen op dit moment meer berichten binnen dan wij aannemen, misschien vanaf het netwerk dat u gebruikt. Er is niets "
    "bewaard. Wat u typte staat hieronder nog. Probeer het over een kwartier opnieuw en kruis dan de vakjes weer aan, of mail "
    "of bel ons."
)

#: What reCAPTCHA needs once the visitor has pressed its button; on a page that has one, and nowhere else.
_GOOGLE_MAY = {
    "script-src": [SELF, "https://www.google.com/recaptcha/", "https://www.gstatic.com/recaptcha/"],
    "frame-src": ["https://www.google.com/recaptcha/", "https://recaptcha.google.com/recaptcha/"],
    "connect-src": [SELF, "https://www.google.com/recaptcha/"],
}


def contact_form(request: HttpRequest, page: "ContactPage") -> HttpResponse:
    """Show the form, or take what was sent; closed with an explanation while no statement covers it."""
    version = StatementVersion.objects.in_force()
    if version is None or not is_open(page, version):
        return _closed(request, page)
    if request.method == "POST" and (wait := _must_wait(request)):
        response = give_back(request, page, message=_BUSY, status=429)
        response["Retry-After"] = str(wait)
        return response
    data, uploaded = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    words = version.in_language(get_language())
    form = page.get_form(data, uploaded, page=page, **_terms(page, version, words))
    if form.is_valid():
        submit(
            page=page,
            version=version,
            submission_id=form.cleaned_data["submission_id"],
            email=form.email(),
            answers=form.answers(),
            uploads=form.uploads(),
            labels=form.labels(),
            choices=form.choices(),
            language=words.language,
            at=timezone.now(),
            suspicions=form.suspicions,
        )
        return HttpResponseRedirect(page.get_url(request) + page.reverse_subpage("thanks"))
    return _form(request, page, version, words, form)


def _must_wait(request: HttpRequest) -> int:
    """Count one more form; return after how many seconds to come back, 0 when it may pass. Redis gone: everything may."""
    each, in_seconds = settings.FORM_LIMIT_PER_ADDRESS
    if not allowed("contact.address", network_address(request), limit=each, seconds=in_seconds):
        return int(in_seconds)
    everybody, in_seconds = settings.FORM_LIMIT
    return 0 if allowed("contact", "", limit=everybody, seconds=in_seconds) else int(in_seconds)


def give_back(request: HttpRequest, page: "ContactPage", *, message: str | Promise, status: int = 200) -> HttpResponse:
    """Show what was sent in a new form, unjudged and with empty boxes, because it could not be taken at all.

    Args:
        request: the POST.
        page: the form.
        message: why, and what to do.
        status: of the answer.
    """
    version = StatementVersion.objects.in_force()
    if version is None or not is_open(page, version):
        return _closed(request, page)
    words = version.in_language(get_language())
    form = page.get_form(page=page, given_back=request.POST, **_terms(page, version, words))
    return _form(request, page, version, words, form, refusal=message, files_lost=bool(request.FILES), status=status)


def thanks(request: HttpRequest, page: "ContactPage") -> HttpResponse:
    """Thank, and name the last day on which the message is kept: the day the statement in force makes it.

    The page knows nothing of the visitor: a message sent just now had its last contact just now.
    """
    version = StatementVersion.objects.in_force()
    context: dict[str, Any] = {"other_languages": list(_thanks_elsewhere(request, page))}
    if version:
        context["words"] = version.in_language(get_language())
        context["keep_until"] = expires_at(timezone.now(), version.period_months(RELATIONS))
        if version.look.rule(POSSIBLE_SPAM):
            context["keep_spam_until"] = expires_at(timezone.now(), *version.period(POSSIBLE_SPAM))
    return _answer(request, page, page.landing_page_template, **context)


def _thanks_elsewhere(request: HttpRequest, page: "ContactPage") -> Iterator[dict[str, str]]:
    """Yield code and address of the thanks in the other languages: an empty form there would say that nothing was sent."""
    for same in page.get_translations().live().public().select_related("locale"):
        with override(code := same.locale.language_code):
            yield {"code": code, "url": same.get_url(request) + same.reverse_subpage("thanks")}


def preview(request: HttpRequest, page: "ContactPage") -> HttpResponse:
    """Show editors the draft of the form, with the boxes it would have now."""
    version = StatementVersion.objects.in_force()
    words = version.in_language(get_language()) if version else None
    terms = _terms(page, version, words) if version and words else {"boxes": [], "reasons": {}, "version_number": None}
    return _form(request, page, version, words, page.get_form(page=page, **terms))


def _terms(page: "ContactPage", version: StatementVersion, words: Words) -> dict[str, Any]:
    """Return what the statement in force makes of the form: its boxes, its reasons, and whom it may ask about robots.

    In the words of one language, whichever it has: what is shown is what is stored (invariant 7).
    """
    return {
        "boxes": boxes(page, words),
        "reasons": reasons(page, words),
        "version_number": version.number,
        "captcha": field_for(page, version),
    }


def _form(
    request: HttpRequest,
    page: "ContactPage",
    version: StatementVersion | None,
    words: Words | None,
    form: ContactForm,
    **context: Any,
) -> HttpResponse:
    # Words that were never published in the reader's language are read aloud in their own (WCAG 3.1.2).
    other = words.language if words and words.language != get_language() else ""
    context |= {"version": version, "words": words, "other_language": other}
    context["notices"] = notices(page, words) if words else []
    response = _answer(request, page, page.template, form=form, **context)
    if isinstance(form.captcha, GoogleField):
        response._csp_update = _GOOGLE_MAY  # type: ignore[attr-defined]  # read by django-csp
    return response


def _closed(request: HttpRequest, page: "ContactPage") -> HttpResponse:
    # No statement, no frozen facts: the way that stays open comes from the register itself.
    return _answer(request, page, "contact/closed.html", status=503, reachable=Controller.for_request(request))


def _answer(request: HttpRequest, page: "ContactPage", template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    response = TemplateResponse(request, template, page.get_context(request) | context, status=status)
    # What was typed must not be found again in a cache or behind the back button of a shared computer (law.md I15).
    add_never_cache_headers(response)
    return response
