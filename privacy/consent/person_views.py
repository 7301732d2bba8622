"""One person's consents for the officer, and what that person let us know by phone, letter or mail."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from privacy.overtaken import GoneMixin
from privacy.records import called
from privacy.statement.models import StatementVersion, texts_of
from privacy.subjects.models import DataSubject

from .by_hand import take_down
from .forms import TakeDownForm
from .models import ConsentEvent, Suppression
from .overview import Row, rows
from .suppression import address_hash

#: Name of the action in Wagtail's log.
TAKEN_DOWN = "privacy_consent.take_down"

#: What goes along from one form to the other: nothing of it says whom it is about (law.md I3).
_GOES_ALONG = ("objects", "method", "received_at")


def may(request: HttpRequest, action: str) -> bool:
    """Say whether who asks may do this with consents."""
    return bool(policy_registry.get_by_type(ConsentEvent).user_has_permission(request.user, action))


def person_url(person: DataSubject) -> str:
    """Return the address of one person's consents."""
    return reverse("privacy-consent:person", args=[person.pk])


def person_button(request: HttpRequest, person: DataSubject) -> Button | None:
    """Return the way from a person to their consents, for who may see them."""
    if not may(request, "view"):
        return None
    return Button(gettext_lazy("Toestemmingen"), url=person_url(person), icon_name="check", priority=30)


class TakeDownView(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    """Asks for an address first: a known one leads to the person, of any other an objection can be taken down."""

    form_class = TakeDownForm
    template_name = "privacy_consent/admin/take_down.html"
    page_title = gettext_lazy("Intrekking of bezwaar vastleggen")
    header_icon = "check"
    permission_required = "record"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in who may see this, and only who may write things down to write.

        Raises:
            PermissionDenied: this person may not.
        """
        if not may(request, "record" if request.method == "POST" else self.permission_required):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """Take over what was said in the form before."""
        return {name: self.request.GET[name] for name in _GOES_ALONG if name in self.request.GET}

    def go_on_at(self, url: str) -> HttpResponse:
        """Lead to the other form, with what was said in this one."""
        said = {name: value for name in _GOES_ALONG if (value := self.request.POST.get(name))}
        return redirect(f"{url}?{urlencode(said)}" if said else url)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Nobody was chosen yet."""
        return super().get_form_kwargs() | {"rows": None}

    def form_valid(self, form: TakeDownForm) -> HttpResponse:
        """Take it down, or go on to the person it is about."""
        said, person = form.cleaned_data, form.person
        if person and not said["objects"]:
            messages.warning(self.request, _("Er is nog niets vastgelegd. Kies hieronder wat de betrokkene intrekt."))
            return self.go_on_at(person_url(person))
        return self.taken_down(form, email=said["email"], person=person)

    def taken_down(self, form: TakeDownForm, *, email: str, person: DataSubject | None) -> HttpResponse:
        """Write it down, log who did, and say what came of it."""
        said = form.cleaned_data
        events = take_down(
            email=email,
            purposes=said.get("purposes", []),
            objects=said["objects"],
            received_at=said["received_at"],
            method=said["method"],
        )
        about = person or Suppression.objects.get(address_hash=address_hash(email))
        log(
            instance=about,
            action=TAKEN_DOWN,
            user=self.request.user,
            data={"purposes": sorted(event.purpose for event in events), "objection": said["objects"]},
        )
        words = []
        if events:
            words.append(ngettext("%(n)s toestemming is ingetrokken.", "%(n)s toestemmingen zijn ingetrokken.", len(events)))
        if said["objects"]:
            words.append(_("Dit adres krijgt geen mailings meer."))
        words.append(_("De betrokkene krijgt een bevestiging per mail.") if person else _("Het adres zelf bewaren wij niet."))
        messages.success(self.request, " ".join(words) % {"n": intcomma(len(events))})
        return redirect(person_url(person) if person else "privacy-consent:index")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("privacy-consent:index"), "label": _("Toestemmingen")},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]


class PersonView(GoneMixin, TakeDownView):
    """One person: what each consent is worth, every event, and the form."""

    template_name = "privacy_consent/admin/person.html"
    page_title = gettext_lazy("Toestemmingen van één persoon")
    permission_required = "view"
    index_url_name = "privacy-consent:index"

    @cached_property
    def person(self) -> DataSubject:
        """Whom it is about."""
        return get_object_or_404(DataSubject, pk=self.kwargs["pk"])

    @cached_property
    def consents(self) -> list[Row]:
        """What each consent is worth now."""
        return rows(self.person, StatementVersion.objects.in_force())

    def get_page_subtitle(self) -> str:
        """Name the person by their reference."""
        return called(self.person)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what can be withdrawn."""
        return super().get_form_kwargs() | {"rows": [row for row in self.consents if row.can_withdraw]}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take it down; who was erased meanwhile can still object to marketing, on the form that asks for an address."""
        try:
            answer: HttpResponse = super().post(request, *args, **kwargs)
        except (Http404, DataSubject.DoesNotExist):
            messages.warning(
                request, _("Deze persoon is intussen gewist. Een bezwaar tegen reclame kunt u hier nog vastleggen.")
            )
            return self.go_on_at(reverse("privacy-consent:take_down"))
        return answer

    def form_valid(self, form: TakeDownForm) -> HttpResponse:
        """Take it down."""
        return self.taken_down(form, email=self.person.email, person=self.person)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the template person, consents and events."""
        events = self.person.consent_events.select_related("version").defer(*texts_of("version"))
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "person": self.person,
            "consents": self.consents,
            "events": [(event, self._name(event.purpose)) for event in events.order_by("-number")],
            "objected_at": Suppression.objects.filter(address_hash=address_hash(self.person.email))
            .values_list("at", flat=True)
            .first(),
            "may_record": may(self.request, "record"),
        }

    def _name(self, purpose: str) -> str:
        return next((row.name for row in self.consents if row.key == purpose), purpose)
