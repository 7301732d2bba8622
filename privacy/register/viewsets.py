"""The register's listings and forms."""

from typing import Any

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.viewsets.model import ModelViewSet

from privacy.menu import REGISTER_MENU_HOOK

from .models import DataCategory, Processor, Purpose, RetentionRule, SecurityMeasure, System


class RegisterViewSet(ModelViewSet):
    """What all lists of the register share."""

    menu_hook = REGISTER_MENU_HOOK
    copy_view_enabled = False
    search_fields = ["name"]

    def __init__(self, **kwargs: Any) -> None:
        """Give each list its address, `/admin/privacy-<things>/`."""
        super().__init__(f"privacy-{self.model._meta.model_name}", **kwargs)


class PurposeViewSet(RegisterViewSet):
    """Purposes: the heart of the register."""

    model = Purpose
    icon = "crosshairs"
    menu_order = 10
    list_display = ["name", "legal_basis", "retention_rule"]
    list_filter = ["legal_basis", "retention_rule"]
    panels = [
        FieldPanel("name"),
        FieldPanel("key"),
        FieldPanel("description"),
        FieldPanel("persons"),
        MultiFieldPanel(
            [FieldPanel("legal_basis"), FieldPanel("interest"), FieldPanel("law"), FieldPanel("consent_wording")],
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
    list_display = ["name", "origin", "is_special"]
    list_filter = ["is_special"]
    form_fields = ["name", "key", "description", "origin", "is_special"]


class RetentionRuleViewSet(RegisterViewSet):
    """Periods."""

    model = RetentionRule
    icon = "time"
    menu_order = 30
    list_display = ["name", "months", "start_event", "action"]
    list_filter = ["start_event", "action"]
    form_fields = ["name", "key", "months", "start_event", "action", "reason"]


class ProcessorViewSet(RegisterViewSet):
    """Recipients."""

    model = Processor
    icon = "group"
    menu_order = 40
    list_display = ["name", "service", "country", "role"]
    list_filter = ["role", "country"]
    form_fields = ["name", "key", "role", "service", "country", "transfer", "agreement", "url"]


class SystemViewSet(RegisterViewSet):
    """Places where data is stored."""

    model = System
    icon = "desktop"
    menu_order = 50
    list_display = ["name", "kind", "location"]
    form_fields = ["name", "key", "kind", "location", "security"]


class SecurityMeasureViewSet(RegisterViewSet):
    """Security measures and their reviews."""

    model = SecurityMeasure
    icon = "lock"
    menu_label = _("Beveiliging")
    menu_order = 60
    list_display = ["name", "review_months", "last_reviewed_on"]
    form_fields = ["name", "key", "public_text", "review_months", "last_reviewed_on"]


VIEWSETS: list[type[RegisterViewSet]] = [
    PurposeViewSet,
    DataCategoryViewSet,
    RetentionRuleViewSet,
    ProcessorViewSet,
    SystemViewSet,
    SecurityMeasureViewSet,
]
