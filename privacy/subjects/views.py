"""The screens of one person: what is known of contact with them, and the form that takes down another contact."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from privacy.overtaken import GoneMixin
from privacy.records import RecordView, called, list_of, shown

from .forms import MomentForm
from .models import ContactMoment, DataSubject
from .moments import meet

MET = "privacy_subjects.met"

#: Rooms above add a way from a person to what they hold: a function of request and person that returns a button, or None.
PERSON_BUTTON_HOOK = "construct_privacy_person_button"


def may(user: Any, action: str) -> bool:
    """Say whether `user` may "view" contact moments, or "add" one."""
    return bool(policy_registry.get_by_type(ContactMoment).user_has_permission(user, action))


def moment_url(person: DataSubject, *, back_to: str = "") -> str:
    """Return the address of the form that takes down a contact.

    Args:
        person: with whom.
        back_to: where to go afterwards; the person's own page when empty.
    """
    url = reverse("privacy-subjects:moment", args=[person.pk])
    return f"{url}?{urlencode({'next': back_to})}" if back_to else url


def list_button(request: HttpRequest, person: DataSubject, model: type[Model], *, label: str, icon_name: str) -> Button | None:
    """Return the way to what a list holds of a person, for who may see it; the list can be narrowed down by `subject`.

    Args:
        request: whose.
        person: the person; their number is in the address, and nothing else of them (law.md I3).
        model: what is listed.
        label: what the list is called.
        icon_name: of the list.
    """
    url = list_of(model, request.user)
    return Button(label, url=f"{url}?subject={person.pk}", icon_name=icon_name, priority=20) if url else None


def said(moment: ContactMoment) -> str:
    """Return a contact as one line for people: "telefoongesprek, 3 maart 2026 14:30"."""
    return f"{moment.get_kind_display()}, {formats.date_format(timezone.localtime(moment.at), 'DATETIME_FORMAT')}"


class PersonView(RecordView):
    """One person, with the contacts that staff took down and the ways to what the rooms above hold about them."""

    object: DataSubject

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Ask every room."""
        made = (make(self.request, self.object) for make in hooks.get_hooks(PERSON_BUTTON_HOOK))
        return [*super().header_more_buttons, *(button for button in made if button)]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Offer to take down a contact."""
        if not may(self.request.user, "add"):
            return []
        return [HeaderButton(_("Contactmoment vastleggen"), url=moment_url(self.object), icon_name="plus")]

    def get_fields_context(self) -> list[dict[str, Any]]:
        """Add the contacts, newest first."""
        fields: list[dict[str, Any]] = super().get_fields_context()
        if may(self.request.user, "view"):
            moments = [said(moment) for moment in self.object.contact_moments.all()]
            fields.append(shown(_("Contactmomenten buiten deze website om"), "\n".join(moments)))
        return fields


class MomentView(GoneMixin, PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    """Takes down a contact with one person."""

    model = ContactMoment
    permission_required = "add"
    form_class = MomentForm
    template_name = "privacy_subjects/admin/moment.html"
    page_title = gettext_lazy("Contactmoment vastleggen")
    header_icon = "calendar-alt"
    index_url_name = ""

    @cached_property
    def person(self) -> DataSubject:
        """With whom."""
        return get_object_or_404(DataSubject, pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        """Begin with a call of this minute: what it mostly is."""
        now = timezone.localtime().replace(second=0, microsecond=0)
        return {"kind": ContactMoment.Kind.PHONE, "at": now}

    def get_success_url(self) -> str:
        """Go back to where the button was."""
        return get_valid_next_url_from_request(self.request) or reverse("privacy-subjects:inspect", args=[self.person.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the person."""
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse(self.index_url_name), "label": _("Betrokkenen")},
            {"url": reverse("privacy-subjects:inspect", args=[self.person.pk]), "label": called(self.person)},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the template what its form and buttons need."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "person": self.person,
            "back": self.get_success_url(),
            "action_url": self.request.get_full_path(),
            "submit_button_label": _("Vastleggen"),
            "media": context["form"].media,
        }

    def form_valid(self, form: MomentForm) -> HttpResponse:
        """Take it down, and go back."""
        try:
            is_new = meet(self.person, **form.cleaned_data)
        except DataSubject.DoesNotExist:
            messages.error(self.request, _("Deze persoon is intussen gewist."))
            return HttpResponseRedirect(reverse(self.index_url_name))
        if is_new:
            log(self.person, MET, user=self.request.user)
            messages.success(self.request, _("Het contactmoment is vastgelegd; de bewaartermijn telt het mee."))
        else:
            messages.warning(self.request, _("Dit contactmoment was al vastgelegd."))
        return HttpResponseRedirect(self.get_success_url())
