"""The officer's lists: what people agreed to, and the links to their own pages."""

from functools import cached_property
from typing import Any

import django_filters
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.middleware.csrf import get_token
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import policy_registry

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.records import RecordList, RecordView, RecordViewSet, called, language_name
from privacy.register.models import Purpose
from privacy.statement.models import StatementVersion, texts_of

from .models import ConsentEvent, ConsentEventQuerySet, ConsentLink
from .person_views import PersonView, TakeDownView, may, person_url
from .report import names_of_purposes
from .revoke import Revoke
from .states import State, events_in


def _languages() -> list[tuple[str, str]]:
    found = ConsentEvent.objects.order_by("language").values_list("language", flat=True).distinct()
    return [(language, language_name(language)) for language in found]


class ConsentFilterSet(WagtailFilterSet):
    """Narrows the list down, also to the consents that are in one state now."""

    purpose = django_filters.ChoiceFilter(label=_("Doel"), choices=names_of_purposes)
    # By hand, since Wagtail's own would load the text of every version.
    version = django_filters.ModelChoiceFilter(
        label=_("Versie van de verklaring"), queryset=lambda request: StatementVersion.objects.only("number")
    )
    language = django_filters.ChoiceFilter(label=_("Taal"), choices=_languages)
    state = django_filters.ChoiceFilter(
        label=_("Stand nu"),
        method="in_state",
        choices=[
            (choice.value, choice.label) for choice in (State.GIVEN, State.NEEDS_RENEWAL, State.WITHDRAWN, State.NOT_NEEDED)
        ],
    )

    class Meta:
        model = ConsentEvent
        fields = ["purpose", "action", "method", "version", "language"]

    def in_state(self, events: ConsentEventQuerySet, name: str, value: str) -> ConsentEventQuerySet:
        """Keep, of each person and purpose, the act that decides, if it is in this state."""
        return events.filter(pk__in=events_in(State(value)).values("pk"))


def _person(event: ConsentEvent) -> SafeString:
    return format_html('<a href="{}">{}</a>', person_url(event.subject), event.subject.email)


class ConsentList(RecordList):
    """The list, with the way to what came by phone, letter or mail."""

    def get_base_queryset(self) -> QuerySet[Any]:
        """Call each purpose what the register calls it; one that is no more keeps its key."""
        name = Purpose.objects.filter(key=OuterRef("purpose")).values("name")[:1]
        named: QuerySet[Any] = super().get_base_queryset().annotate(purpose_name=Coalesce(Subquery(name), F("purpose")))
        return named

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Offer it to who may take it down."""
        if not may(self.request, "record"):
            return []
        return [HeaderButton(TakeDownView.page_title, url=reverse("privacy-consent:take_down"), icon_name="plus")]


class ConsentView(RecordView):
    """One act."""

    def get_purpose_display_value(self) -> str:
        """Return what the register calls the purpose."""
        key: str = self.object.purpose
        return str(Purpose.objects.filter(key=key).values_list("name", flat=True).first() or key)


class ConsentEventViewSet(RecordViewSet):
    """Read-only: people give and take back consent; what they let us know goes through the same verbs (`by_hand`)."""

    model = ConsentEvent
    name = "privacy-consent"
    icon = "check"
    menu_label = _("Toestemmingen")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 50
    list_display = [
        "__str__",
        Column("subject", label=_("Van"), accessor=_person),
        Column("purpose_name", label=_("Doel"), sort_key="purpose"),
        "action",
        "method",
        Column("version", label=_("Verklaring"), sort_key="version"),
        "at",
    ]
    when_empty = _(
        "Nog niemand gaf toestemming. Zodra iemand een vakje aankruist op het formulier, staat hier wie waarvoor, wanneer, en "
        "met welke woorden."
    )
    index_view_class = ConsentList
    inspect_view_class = ConsentView
    search_fields = ["subject__email"]
    filterset_class = ConsentFilterSet
    list_export = [
        "pk",
        "subject.email",
        "number",
        "purpose",
        "action",
        "method",
        "wording",
        "version.number",
        "language",
        "place",
        "at",
        "confirmed_at",
        "sha256",
    ]
    export_filename = "toestemmingen"
    related = ("subject", "version")
    deferred = texts_of("version")
    inspect_view_fields = [
        "subject",
        "number",
        "purpose",
        "action",
        "method",
        "wording",
        "version",
        "language",
        "page",
        "place",
        "at",
        "confirmed_at",
        "wording_sha256",
        "previous_sha256",
        "sha256",
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add one person's consents, and the form for somebody who is not on record."""
        return [
            *super().get_urlpatterns(),
            path("person/<int:pk>/", PersonView.as_view(), name="person"),
            path("take-down/", TakeDownView.as_view(), name="take_down"),
        ]


class RevokeColumn(Column):
    """A button beside each link that works, for who may press it."""

    cell_template_name = "privacy_consent/admin/revoke_cell.html"

    def get_cell_context_data(self, instance: ConsentLink, parent_context: Any) -> dict[str, Any]:
        """Give the template what its form needs."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        request = context["request"]
        may = not instance.revoked_at and policy_registry.get_by_type(ConsentLink).user_has_permission(request.user, "revoke")
        return context | {"may_revoke": may, "called": called(instance), "csrf_token": get_token(request) if may else ""}


class ConsentLinkViewSet(RecordViewSet):
    """Links to people's own pages: made by mails, ended here when one fell into the wrong hands."""

    model = ConsentLink
    name = "privacy-links"
    icon = "link"
    menu_label = _("Links naar toestemmingen")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 52
    when_empty = _(
        "Er zijn nog geen links. Wie toestemming geeft, krijgt een mail met een eigen link; raakt die in verkeerde handen, dan "
        "beëindigt u hem hier."
    )
    list_display = [
        "__str__",
        Column("subject.email", label=_("Van")),
        "created_at",
        "revoked_at",
        RevokeColumn("revoke", label=_("Beëindigen")),
    ]
    search_fields = ["subject__email"]
    related = ("subject",)
    inspect_view_fields = ["subject", "created_at", "revoked_at"]

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add the address behind the button."""
        revoke = self.construct_view(Revoke, index_url_name=self.get_url_name("index"))
        return [*super().get_urlpatterns(), path("revoke/<int:pk>/", revoke, name="revoke")]
