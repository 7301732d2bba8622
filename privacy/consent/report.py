"""Consents per purpose: how many stand, how many must be asked again, and whom a change would affect (A21)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.register.models import Purpose
from privacy.screens import Screen, item_for_who_may_see
from privacy.statement.models import PrivacyStatementPage

from .models import ConsentEvent, UnconfirmedConsent
from .states import Affected, affected


def names_of_purposes() -> list[tuple[str, str]]:
    """Return key and name of each purpose that rests on consent or on which somebody ever acted."""
    names = dict(Purpose.objects.filter(legal_basis=Purpose.Basis.CONSENT).values_list("key", "name"))
    acted_on = ConsentEvent.objects.order_by("purpose").values_list("purpose", flat=True).distinct()
    other = dict(Purpose.objects.filter(key__in=set(acted_on) - set(names)).values_list("key", "name"))
    return [*names.items(), *((key, other.get(key, key)) for key in acted_on if key not in names)]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One purpose in the report.

    Args:
        key: of the purpose.
        name: of the purpose.
        now: people by what their consent is worth.
        unconfirmed: boxes that wait for a confirmation.
        to_ask_again: people whose consent no longer stands once the register is published as it is.
    """

    key: str
    name: str
    now: Affected
    unconfirmed: int
    to_ask_again: int


def lines() -> list[Line]:
    """Return the report, a few queries per purpose and none per person."""
    waiting = dict(UnconfirmedConsent.objects.order_by().values_list("purpose").annotate(Count("pk")))
    page = PrivacyStatementPage.source()
    draft = page.current_facts() if page else None
    found = []
    for key, name in names_of_purposes():
        now = affected(key)
        then = affected(key, draft) if draft else now
        # Only those who lose it by that: who must be asked again already is counted beside it.
        more = max(0, now.given - then.given)
        found.append(Line(key=key, name=name, now=now, unconfirmed=waiting.get(key, 0), to_ask_again=more))
    return found


class ReportView(Screen, TemplateView):
    """The report as a table; each number leads to the people behind it."""

    model = ConsentEvent
    page_title = _("Toestemmingen per doel")
    header_icon = "check"
    template_name = "privacy_consent/admin/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the template the lines."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"lines": lines()}


class ReportViewSet(ViewSet):
    """Screen and menu item."""

    name = "privacy-consent-report"
    icon = "check"
    menu_label = _("Toestemmingen per doel")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 51
    menu_item_class = item_for_who_may_see(ConsentEvent)

    def get_urlpatterns(self) -> list[URLPattern]:
        """Return the address."""
        return [path("", ReportView.as_view(), name="index")]


class AffectedNotice(Component):
    """Above the form of a purpose: how many consents a considerable change of it would end.

    Args:
        count: people whose consent stands.
    """

    template_name = "privacy_consent/admin/affected.html"

    def __init__(self, count: int) -> None:
        self.count = count

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Give the template the number."""
        return {"count": self.count}


def affected_notice(request: HttpRequest) -> AffectedNotice | None:
    """Return the notice for the form of one purpose; None on every other screen, and where nobody is affected."""
    match = request.resolver_match
    if match is None or match.view_name != "privacy-purpose:edit":
        return None
    purpose = Purpose.objects.filter(pk=match.kwargs["pk"], legal_basis=Purpose.Basis.CONSENT).first()
    count = affected(purpose.key).given if purpose else 0
    return AffectedNotice(count) if count else None
