"""One spelling per e-mail address, so that one person is one `DataSubject`."""

import contextlib
import unicodedata
from collections.abc import Iterator

import idna


def normalise_email(address: str) -> str:
    """Return the spelling under which `address` is looked up and stored.

    Surrounding white space goes, letters become lower case, Unicode becomes NFC and an international domain becomes its
    ASCII form. Dots and `+tags` stay: at some providers those are different people, and showing one person's data to
    another is worse than keeping two rows for one person. Lower case, not case folding: that would make `ss` of `ß`, which
    in mailboxes and domains is another letter.

    Args:
        address: an e-mail address as somebody typed it.

    Returns:
        The normalised address; applying the function again changes nothing.
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", address.strip()).lower())
    local, at, domain = text.rpartition("@")
    if not at:
        return text
    # A name that DNS does not know stays as it is; whether it may is for the form's validator to say.
    with contextlib.suppress(idna.IDNAError):
        domain = idna.encode(domain, uts46=True).decode("ascii")
    return f"{local}@{domain}"


def spellings(email: str) -> Iterator[str]:
    """Yield how a normalised address can stand in a text: as it is, and with its domain in the letters people read.

    Args:
        email: see `normalise_email`.
    """
    yield email
    local, _at, domain = email.rpartition("@")
    with contextlib.suppress(UnicodeError):
        yield f"{local}@{domain.encode('ascii').decode('idna')}"
