"""The mail server, and what its refusals mean."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.mail import get_connection
from django.utils.translation import gettext_lazy as _

_UNREACHABLE = _("mailserver niet bereikbaar")
#: What `in_short` wrote -> the same for who has never heard of SMTP.
_IN_WORDS = {
    "SMTPRecipientsRefused": _("ontvanger geweigerd"),
    "SMTPDataError": _("inhoud geweigerd"),
    "SMTPSenderRefused": _("afzender geweigerd"),
    "SMTPAuthenticationError": _("inloggen bij de mailserver mislukt"),
    "SMTPServerDisconnected": _("verbinding met de mailserver verbroken"),
    "SMTPConnectError": _UNREACHABLE,
    "ConnectionRefusedError": _UNREACHABLE,
    "TimeoutError": _UNREACHABLE,
    "gaierror": _UNREACHABLE,
}


@contextmanager
def mail_server() -> Iterator[Any]:
    """Open a connection to the mail server, as Django's settings say.

    What goes wrong at the end is nobody's business any more: the server has the mail, or has refused it.

    Raises:
        OSError: it cannot be reached, or does not let us in.
    """
    connection = get_connection()
    try:
        connection.open()
        yield connection
    finally:
        with suppress(OSError):  # smtplib's errors are OSErrors, and so are broken connections
            connection.close()


def in_short(error: Exception) -> str:
    """Return the error's name and the server's number: its words may quote an address (law.md I14)."""
    codes = sorted({str(code) for code in _codes(error)})
    return " ".join([type(error).__name__, *codes])


def in_words(short: str) -> str:
    """Return what `in_short` made of an error for a layman, with the server's number; or as it is."""
    name, _space, code = short.partition(" ")
    words = str(_IN_WORDS.get(name, name))
    return f"{words} ({code})" if code else words


def is_final(error: Exception) -> bool:
    """Say whether the server will never take this mail: a 5xx for its recipient or its content.

    A 5xx before that (the login, the sender) is about our settings: with those mended the mail still goes.
    """
    about_this_mail = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
    return about_this_mail and all(500 <= code < 600 for code in _codes(error))


def is_down(error: Exception) -> bool:
    """Say whether the error is about the server and not about this mail, so that the next one would meet it too."""
    about_this_mail = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
    return isinstance(error, OSError) and not (about_this_mail and 421 not in _codes(error))


def _codes(error: Exception) -> list[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _words in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
