"""Cells that a spreadsheet cannot mistake for a formula."""

#: What makes a spreadsheet calculate, also in the full-width signs of East Asian keyboards, which some read as the plain ones;
#: and the white space that some of them skip before looking.
_TRIGGERS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")


def guarded(text: str) -> str:
    """Return `text` as a CSV cell that no spreadsheet runs: a quote goes before whatever looks like a formula.

    Args:
        text: the value as stored.
    """
    return f"'{text}" if text.lstrip(" \u00a0\ufeff\x00").startswith(_TRIGGERS) else text
