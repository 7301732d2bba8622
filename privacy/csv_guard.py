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
        text: name of a column of type text.
    """
    # The first character decides nearly always; the pattern looks past white space. A database has no NUL in its texts.
    return rf"""
        '"' || CASE WHEN left({text}, 1) IN ('=', '+', '-', '@', E'\t', E'\r', E'\n', ' ', E'\u00a0', E'\ufeff')
                       AND {text} ~ E'^[ \u00a0\ufeff]*[-=+@\t\r\n]' THEN '''' ELSE '' END
            || replace({text}, '"', '""') || '"'
    """
