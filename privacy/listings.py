"""Lists of the admin as Wagtail makes them, that can be read on a phone: there each row is a block with its own labels."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from wagtail.admin.ui.tables import BaseColumn, Column, Table

_EMPTY = re.compile(r"\s*<td[^>]*>\s*</td>\s*")


class LabelledCell(BaseColumn.Cell):
    """A cell that knows the heading of its column, for where the headings are out of sight."""

    def render_html(self, parent_context: Any) -> SafeString:
        """Return Wagtail's cell, with the heading beside its value if it has one."""
        cell: SafeString = super().render_html(parent_context)
        if _EMPTY.fullmatch(cell):
            return cell
        label = conditional_escape(self.column.label)
        # Wagtail's own markup and an escaped label.
        return mark_safe(re.sub(r"<td\b", lambda found: f'{found.group()} data-label="{label}"', cell, count=1))  # noqa: S308


class LabelledRow(Table.Row):
    """A row of such cells."""

    def __getitem__(self, key: str) -> LabelledCell:
        return LabelledCell(self.columns[key], self.instance)


class StackedTable:
    """Goes before a class of Wagtail's tables; `privacy_statement/admin.css` does the rest, on a phone alone."""

    @property
    def rows(self) -> Iterator[LabelledRow]:
        """The rows."""
        for index, instance in enumerate(self.data):  # type: ignore[attr-defined]
            yield LabelledRow(self, instance, index)

    @property
    def attrs(self) -> dict[str, Any]:
        """The table's own attributes, and the class by which the style sheet knows it."""
        attrs: dict[str, Any] = super().attrs  # type: ignore[misc]
        return attrs | {"class": f"{attrs['class']} privacy-stacked"}


class CountColumn(Column):
    """A number of things, in the language of whoever looks: numbers are there to be compared."""

    def get_value(self, instance: Any) -> Any:
        """Return the number with its thousands apart."""
        value = super().get_value(instance)
        return value if value is None else intcomma(value)


class StackedList:
    """Goes before a class of Wagtail's lists."""

    @cached_property
    def table_class(self) -> type[Table]:
        """The list's own class of table, stacked."""
        return type("StackedListTable", (StackedTable, super().table_class), {})  # type: ignore[misc]
