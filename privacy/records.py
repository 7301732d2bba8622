"""Records in the admin: lists and pages of what the code writes and people only read.

Wagtail's own page of a record shows UTC, "None", and text without its line ends; its list asks the database once a row.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Model, PositiveIntegerField, QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views.generic import EditView, IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry

from privacy.csv_guard import guarded
from privacy.listings import StackedList
from privacy.overtaken import GoneMixin, OvertakenMixin

_REFERENCE = re.compile(r"\b([A-Z][A-Za-z]+) #(\d+)")


@cache
def _models() -> dict[str, type[Model]]:
    return {model.__name__: model for model in apps.get_models()}


def in_words(text: Any) -> str:
    """Return a text with each reference in it as staff would say it: "bericht 12" for "Submission #12".

    A reference is what `str()` makes of a record, for logs, files and links: it has no personal data and no language.

    Args:
        text: a reference, or what holds one; anything else stays as it is.
    """

    def said(found: re.Match[str]) -> str:
        model = _models().get(found[1])
        return f"{model._meta.verbose_name} {found[2]}" if model else found.group()

    return _REFERENCE.sub(said, str(text))


def language_name(code: str) -> str:
    """Return what a language of the site is called; one that it has no more goes by its code."""
    return str(dict(settings.LANGUAGES).get(code, code))


def called(row: Model) -> str:
    """Return what a record is called above its page and in its list: what it says itself, else its name in words."""
    return str(getattr(row, "called", "") or capfirst(in_words(row)))


#: Where the screens of each kind of record are.
_screens: dict[type[Model], str] = {}


def _address(model: type[Model], view: str, user: Any, *args: Any) -> str:
    space = _screens.get(model)
    may = space and policy_registry.get_by_type(model).user_has_permission(user, "view")
    return reverse(f"{space}:{view}", args=args) if may else ""


def list_of(model: type[Model], user: Any) -> str:
    """Return the address of the list of a kind of record; empty when there is none, or not for this user.

    Args:
        model: the kind.
        user: who would open it.
    """
    return _address(model, "index", user)


def link_to(row: Model, user: Any, text: str = "") -> str:
    """Return a link to a record's page in the admin, as HTML; empty when it has none, or not for this user.

    Args:
        row: the record.
        user: who would open it.
        text: what the link says; what the record is called, when empty.
    """
    url = _address(type(row), "inspect", user, row.pk)
    return format_html('<a href="{}">{}</a>', url, text or called(row)) if url else ""


@dataclass(eq=False)
class Paragraphs(Component):
    """Text of several lines, as typed.

    Args:
        text: plain text.
    """

    text: str

    def render_html(self, parent_context: Mapping[str, Any] | None = None) -> SafeString:
        """Return the text with its line ends, everything else escaped."""
        return mark_safe(linebreaks(self.text, autoescape=True))  # noqa: S308 (escaped by `linebreaks`)


def shown(label: Any, value: Any) -> dict[str, Any]:
    """Return one line of a record for the template: local time, text as typed, yes or no, a dash for nothing.

    Args:
        label: name of the field.
        value: its value.
    """
    if value is None or value == "":
        value = "—"
    elif isinstance(value, bool):
        value = _("ja") if value else _("nee")
    elif isinstance(value, datetime):
        value = formats.localize(timezone.localtime(value))
    elif isinstance(value, Model):
        value = called(value)
    elif isinstance(value, str) and "\n" in value:
        value = Paragraphs(value)
    return {"label": label, "value": value, "component": value if isinstance(value, Component) else None}


@cache
def _counts(model: type[Model]) -> set[str]:
    """Return the fields that count things; a number that names a thing is a BigIntegerField, and nothing to compare."""
    return {field.name for field in model._meta.fields if isinstance(field, PositiveIntegerField)}


class RecordView(GoneMixin, InspectView):
    """The view behind "Inspecteer" of our records."""

    def get_page_title(self) -> str:
        """Say what it is: "Toestemming 12", or "Cookie" above the name of one."""
        return str(capfirst(self.model._meta.verbose_name)) if self.get_page_subtitle() else called(self.object)

    def get_page_subtitle(self) -> str:
        """Return the name of what has one."""
        name = called(self.object)
        return "" if name.lower().startswith(str(self.model._meta.verbose_name).lower()) else name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list; the form is behind the button."""
        items = [{"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}]
        if self.index_url_name:
            items.insert(0, {"url": reverse(self.index_url_name), "label": capfirst(self.model._meta.verbose_name_plural)})
        return [*self.breadcrumbs_items, *items]

    def get_language_display_value(self) -> str:
        """Return the language by its name."""
        return language_name(self.object.language)

    def get_context_for_field(self, field_name: str) -> dict[str, Any]:
        """Make Wagtail's value readable; another record leads to its own page."""
        context = super().get_context_for_field(field_name)
        value = context["value"]
        if isinstance(value, int) and field_name in _counts(self.model):
            value = intcomma(value)
        if isinstance(value, Model):
            value = link_to(value, self.request.user) or value
        return shown(context["label"], value)


class RecordEdit(OvertakenMixin, EditView):
    """The form of a record, under the name that its list gives it."""

    def get_page_subtitle(self) -> str:
        """Return what it is called."""
        return called(self.object)

    def get_success_message(self) -> str:
        """Say that it is done."""
        return _("%(name)s is bijgewerkt.") % {"name": called(self.object)}


class RecordList(StackedList, IndexView):
    """A list that fetches what its columns show in one query."""

    #: Relations that the columns follow.
    related: tuple[str, ...] = ()
    #: Long texts that no column shows.
    deferred: tuple[str, ...] = ()
    #: What fills the list, said while it is empty.
    when_empty: Any = ""

    @property
    def no_results_message(self) -> str:
        """Say what will come here; Wagtail's own words when a search or filter leaves nothing."""
        is_narrowed = self.is_searching or self.is_filtering
        return str(self.when_empty if self.when_empty and not is_narrowed else capfirst(super().no_results_message))

    def get_base_queryset(self) -> QuerySet[Any]:
        """Return the rows, with their relations and without what is long and not shown."""
        rows: QuerySet[Any] = super().get_base_queryset().defer(*self.deferred)
        return rows.select_related(*self.related) if self.related else rows

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Return the columns, the first of which says what a row is called."""
        columns: list[BaseColumn] = super().columns
        if self.list_display[0] == "__str__":
            columns[0].accessor = called
        return columns

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        """Return a row of a download, with what the list says in place of our keys for it."""
        row: dict[str, Any] = super().to_row_dict(item)
        return {name: say() if (say := getattr(item, f"get_{name}_display", None)) else value for name, value in row.items()}

    def stream_csv(self, queryset: Any) -> Iterator[Any]:
        """Write the rows in the language of whoever asks: they are sent when Wagtail speaks the site's again."""
        lines, language = super().stream_csv(queryset), get_language()

        def in_their_language() -> Iterator[Any]:
            while True:
                with override(language):
                    line = next(lines, None)
                if line is None:
                    return
                yield line

        return in_their_language()

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """Write moments by the local clock, as the list does, and keep what people typed from becoming a formula.

        In a workbook Wagtail itself makes it text.
        """
        if isinstance(value, datetime):
            local = timezone.localtime(value).replace(tzinfo=None, microsecond=0)
            return str(local) if export_format == self.FORMAT_CSV else local
        made = super().preprocess_field_value(field, value, export_format)
        return guarded(made) if export_format == self.FORMAT_CSV and isinstance(made, str) else made


class RecordViewSet(ModelViewSet):
    """A list and a page per record; nothing to copy, and no form unless a subclass has one.

    What staff may do at all is the model's `LimitedPolicy`.
    """

    index_view_class = RecordList
    index_results_template_name = "privacy_subjects/admin/record_results.html"
    inspect_view_enabled = True
    inspect_view_class = RecordView
    edit_view_class = RecordEdit
    copy_view_enabled = False
    form_fields: list[str] = []
    add_to_reference_index = False
    related: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    when_empty: Any = ""
    # Headings of a download where a field has no name of its own.
    export_headings = {
        "pk": gettext_lazy("Nummer"),
        "subject.email": gettext_lazy("E-mailadres"),
        "version.number": gettext_lazy("Versie van de verklaring"),
    }

    def on_register(self) -> None:
        """Let other records lead to those of this kind."""
        super().on_register()
        _screens[self.model] = self.url_namespace

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Tell the list what to fetch, and what to say while there is nothing."""
        found: dict[str, Any] = super().get_index_view_kwargs(
            related=self.related, deferred=self.deferred, when_empty=self.when_empty, **kwargs
        )
        return found
