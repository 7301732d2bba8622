"""One message: read, answered, closed; judged when it may be spam. Its text is read-only, and reading it is written down."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import policy_registry

from privacy.overtaken import GoneMixin
from privacy.records import RecordView, called, in_words, link_to, shown
from privacy.statement.models import texts_of
from privacy.subjects.views import may as may_with_moments
from privacy.subjects.views import moment_url, said

from . import inbox
from .logged import accept_logged, erase_logged, move_logged
from .models import Opening, Submission
from .openings import opened
from .sizes import size_in_words
from .spam import reasons
from .terms import Terms

#: As many openings as a message's own page shows; the report has all.
_OPENINGS = 5


class MessageView(RecordView):
    """One message, with its questions as they were asked and what can be done now."""

    template_name = "contact/admin/message.html"
    object: Submission

    def get_object(self, queryset: Any = None) -> Submission:
        """Fetch the message with what the page says of it."""
        found = Submission.objects.select_related("subject", "version").defer(*texts_of("version"))
        message: Submission = get_object_or_404(found.annotate(is_held=inbox.held(timezone.now())), pk=self.pk)
        return message

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write down who opens it, then show it."""
        opened(self.object, by=request.user)
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def _may(self, action: str) -> bool:
        return bool(self.user_has_permission(action))

    @cached_property
    def answers(self) -> list[dict[str, Any]]:
        """The answers, in the order asked, then the files."""
        answers = [shown(label, value) for label, value in self.object.answers()]
        files = [
            shown(
                _("Bestand: %(question)s") % {"question": attachment.label},
                format_html(
                    '<a href="{}">{}</a> ({}; {})',
                    reverse("contact_attachment", args=[attachment.pk]),
                    attachment.filename,
                    size_in_words(attachment.size),
                    attachment.get_scan_display(),
                )
                if attachment.file
                else f"{attachment.filename} ({attachment.get_scan_display()})",
            )
            for attachment in self.object.attachments.all()
        ]
        return [*answers, *files]

    def get_fields_context(self) -> list[dict[str, Any]]:
        """Say what we know of the message, beside what it says."""
        message = self.object
        end = shown(_("Wordt gewist"), Terms.in_force().said(message, is_held=message.is_held))
        fields = [*super().get_fields_context(), end]
        user = self.request.user
        if person := link_to(message.subject, user):
            fields.append(shown(_("Betrokkene"), person))
        if may_with_moments(user, "view"):
            moments = "\n".join(said(moment) for moment in message.subject.contact_moments.all())
            fields.append(shown(_("Contactmomenten"), moments))
        if policy_registry.get_by_type(Opening).user_has_permission(user, "view"):
            # The one of now is among them.
            last = Opening.objects.filter(message=message.pk).select_related("user")[:_OPENINGS]
            fields.append(shown(_("Laatst geopend"), "\n".join(map(_said, last))))
        return fields

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the template what can be done, and by this user."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        message = self.object
        is_spam = message.state == Submission.State.SPAM
        here = reverse("contact-messages:inspect", args=[message.pk])
        steps = [] if is_spam or not self._may("handle") else [state for state in inbox.HANDLED if state != message.state]
        subject = quote(_("Uw bericht aan ons"))
        return context | {
            "answers": self.answers,
            "is_spam": is_spam,
            "signs": reasons(message.suspicions),
            "steps": [(state.value, _STEPS[state]) for state in steps],
            "may_accept": is_spam and self._may("handle"),
            "may_erase": is_spam and self._may("erase") and not message.is_held,
            "reply": f"mailto:{quote(message.subject.email, safe='@')}?subject={subject}",
            "moment": moment_url(message.subject, back_to=here) if may_with_moments(self.request.user, "add") else "",
        }


def _said(opening: Opening) -> str:
    line = f"{localize(timezone.localtime(opening.at))}, {opening.who}"
    return f"{line} ({in_words(opening.what)})" if opening.attachment else line


_STEPS = {
    Submission.State.NEW: gettext_lazy("Terug naar nieuw"),
    Submission.State.ANSWERED: gettext_lazy("Beantwoord"),
    Submission.State.CLOSED: gettext_lazy("Afsluiten"),
}


class _Button(GoneMixin, PermissionCheckedMixin, View):
    """What a button on the page of a message does."""

    http_method_names = ["post"]
    model = Submission
    permission_required = "handle"
    index_url_name = ""


class Move(_Button):
    """Answered, closed, or back to new."""

    def post(self, request: HttpRequest, pk: int, to: str) -> HttpResponse:
        """Do it, and go back to the message; nothing happens when somebody else was first."""
        if to not in inbox.HANDLED:
            return HttpResponseNotFound()
        message = get_object_or_404(Submission.objects.only("pk"), pk=pk)
        if move_logged([message.pk], to=to, by=request.user):
            messages.success(request, _("Dit bericht is nu: %(state)s.") % {"state": Submission.State(to).label})
        else:
            messages.warning(request, _("Hier was niets te veranderen; misschien was een ander u voor."))
        return redirect("contact-messages:inspect", message.pk)


class Accept(_Button):
    """It is no spam."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, and go back to the message."""
        message = get_object_or_404(Submission, pk=pk)
        if accept_logged([message], by=request.user):
            messages.success(request, _("Dit bericht staat nu bij de gewone berichten, als nieuw."))
        else:
            messages.warning(request, _("Hier was niets te veranderen; misschien was een ander u voor."))
        return redirect("contact-messages:inspect", message.pk)


class EraseSpam(GoneMixin, PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """It is spam: asks once more, then erases it."""

    model = Submission
    permission_required = "erase"
    template_name = "contact/admin/erase.html"
    page_title = gettext_lazy("Spam wissen")
    header_icon = "bin"
    index_url_name = ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the inbox."""
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse(self.index_url_name), "label": _("Berichten")},
            {"url": "", "label": self.page_title},
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask, unless somebody has said meanwhile that it is no spam."""
        message = get_object_or_404(Submission, pk=kwargs["pk"])
        if message.state != Submission.State.SPAM:
            messages.warning(request, _("Hier was niets te veranderen; misschien was een ander u voor."))
            return redirect("contact-messages:inspect", message.pk)
        return super().get(request, *args, message=message, called=called(message), **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Erase it; one that is held, or no possible spam any more, stays."""
        message = get_object_or_404(Submission, pk=pk)
        if erase_logged([message.pk], by=request.user):
            messages.success(request, _("Het bericht is gewist."))
        else:
            messages.warning(request, _("Het bericht is niet gewist: het wordt aangehouden, of geldt niet meer als spam."))
        return redirect(f"{reverse(self.index_url_name)}?state=spam")
