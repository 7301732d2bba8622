"""How values of a record look to who reads them, on a page and in the letter of an archive."""

import re
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

#: As machines write a day, and a moment in it.
_DAY, _MOMENT = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{5,15}(?:Z|[+-]\d\d:\d\d)")


def number_of(reference: str) -> str:
    """Return "#12" of "Submission #12": what a record is, its heading says in the reader's words."""
    return reference[max(reference.rfind("#"), 0) :]


def shown(value: Any) -> str:
    """Return a value as a layman reads it: moments on the local clock, several things on lines of their own."""
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, (list, tuple)):
        return "\n".join(shown(one) for one in value)
    return _in_words(value) if isinstance(value, str) else str(value)


def days_in_words(html: str) -> str:
    """Return the HTML of a record with each value that is a day or a moment as people write it."""
    return re.sub(r"(?<=<dd>)\d{4}-\d\d-\d\d[^<]{0,25}(?=</dd>)", lambda found: _in_words(found.group()), html)


def _in_words(text: str) -> str:
    try:
        if _MOMENT.fullmatch(text):
            return date_format(timezone.localtime(datetime.fromisoformat(text)), "j F Y H:i")
        if _DAY.fullmatch(text):
            return date_format(date.fromisoformat(text), "j F Y")
    except (ValueError, OverflowError):  # a person may type what looks like one
        pass
    return text
