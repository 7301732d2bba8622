"""The register's listings and forms."""

from typing import Any

from django.forms import CheckboxSelectMultiple
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from privacy.menu import REGISTER_MENU_HOOK

from .models import Cookie, DataCategory, Processor, Purpose, RetentionRule, SecurityMeasure, System
from .views import AgreementDocument, MarkReviewed, RegisterAdd, RegisterDelete, RegisterEdit, RegisterList, ReviewedList
from .widgets import DocumentInput
from .words import english_panel

#: Filled by `RegisterList` for all rows of a page at once.
USED_BY = Column("used_by", label=_("Gebruikt door"), width="30%")
REQUIRED = Column("is_required", label=_("Nodig"), accessor=lambda row: _("ja") if row.is_required else "—")
SPECIAL = Column("is_special", label=_("Bijzonder"), accessor=lambda row: _("ja") if row.is_special else "—")
NEXT_REVIEW = Column("next_review_on", label=_("Weer nalopen op"), accessor=lambda row: row.next_review_on or _("nu"))
REVIEW_PANEL = MultiFieldPanel([FieldPanel("review_months"), FieldPanel("last_reviewed_on")], heading=_("Nalopen"))


class RegisterViewSet(ModelViewSet):
    """What all lists of the register share."""

    menu_hook = REGISTER_MENU_HOOK
    copy_view_enabled = False
    search_fields = ["name"]
    index_view_class = RegisterList
    add_view_class = RegisterAdd
    edit_view_class = RegisterEdit
    delete_view_class = RegisterDelete
    template_prefix = "privacy_register/admin/"

    def __init__(self, **kwargs: Any) -> None:
        """Give each list its address, `/admin/privacy-<things>/`."""
        super().__init__(f"privacy-{self.model._meta.model_name}", **kwargs)

    def get_edit_handler(self) -> Any:
        """Return the form: the panels of the list, and the words in English behind them."""
        english = english_panel(self.model)
        return ObjectList([*self.panels, *([english] if english else [])]).bind_to_model(self.model)


class ReviewedViewSet(RegisterViewSet):
    """A list of rows that are reviewed every so many months."""

    index_view_class = ReviewedList

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add the address behind the button "Nagelopen"."""
        reviewed = self.construct_view(MarkReviewed, **self.get_common_view_kwargs())
        return [*super().get_urlpatterns(), path("reviewed/<str:pk>/", reviewed, name="reviewed")]


class PurposeViewSet(RegisterViewSet):
    """Purposes: the heart of the register."""

    model = Purpose
    icon = "crosshairs"
    menu_order = 10
    list_display = ["name", "legal_basis", "retention_rule", USED_BY]
    list_filter = ["legal_basis", "retention_rule"]
    panels = [
        FieldPanel("name"),
        FieldPanel("key"),
        FieldPanel("description"),
        FieldPanel("persons"),
        MultiFieldPanel(
            [
                FieldPanel("legal_basis"),
                FieldPanel("interest"),
                FieldPanel("law"),
                FieldPanel("consent_wording"),
                FieldPanel("needs_confirmation"),
            ],
            heading=_("Grondslag"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("categories", widget=CheckboxSelectMultiple()),
                FieldPanel("systems", widget=CheckboxSelectMultiple()),
                FieldPanel("recipients", widget=CheckboxSelectMultiple()),
                FieldPanel("retention_rule"),
            ],
            heading=_("Gegevens, ontvangers en termijn"),
        ),
    ]


class DataCategoryViewSet(RegisterViewSet):
    """Kinds of data."""

    model = DataCategory
    icon = "tag"
    menu_order = 20
    list_display = ["name", "source", REQUIRED, SPECIAL, USED_BY]
    list_filter = ["source", "is_required", "is_special"]
    panels = [
        FieldPanel("name"),
        FieldPanel("key"),
        FieldPanel("description"),
        FieldPanel("is_special"),
        MultiFieldPanel([FieldPanel("source"), FieldPanel("origin")], heading=_("Herkomst")),
        MultiFieldPanel([FieldPanel("is_required"), FieldPanel("consequence")], heading=_("Moet iemand ze geven?")),
    ]


class RetentionRuleViewSet(ReviewedViewSet):
    """Periods."""

    model = RetentionRule
    icon = "time"
    menu_order = 30
    list_display = ["name", "months", "days", "start_event", NEXT_REVIEW, USED_BY]
    list_filter = ["due", "start_event", "action"]
    panels = [
        FieldPanel("name"),
        FieldPanel("key"),
        MultiFieldPanel([FieldPanel("months"), FieldPanel("days")], heading=_("Termijn")),
        FieldPanel("start_event"),
        FieldPanel("action"),
        FieldPanel("reason"),
        FieldPanel("owner"),
        FieldPanel("notice_days"),
        REVIEW_PANEL,
    ]


#: What art. 28(3) wants an agreement to say, to be ticked off.
AGREED = [
    "agreement_instructions",
    "agreement_confidentiality",
    "agreement_security",
    "agreement_assistance",
    "agreement_audit",
    "agreement_deletion",
]


class ProcessorViewSet(ReviewedViewSet):
    """Recipients, and what was agreed with them."""

    model = Processor
    icon = "group"
    menu_order = 40
    list_display = ["name", "service", "country", "role", NEXT_REVIEW, USED_BY]
    list_filter = ["due", "role", "country"]
    panels = [
        FieldPanel("name"),
        FieldPanel("key"),
        FieldPanel("role"),
        FieldPanel("service"),
        FieldPanel("url"),
        MultiFieldPanel([FieldPanel("country"), FieldPanel("transfer")], heading=_("Waar")),
        MultiFieldPanel(
            [
                FieldPanel("agreement"),
                FieldPanel("agreement_date"),
                FieldPanel("agreement_ends_on"),
                FieldPanel("agreement_version"),
                FieldPanel("agreement_url"),
                FieldPanel("agreement_file", widget=DocumentInput()),
                FieldPanel("sub_processors"),
            ],
            heading=_("Overeenkomst"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel(name) for name in AGREED[:3]]),
                FieldRowPanel([FieldPanel(name) for name in AGREED[3:]]),
            ],
            heading=_("Staat in de overeenkomst"),
            help_text=_("Wat art. 28 lid 3 AVG van een verwerkersovereenkomst vraagt. Kruis aan wat u erin terugvond."),
        ),
        REVIEW_PANEL,
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add the address of the stored agreement."""
        document = self.construct_view(AgreementDocument, **self.get_common_view_kwargs())
        return [*super().get_urlpatterns(), path("agreement/<str:pk>/", document, name="agreement")]


class SystemViewSet(RegisterViewSet):
    """Places where data is stored."""

    model = System
    icon = "desktop"
    menu_order = 50
    list_display = ["name", "kind", "location", USED_BY]
    panels = [FieldPanel(name) for name in ("name", "key", "kind", "location", "security")]


class SecurityMeasureViewSet(ReviewedViewSet):
    """Security measures and their reviews."""

    model = SecurityMeasure
    icon = "lock"
    menu_label = _("Beveiliging")
    menu_order = 60
    list_display = ["name", "last_reviewed_on", NEXT_REVIEW]
    list_filter = ["due"]
    panels = [FieldPanel("name"), FieldPanel("key"), FieldPanel("public_text"), REVIEW_PANEL]


class CookieViewSet(RegisterViewSet):
    """Cookies that this site sets."""

    model = Cookie
    icon = "resubmit"
    menu_order = 70
    list_display = ["name", "audience", "lifetime"]
    panels = [FieldPanel("name"), FieldPanel("purpose"), FieldPanel("lifetime"), FieldPanel("audience")]


VIEWSETS: list[type[RegisterViewSet]] = [
    PurposeViewSet,
    DataCategoryViewSet,
    RetentionRuleViewSet,
    ProcessorViewSet,
    SystemViewSet,
    SecurityMeasureViewSet,
    CookieViewSet,
]
