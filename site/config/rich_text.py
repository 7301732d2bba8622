"""The admin's field for formatted text."""

import re
from collections.abc import Mapping
from typing import Any

from wagtail.admin.rich_text import DraftailRichTextArea

_NOTHING = re.compile(r"(<p[^>]*>\s*</p>)*")


class RichTextArea(DraftailRichTextArea):
    """Wagtail's, with one spelling of an empty text.

    Its editor says nothing where nothing stands, but until that has loaded the field holds what the server wrote there: an
    empty paragraph. A page that saves by itself would get one or the other by chance, and the statement that is published too.
    """

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:
        """Return the HTML for the database: the empty string when there is no text; None when the field was not sent."""
        html: str | None = super().value_from_datadict(data, files, name)
        return "" if html and _NOTHING.fullmatch(html) else html
