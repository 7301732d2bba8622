"""What may not stand in a log: addresses that are keys to somebody's data (invariant 3, law.md I12)."""

import logging
import re

#: What follows these in a path opens one person's page. Django logs the path of every 404, 403 and 500.
#: With the `en/`, for a traceback names files in `privacy/consent/`.
_KEY = re.compile(
    r"((?:toestemming|en/+consent|mijn-gegevens|en/+my-data)/+)(?!(?:controle|sleutel\.json|check|key\.json)(?![\w-]))[^/\s?#\"'<>)\]]+"
)

#: What is searched for in the admin is often somebody's name; the line of a request needs no more than its path.
_SEARCHED = re.compile(r'\?[^\s"]*(?= HTTP/\d)')


class WithoutKeys(logging.Filter):
    """Takes the keys out of a log line, its arguments and its traceback; what remains says which page it was."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; never drops one."""
        message = record.getMessage()
        if (clean := without_keys(message)) != message:
            record.msg, record.args = clean, None
        if record.exc_info:
            # Formatters take the text that is there and do not make it anew.
            record.exc_text = without_keys(record.exc_text or logging.Formatter().formatException(record.exc_info))
        return True


def without_keys(text: str) -> str:
    """Return `text` with each key to a person's page, and what was asked after the path of a request, replaced by dots."""
    return _SEARCHED.sub("?…", _KEY.sub(r"\1…", text))
