"""Cells for spreadsheets: no formula, and read back as they were."""

from hypothesis import given
from hypothesis import strategies as st

from privacy.csv_guard import guarded

texts = st.text()
awkward = st.text(st.sampled_from(list("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n \u00a0\ufeff\"',;ab")))


@given(texts | awkward)
def test_what_is_guarded_is_no_formula(text: str) -> None:
    cell = guarded(text)
    assert cell.removeprefix("'") == text.removeprefix("'") or cell == text
    assert not cell.lstrip(" \u00a0\ufeff").startswith(
        ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")
    )
