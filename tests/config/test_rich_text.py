"""The admin's field for formatted text."""

import re

import pytest
from wagtail.admin.rich_text import get_rich_text_editor_widget


@pytest.mark.parametrize("html", ["", "<p>Tekst</p>", "<ul><li>Tekst</li></ul>", "<p>Tekst</p><p></p>", "<p></p><hr/><p></p>"])
def test_what_was_written_into_the_field_is_read_back(html: str) -> None:
    """As it is sent before the editor in the browser has loaded."""
    field = get_rich_text_editor_widget(features=["ul", "hr"])
    sent = {"text": field.format_value(html)}
    assert re.sub(r' data-block-key="\w+"', "", field.value_from_datadict(sent, {}, "text")) == html


def test_nothing_is_nothing() -> None:
    """As the editor sends it, and as a form without the field does."""
    field = get_rich_text_editor_widget()
    assert field.value_from_datadict({"text": "null"}, {}, "text") == ""
    assert field.value_from_datadict({}, {}, "text") is None
