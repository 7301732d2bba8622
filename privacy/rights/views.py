"""The officer's doors: the archive for their own hands, the steps of a request, what is left out, who was told."""

import tempfile
import zipfile
from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from privacy.statement.models import NoStatementInForce
from privacy.subjects.addresses import Taken
from privacy.subjects.registry import registry

from . import acts, delivery, recipients, review
from .archive import sources_for
from .forms import LeaveOutForm, ToldForm
from .holdings import record_of
from .models import DataRequest, RecipientNotice, Redaction
from .new_address import Same
from .officer import STEPS, form_for
from .public_forms import CorrectForm
from .redaction import Changed
from .screen import ELSEWHERE, Refused, place_of_notice, place_of_record
from .services import TooLate
from .states import NotAllowed
from .steps import Actor, Outdated
from .viewsets import DataRequestViewSet


def _only_for_handlers(request: HttpRequest) -> None:
    if not policy_registry.get_by_type(DataRequest).user_has_permission(request.user, "handle"):
        raise PermissionDenied


@require_safe
def download(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    """Hand the archive of one request to somebody who may handle requests, and log that they took it (law.md C14).

    Made for this one answer and kept nowhere: the one that was mailed is sealed, and not for us.
    """
    _only_for_handlers(request)
    found = get_object_or_404(DataRequest.objects.filter(subject__isnull=False, kind__in=DataRequest.WITH_ARCHIVE), pk=pk)
    out = tempfile.TemporaryFile("w+b")  # noqa: SIM115 (the response closes it)
    try:
        delivery.export_for(found, out)
    except (NoStatementInForce, Changed) as error:
        out.close()
        messages.error(request, _why(error))
        return _back(found)
    out.seek(0)
    log(found, "privacy_rights.download", user=request.user)
    # Wagtail's admin already forbids browsers and proxies to keep its answers.
    return FileResponse(out, as_attachment=True, filename=f"inzage-V{found.pk}.zip")


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the letter of the archive as the person will open it, made by the same hand (law.md C13)."""
    _only_for_handlers(request)
    found = get_object_or_404(DataRequest.objects.stopped().filter(subject__isnull=False), pk=pk)
    with tempfile.TemporaryFile("w+b") as out:
        try:
            delivery.export_for(found, out)
        except (NoStatementInForce, Changed) as error:
            messages.error(request, _why(error))
            return _back(found)
        with zipfile.ZipFile(out) as bundle:
            letter = bundle.read("index.html")
    # What people wrote stands in it: as harmless as from a disk, and no script of the admin's runs in it.
    return HttpResponse(letter, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"})


@require_POST
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Carry out one step; refuse it when it is not allowed any more, or somebody else was first."""
    _only_for_handlers(request)
    found = get_object_or_404(DataRequest.objects.select_related("subject"), pk=pk)
    if name not in STEPS:
        raise Http404
    form = form_for(name, request.POST)
    places = [name]
    if not form.is_valid():
        return _refused(request, found, form, places, _overtaken(request, found))
    now = timezone.now()
    if not STEPS[name].allowed(found, now):
        return _refused(request, found, form, places, Outdated())
    try:
        STEPS[name].do(found, form.cleaned_data, {"user": request.user, "at": now, "seen": _seen(request)})
    except (Outdated, NotAllowed, TooLate, acts.Held, Changed, Same, Taken, ValueError, OSError) as error:
        return _refused(request, found, form, places, error)
    messages.success(request, _("Gedaan: %(label)s.") % {"label": STEPS[name].label})
    return _back(found)


@require_POST
def leave_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave words about somebody else out of the copy, of a record that had to be looked at or of any other."""
    _only_for_handlers(request)
    found = get_object_or_404(DataRequest, pk=pk)
    form = LeaveOutForm(request.POST, sources=sources_for(found))
    if "source" in form.errors:
        raise Http404
    places = [place_of_record(form.data["source"], form.data.get("reference", "")), ELSEWHERE]
    if not form.is_valid():
        return _refused(request, found, form, places, _overtaken(request, found))
    try:
        count = review.leave_out(found, **form.cleaned_data, user=request.user, at=timezone.now(), seen=_seen(request))
    except (Outdated, NotAllowed, ValueError) as error:
        return _refused(request, found, form, places, error)
    if not count:
        form.add_error("words", _("Deze woorden staan er niet zo. Neem ze letterlijk over."))
        return _refused(request, found, form, places)
    messages.success(request, _("%(count)s keer weggelaten.") % {"count": intcomma(count)})
    return _back(found)


@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave something in after all."""
    _only_for_handlers(request)
    redaction = get_object_or_404(Redaction.objects.select_related("request"), pk=pk)
    try:
        review.put_back(redaction, user=request.user, at=timezone.now(), seen=_seen(request))
    except (Outdated, NotAllowed) as error:
        messages.error(request, _why(error))
    else:
        messages.success(request, _("Teruggezet: de betrokkene krijgt het toch."))
    return _back(redaction.request)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int, source: str, reference: str) -> HttpResponse:
    """Put a record right for somebody who phoned or wrote (art. 16; law.md C1, C17)."""
    _only_for_handlers(request)
    found = get_object_or_404(DataRequest.objects.select_related("subject"), pk=pk)
    holds = registry.sources.get(source)
    record = record_of(found.subject, holds, reference) if holds and found.subject else None
    can_be = any((of.key, row.reference) == (source, reference) for of, row in acts.correctable(found))
    # What was typed is answered, also where a colleague has closed the request meanwhile.
    if record is None or not (can_be or request.method == "POST"):
        raise Http404
    form = CorrectForm(record, request.POST if request.method == "POST" else None)
    if not can_be:
        return _refused(request, found, form, [], Outdated())
    if not form.is_valid():
        return _correct_page(request, found, form)
    try:
        acts.correct(
            found,
            source=source,
            reference=reference,
            values=form.changed_values(),
            actor=Actor.OFFICER,
            user=request.user,
            at=timezone.now(),
            seen=_seen(request),
            is_all=False,
        )
    except (Outdated, NotAllowed, LookupError) as error:
        return _correct_page(request, found, form, _why(error))
    messages.success(request, _("Verbeterd. Meld het de betrokkene als u alles hebt gehad."))
    return _back(found)


def _correct_page(request: HttpRequest, found: DataRequest, form: CorrectForm, why: str = "") -> HttpResponse:
    context = {"object": found, "form": form, "record": form.record, "seen": found.last_event_id(), "why": why}
    return render(request, "privacy_rights/admin/correct.html", context)


@require_POST
def told(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that a recipient was told."""
    _only_for_handlers(request)
    notice = get_object_or_404(RecipientNotice.objects.select_related("request"), pk=pk)
    form = ToldForm(request.POST)
    places = [place_of_notice(notice.pk)]
    if not form.is_valid():
        return _refused(request, notice.request, form, places)
    outcome = form.cleaned_data["outcome"] or _("gemeld")
    try:
        recipients.told(notice, outcome=outcome, user=request.user, at=timezone.now())
    except (Outdated, ValueError) as error:
        return _refused(request, notice.request, form, places, error)
    messages.success(request, _("Opgeschreven bij %(recipient)s.") % {"recipient": notice.recipient})
    return _back(notice.request)


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() else -1


def _overtaken(request: HttpRequest, found: DataRequest) -> Outdated | None:
    """Return what is to be said first to whoever left something open on a screen that is outdated as well."""
    return Outdated() if _seen(request) != found.last_event_id() else None


def _refused(
    request: HttpRequest, found: DataRequest, form: forms.Form, places: list[str], error: Exception | None = None
) -> HttpResponse:
    """Show the request as it is now, why nothing happened, and the form as it was filled in (see `Refused`)."""
    why = _why(error) if error else _("Er is niets gebeurd. Dit moet nog:")
    return DataRequestViewSet().show_refused(request, found, Refused(why=why, form=form, places=places))


def _back(found: DataRequest) -> HttpResponse:
    return redirect("privacy-requests:inspect", found.pk)


#: What went wrong, and how to say that to the officer.
_WHY: list[tuple[tuple[type[Exception], ...], Any]] = [
    (
        (Outdated, NotAllowed, LookupError),
        gettext_lazy("Iemand anders heeft intussen iets met dit verzoek gedaan. Er is niets gebeurd; kijk wat er nu staat."),
    ),
    ((TooLate,), gettext_lazy("Verlengen kan alleen één keer, en alleen binnen de eerste maand.")),
    (
        (acts.Held,),
        gettext_lazy("De gegevens worden vastgehouden om een geschil. Hef dat eerst op, of wijs het verzoek af met die reden."),
    ),
    (
        (NoStatementInForce,),
        gettext_lazy("Er geldt geen privacyverklaring, dus er is niets te vertellen over doelen en termijnen."),
    ),
    ((Changed,), gettext_lazy("Er is iets veranderd nadat het is nagekeken; kijk het opnieuw na.")),
    ((Same,), gettext_lazy("Bij dit adres kennen wij de betrokkene al.")),
    ((Taken,), gettext_lazy("Bij dit adres kennen wij al iemand anders, en twee mensen voegen wij niet samen. Zie de gids.")),
    (
        (OSError,),
        gettext_lazy("Er is niets gebeurd: het bewijs hiervan kan nu niet worden opgeschreven. Probeer het later opnieuw."),
    ),
    (
        (ValueError,),
        gettext_lazy(
            "Geef een reden, en noem daarin niemand, ook niet met een e-mailadres: zij blijft bewaard als de naam al uit het "
            "verzoek gewist is."
        ),
    ),
]


def _why(error: Exception) -> str:
    """Return what went wrong in words for the officer."""
    return str(next(words for kinds, words in _WHY if isinstance(error, kinds)))
