"""Cells that a spreadsheet cannot mistake for a formula."""

#: What makes a spreadsheet calculate, and the white space that some of them skip before looking.
_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(text: str) -> str:
    """Return `text` as a CSV cell that no spreadsheet runs: a quote goes before whatever looks like a formula.

    Args:
        text: the value as stored.
    """
    return f"'{text}" if text.lstrip(" \u00a0\ufeff\x00").startswith(_TRIGGERS) else text


def guarded_sql(text: str) -> str:
    """Return the SQL expression that guards a text and quotes it as a CSV cell; a test holds it against `guarded`.

    Args:
        text: an SQL expression of type text; evaluated twice.
    """
    # The same triggers after the same white space; a database has no NUL in its texts.
    return (
        f"""'"' || CASE WHEN left(ltrim({text}, E' \\u00a0\\ufeff'), 1) IN """
        f"""('=', '+', '-', '@', E'\\t', E'\\r', E'\\n') THEN '\'\'' ELSE '' END || replace({text}, '"', '""') || '"'"""
    )
