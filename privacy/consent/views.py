"""What people see of their consents: their own page behind a link, and the check of a receipt. The verbs are in `services`.

Whoever has the link is the person: it was mailed to them. So these pages take no login and no cookie, and with no cookie
there is nothing that another site could make a browser send along: the token in the address is itself what a CSRF token
would be (docs/decisions/0153-links-without-cookies.md). A GET shows, only a POST acts: mail scanners open links.
"""

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from privacy.private_pages import private
from privacy.register.models import Controller
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject

from .erasure import outlook
from .links import find_link
from .models import ConsentLink, Method
from .overview import row_of, rows
from .receipts import MAX_BYTES, TOO_LONG, UNREADABLE, Verdict, check
from .services import Choice, confirm, give, withdraw
from .signatures import published

#: Where a redirect says what was just done; it names a purpose, never a person.
DONE = "done"

#: What a purpose is called; anything else does not come from our page.
_KEY = re.compile(r"[a-z0-9_]{1,50}")

#: What is longer is refused unread, in bytes; an upload that is merely too large gets its page.
_MAX_BODY = 10 * 1024 * 1024


def _with_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the link of this token; answer calmly when there is none (404) or none any more (410)."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @private("no-referrer")
    def wrapped(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        link = find_link(token)
        if link is None or link.revoked_at:
            return _gone(request, status=410 if link else 404)
        try:
            return view(request, link, token, **kwargs)
        except DataSubject.DoesNotExist:  # erased between the look-up and the act
            return _gone(request, status=404)

    return wrapped


def _gone(request: HttpRequest, *, status: int) -> HttpResponse:
    reachable = Controller.for_request(request)
    context = {"revoked": status == 410, "reachable": reachable}
    return render(request, "privacy_consent/gone.html", context, status=status)


def _place(request: HttpRequest, token: str) -> str:
    """Return the path for the record: where it was done, without the key to it."""
    return request.path.replace(token, "…")


@_with_link
def page(request: HttpRequest, link: ConsentLink, token: str) -> HttpResponse:
    """Show all consents of one person; a POST withdraws, gives or confirms one (art. 7(3))."""
    if request.method != "POST":
        return _show(request, link, token, done=request.GET.get(DONE, ""))
    purpose = request.POST.get("purpose", "")
    if not _KEY.fullmatch(purpose):
        return _show(request, link, token)
    now = timezone.now()
    match request.POST.get("action"):
        case "withdraw":
            place = _place(request, token)
            withdraw(subject=link.subject, purpose=purpose, place=place, at=now, method=Method.LINK)
        case "confirm":
            confirm(subject=link.subject, purpose=purpose, at=now)
        case "give" if not _give(request, link, token, purpose):
            return _show(request, link, token, renewed=True)
    return _back(token, purpose)


def _back(token: str, purpose: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('privacy_consent:page', args=[token])}?{DONE}={purpose}")


def _give(request: HttpRequest, link: ConsentLink, token: str, purpose: str) -> bool:
    """Give consent in the words that were on the screen; False when they are no longer in force, or never were."""
    version = StatementVersion.objects.in_force()
    row = row_of(link.subject, version, purpose)
    if version is None or row is None or not row.can_give or request.POST.get("version") != str(version.number):
        return False
    give(
        subject=link.subject,
        choices=[Choice(purpose=purpose, wording=row.wording)],
        version=version,
        language=version.in_language(get_language()).language,
        place=_place(request, token),
        at=timezone.now(),
        method=Method.LINK,
    )
    return True


@_with_link
def confirm_address(request: HttpRequest, link: ConsentLink, token: str, purpose: str) -> HttpResponse:
    """Ask whether the person ticked that box; a POST makes it count (law.md B11)."""
    if request.method == "POST":
        confirm(subject=link.subject, purpose=purpose, at=timezone.now())
        return _back(token, purpose)
    row = row_of(link.subject, StatementVersion.objects.in_force(), purpose)
    if row is None or row.unconfirmed is None:
        return _show(request, link, token, nothing_to_confirm=True)
    return render(request, "privacy_consent/confirm.html", {"row": row, "token": token})


@_with_link
def unsubscribe(request: HttpRequest, link: ConsentLink, token: str, purpose: str) -> HttpResponse:
    """Withdraw one consent by a mail program's button (RFC 8058): one POST, no redirect, any number of times."""
    if request.method == "POST":
        withdraw(
            subject=link.subject,
            purpose=purpose,
            place=_place(request, token),
            at=timezone.now(),
            method=Method.UNSUBSCRIBE,
        )
    return _show(request, link, token, done=purpose)


def _show(request: HttpRequest, link: ConsentLink, token: str, *, done: str = "", **context: Any) -> HttpResponse:
    version = StatementVersion.objects.in_force()
    shown = rows(link.subject, version)
    context |= {"rows": shown, "version": version, "token": token, "reachable": Controller.for_request(request)}
    context["done"] = next((row for row in shown if row.key == done), None)
    if version and context["done"] and context["done"].is_withdrawn:
        context["outlook"] = outlook(link.subject, version, at=timezone.now())
    return render(request, "privacy_consent/page.html", context)


@csrf_exempt  # nothing is stored and nothing changes; without the check there is no cookie either
@require_http_methods(["GET", "HEAD", "POST"])
@private("no-referrer")
def check_receipt(request: HttpRequest) -> HttpResponse:
    """Check a pasted or uploaded receipt, and say what it means; no table is read for it."""
    verdict = _verdict(request) if request.method == "POST" else None
    return render(request, "privacy_consent/check.html", {"verdict": verdict})


def _verdict(request: HttpRequest) -> Verdict:
    if int(request.META.get("CONTENT_LENGTH") or 0) > _MAX_BODY:
        return Verdict(problem=str(TOO_LONG))
    try:
        file = request.FILES.get("file")
        if file is None:
            return check(request.POST.get("text", "").encode())
        return check(file.read(MAX_BYTES + 1))
    except RequestDataTooBig:
        return Verdict(problem=str(TOO_LONG))
    except UnicodeEncodeError:
        return Verdict(problem=str(UNREADABLE))


@require_safe
def public_keys(request: HttpRequest) -> JsonResponse:
    """Answer with the keys that receipts are signed with, for whoever checks one without us (JSON Web Key Set)."""
    return JsonResponse(published(), content_type="application/jwk-set+json", json_dumps_params={"indent": 2})
