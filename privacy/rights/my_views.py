"""A person's own page, and what they do there with their data (art. 15-21). The verbs are in `services` and `acts`."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from privacy.consent.links import consents_url
from privacy.private_pages import private
from privacy.register.models import Controller
from privacy.statement.models import StatementVersion
from privacy.subjects.emails import normalise_email
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import registry

from . import acts, new_address, session
from .holdings import held, may_name_others, record_of
from .models import DataRequest
from .public_forms import MAX_MESSAGE, CorrectForm, EraseForm, NewAddressForm
from .public_views import may_ask
from .services import begin, press, withdraw
from .states import PENDING, NotAllowed, State
from .steps import Actor

P = ParamSpec("P")
Kind = DataRequest.Kind

#: What the page says was done; anything else in its address was not put there by us.
_DONE = frozenset(
    ("address", "archive", "corrected", "held", "marketing", "objection", "restricted", "too-late", "type-erase", "withdrawn")
)


def _with_session(
    view: Callable[Concatenate[HttpRequest, DataSubject, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Give the view the person; without a session go back to asking."""

    @private("same-origin")
    @sensitive_post_parameters()
    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        person = session.person(request)
        if person is None:
            return HttpResponseRedirect(reverse("privacy_rights:ask") + "?over=1")
        try:
            return view(request, person, *args, **kwargs)
        except DataSubject.DoesNotExist:  # erased between the look-up and the act
            return HttpResponseRedirect(reverse("privacy_rights:ask"))

    return wrapped


@_with_session
def my_page(request: HttpRequest, person: DataSubject) -> HttpResponse:
    """Show everything held about a person, and what they can do with it."""
    version = StatementVersion.objects.in_force()
    requests = list(person.data_requests.prefetch_related("events").order_by("-pk")[:20])
    done = request.GET.get("done", "")
    context = {
        "person": person,
        "held": list(held(person, version, get_language())) if version else [],
        "version": version,
        "requests": requests,
        "pending": {row.kind for row in requests if row.state in PENDING},
        "can_withdraw": {
            row.pk for row in requests if row.state in {State.OPEN, State.COLLECTING, State.WAITING, State.UNCONFIRMED}
        },
        "consents": consents_url(person),
        "stays": acts.stays_after_erasure(person, version) if version else [],
        "erase_form": EraseForm({"confirmation": ""}) if done == "type-erase" else EraseForm(),
        "done": done if done in _DONE else "",
        "minutes": settings.MY_DATA_SESSION_MINUTES,
        "reachable": Controller.for_request(request),
    }
    return render(request, "privacy_rights/mine.html", context)


def _done(what: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('privacy_rights:mine')}?done={what}")


@require_POST
@_with_session
def archive_page(request: HttpRequest, person: DataSubject) -> HttpResponse:
    """Ask for the archive: all of it (art. 15), or what the person gave us (art. 20)."""
    kind = Kind.PORTABILITY if request.POST.get("kind") == Kind.PORTABILITY else Kind.ACCESS
    _request(person, kind)
    return _done("archive")


@require_http_methods(["GET", "HEAD", "POST"])
@_with_session
def correct_page(request: HttpRequest, person: DataSubject, source: str, reference: str) -> HttpResponse:
    """Let a person put the values of one record right (art. 16)."""
    found = registry.sources.get(source)
    record = record_of(person, found, reference) if found and found.amend else None
    if found is None or record is None or not record.amendable or may_name_others(person, found, [reference]):
        return HttpResponseRedirect(reverse("privacy_rights:mine"))
    form = CorrectForm(record, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "privacy_rights/correct.html", {"form": form, "record": record, "source": found})
    values = form.changed_values()
    if values:
        with transaction.atomic():
            asked = _request(person, Kind.RECTIFICATION)
            now = timezone.now()
            if not acts.correct(asked, source=source, reference=reference, values=values, actor=Actor.PERSON, at=now):
                # Pressed twice: the first put it right, and there is nothing left to ask for.
                transaction.set_rollback(True)
    return _done("corrected")


@require_http_methods(["GET", "HEAD", "POST"])
@_with_session
def address_page(request: HttpRequest, person: DataSubject) -> HttpResponse:
    """Ask for a new address and mail a link there; in the same words, whoever is known by it (art. 16)."""
    form = NewAddressForm(request.POST if request.method == "POST" else None, now=person.email)
    if form.is_valid():
        email = normalise_email(form.cleaned_data["email"])
        if may_ask("new address", str(person.pk)):
            # As for asking: a mailbox that has had its mails gets no more this hour, and nobody learns that.
            if may_ask("mailbox", email):
                new_address.offer(person, email=email, language=get_language(), at=timezone.now())
            return _done("address")
        form.add_error(None, _("U vroeg dit net een paar keer. Probeer het over een uur opnieuw."))
    return render(request, "privacy_rights/address.html", {"form": form, "person": person})


@require_POST
@_with_session
def restrict_page(request: HttpRequest, person: DataSubject) -> HttpResponse:
    """Restrict the use of everything (art. 18)."""
    with transaction.atomic():
        if asked := _press(person, Kind.RESTRICTION):
            acts.restrict(asked, actor=Actor.PERSON, at=timezone.now())
    return _done("restricted")


@require_POST
@_with_session
def object_page(request: HttpRequest, person: DataSubject) -> HttpResponse:
    """Object to marketing, which stops at once, or to another use, which a person weighs (art. 21)."""
    now = timezone.now()
    if request.POST.get("against") == "marketing":
        with transaction.atomic():
            if asked := _press(person, Kind.OBJECTION):
                acts.object_to_marketing(asked, actor=Actor.PERSON, at=now)
        return _done("marketing")
    # Never without words: the button against marketing answers an objection that has none.
    # PostgreSQL keeps no NUL, and nobody is to lose their objection to one.
    message = request.POST.get("message", "").replace("\0", "")[:MAX_MESSAGE].strip() or _("Zonder toelichting.")
    with transaction.atomic():
        acts.object_on_grounds(_request(person, Kind.OBJECTION, message=message), at=now)
    return _done("objection")


@require_POST
@_with_session
def erase_page(request: HttpRequest, person: DataSubject) -> HttpResponse:
    """Erase everything, once the word is typed (art. 17)."""
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _done("type-erase")
    with transaction.atomic():
        asked = _request(person, Kind.ERASURE)
        try:
            acts.erase_person(asked, actor=Actor.PERSON, at=timezone.now())
        except acts.Held:
            return _done("held")
    response = render(request, "privacy_rights/erased.html", {"reachable": Controller.for_request(request)})
    session.end(response)
    return response


@require_POST
@_with_session
def withdraw_page(request: HttpRequest, person: DataSubject, number: int) -> HttpResponse:
    """Take back a request of one's own."""
    found = person.data_requests.filter(pk=number).first()
    if found is None:
        return HttpResponseRedirect(reverse("privacy_rights:mine"))
    try:
        withdraw(found, actor=Actor.PERSON, at=timezone.now(), reason=_("Door de betrokkene ingetrokken."))
    except NotAllowed:
        return _done("too-late")
    return _done("withdrawn")


@require_POST
@private("same-origin")
def leave_page(request: HttpRequest) -> HttpResponse:
    """End the session."""
    response = HttpResponseRedirect(reverse("privacy_rights:ask"))
    session.end(response)
    return response


def _press(person: DataSubject, kind: str) -> DataRequest | None:
    return press(subject=person, kind=kind, language=get_language(), at=timezone.now())


def _request(person: DataSubject, kind: str, *, message: str = "") -> DataRequest:
    return begin(subject=person, kind=kind, language=get_language(), message=message, at=timezone.now())
