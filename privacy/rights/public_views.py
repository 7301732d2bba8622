"""The pages of “Mijn gegevens” that need no session: asking, and what a mailed link opens. The verbs are in `services`.

A GET shows and only a POST acts: mail scanners open links. Nothing here may be kept by a browser or a proxy, found by a
search engine, or told to another site (law.md I12, I15).
"""

import tempfile

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from privacy.private_pages import private
from privacy.rate_limit import allowed, network_address
from privacy.register.models import Controller
from privacy.subjects.emails import normalise_email

from . import new_address, session
from .delivery import take_out
from .links import Useless, count_wrong_try, look_up
from .models import OneTimeLink
from .public_forms import AskForm
from .sealing import Unopenable
from .services import ask, confirm


@private("same-origin")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def ask_page(request: HttpRequest) -> HttpResponse:
    """Ask for an address and a right. Whoever asks gets the same answer, known or not (law.md C8)."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "reachable": Controller.for_request(request), "over": "over" in request.GET}
        return render(request, "privacy_rights/ask.html", context)
    email = form.cleaned_data["email"]
    # What is asked without a proof has limits of its own, so that a flood of it keeps nobody out who has one (F5, F6).
    kind = "proven" if form.is_proven() else "unproven"
    if not may_ask(f"{kind} network", network_address(request)) or not may_ask(f"{kind} everybody", ""):
        form.give_back()
        context = {"form": form, "reachable": Controller.for_request(request), "busy": True}
        response = render(request, "privacy_rights/ask.html", context, status=429)
        response["Retry-After"] = "3600"
        return response
    # A mailbox that has had its mails gets no more this hour; nobody is told, or they would learn that somebody asked.
    if may_ask("mailbox", normalise_email(email)):
        ask(
            email=email,
            kind=form.cleaned_data["kind"],
            message=form.cleaned_data["message"],
            language=get_language(),
            at=timezone.now(),
        )
    return HttpResponseRedirect(reverse("privacy_rights:asked"))


def may_ask(what: str, who: str) -> bool:
    """Count one more time that something is asked for which a mail goes out, and say whether it may be."""
    return allowed(f"rights.ask.{what}", who, limit=settings.ASKS_PER_HOUR[what], seconds=3600)


@private("same-origin")
def asked_page(request: HttpRequest) -> HttpResponse:
    """Say what happens next, to everybody in the same words."""
    return render(
        request, "privacy_rights/asked.html", {"hours": settings.LINK_HOURS, "reachable": Controller.for_request(request)}
    )


@csrf_exempt  # the token in the address is what a CSRF token would be, and no cookie is read
@private("no-referrer")
@require_http_methods(["GET", "HEAD", "POST"])
def link_page(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show what a link opens; a POST opens it."""
    now = timezone.now()
    try:
        link = look_up(token, at=now)
        if request.method != "POST":
            return render(request, "privacy_rights/link.html", {"link": link})
        if link.opens == OneTimeLink.Opens.ARCHIVE:
            return _download(token)
        if link.opens == OneTimeLink.Opens.ADDRESS:
            proof = new_address.prove(token, at=timezone.now())
            return render(
                request, "privacy_rights/readdressed.html", {"proof": proof, "reachable": Controller.for_request(request)}
            )
        return _enter(request, token)
    except Useless:
        if request.method == "POST":
            count_wrong_try(token)
    except (Unopenable, FileNotFoundError):
        pass
    return render(request, "privacy_rights/useless.html", {"reachable": Controller.for_request(request)}, status=404)


def _download(token: str) -> FileResponse:
    # Without a name on the disk, and gone with the answer.
    out = tempfile.TemporaryFile("w+b")  # noqa: SIM115 (the response closes it)
    try:
        found = take_out(token, at=timezone.now(), out=out)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"mijn-gegevens-V{found.pk}.zip", content_type="application/zip")


def _enter(request: HttpRequest, token: str) -> HttpResponse:
    found = confirm(token, at=timezone.now())
    if found is None or found.subject is None:
        raise Useless
    response = HttpResponseRedirect(f"{reverse('privacy_rights:mine')}#{found.kind}")
    session.start(response, found.subject)
    return response
