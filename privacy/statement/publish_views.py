"""Publishing asks first what changes, and why (law.md A19, A20): between Wagtail's button and a new version is this screen.

It has a page of its own in place of fields in the editor, since it shows what nobody has typed: the register against the
newest version, and what will happen. It works without JavaScript.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import HookResponseMixin
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from .forms import PublishForm
from .messages import as_list, links
from .models import PrivacyStatementPage, StatementVersion
from .publishing import Proposal, proposed
from .services import people_to_notify, publish


def ask_what_changes(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Lead from Wagtail's publish button to the screen; the draft is saved by then. A hook: `before_publish_page`."""
    if not isinstance(page, PrivacyStatementPage) or not page.makes_a_version:
        return None
    if page.live and page.first_published_at is None:
        # Wagtail makes a new page live before it publishes it.
        page.live, page.has_unpublished_changes = False, True
        page.save(update_fields=["live", "has_unpublished_changes"], clean=False)
    return redirect(publish_url(page.pk))


def publish_url(page_id: int) -> str:
    """Return the address of the screen for the statement page with this key."""
    return reverse("privacy_statement_publish", args=[page_id])


class PublishView(HookResponseMixin, WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    """Shows what changes, asks what has to be said of it, and publishes."""

    template_name = "privacy_statement/admin/publish.html"
    form_class = PublishForm
    page_title = _("Publiceren: wat verandert er?")
    header_icon = "upload"
    page: PrivacyStatementPage
    proposal: Proposal

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in who may publish the draft as it is now; lead everybody else to where something is to be done first.

        Raises:
            PermissionDenied: this person may not publish the page.
            Http404: there is no such page, or publishing it makes no version.
        """
        pages = PrivacyStatementPage.objects.all()
        # Who confirms holds the page, as `freeze` does, so that what is compared is what is published.
        held = pages.select_for_update(of=("self",)) if request.method == "POST" else pages
        self.page = get_object_or_404(held, pk=kwargs["page_id"])
        if not self.page.permissions_for_user(request.user).can_publish():
            raise PermissionDenied
        if not self.page.makes_a_version:
            raise Http404
        lock = self.page.get_lock()
        self.proposal = proposed(self.page)
        if lock and lock.for_user(request.user):
            return self._back_to_editing(_("De verklaring is vergrendeld. Ontgrendel haar eerst."))
        if self.proposal.problems:
            lacking = as_list(links(self.proposal.problems, site=self.page.get_site()))
            return self._back_to_editing(format_html("{} {}", _("De verklaring kan nog niet gepubliceerd worden:"), lacking))
        if not self.proposal.is_complete:
            return self._back_to_editing(_("Het concept is nog niet af. Vul het aan en druk dan op Publiceren."))
        return super().dispatch(request, *args, **kwargs)

    def _back_to_editing(self, why: Any) -> HttpResponse:
        messages.error(self.request, why)
        return redirect("wagtailadmin_pages:edit", self.page.pk)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form what it asks about."""
        return {**super().get_form_kwargs(), "proposal": self.proposal}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Publish what was shown; when it is something else by now, show that with what was typed."""
        if request.POST.get("fingerprint") != self.proposal.fingerprint:
            return self.render_to_response(self.get_context_data(is_outdated=True))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: PublishForm) -> HttpResponse:
        """Publish, or plan, and say so."""
        said = form.cleaned_data
        publish(
            draft=self.proposal.draft,
            change_note=said["change_note"],
            is_editorial=said["is_editorial"],
            effective_on=said["effective_on"],
            shown_facts=self.proposal.facts_sha256,
            user=self.request.user,
        )
        self.page = PrivacyStatementPage.objects.get(pk=self.page.pk)
        if response := self.run_hook("after_publish_page", self.request, self.page):
            return response  # type: ignore[no-any-return]
        buttons = [messages.button(reverse("wagtailadmin_pages:edit", args=[self.page.pk]), _("Bewerken"))]
        if self.page.live:
            buttons.insert(0, messages.button(reverse("statement"), _("Bekijken")))
        messages.success(self.request, self._done(), buttons=buttons)
        return redirect("wagtailadmin_explore", self.page.get_parent().pk)

    def _done(self) -> str:
        day = self.proposal.planned_for
        if day:
            return _("De privacyverklaring is ingepland voor %(day)s.") % {"day": date_format(day)}
        version = StatementVersion.objects.defer("html", "facts").get(number=self.proposal.number)
        what = {"number": version.number, "day": date_format(version.effective_on)}
        if version.is_to_come:
            return _("Versie %(number)s van de privacyverklaring is gepubliceerd en geldt vanaf %(day)s.") % what
        return _("Versie %(number)s van de privacyverklaring is gepubliceerd en geldt nu.") % what

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the page."""
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]), "label": self.page.get_admin_display_title()},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the template the proposal, and how many people are told of it."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"page": self.page, "proposal": self.proposal, "people": people_to_notify()}
