"""Who writes a mail: each app registers its kinds in a module `mails.py`, this room knows them all and imports none.

A mail is written when it is sent, from the rows as they are then. Until then there is only its number, so that nothing
personal lies in a queue, and whoever was erased in the meantime gets nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.core.mail import EmailMessage
    from django.utils.functional import _StrPromise

    from .models import Mail

#: Returns the mail to send now, or None when there is nothing to say any more.
Builder = Callable[["Mail"], "EmailMessage | None"]


@dataclass(frozen=True)
class Kind:
    """One kind of mail.

    Args:
        label: what a layman calls it; it stands in the list of mails and in the inzage.
        build: writes it.
        because: why it may go out without consent; None when it asks for consent.
    """

    label: str | _StrPromise
    build: Builder
    because: str | None = None


_kinds: dict[str, Kind] = {}


def register(kind: str, *, label: str | _StrPromise, because: str | None = None) -> Callable[[Builder], Builder]:
    """Return the decorator for the function that writes mails of this kind.

    Args:
        kind: stable name, `<app>.<thing>`; it stands in the database.
        label: what a layman calls such a mail.
        because: why such a mail may go out without consent (Tw art. 11.7): whose law or act asks for it. A mail without such a
            reason must ask first, with `consent.mailing` or `consent.may`; a test looks.

    Raises:
        ValueError: the name is taken.
    """
    if kind in _kinds:
        raise ValueError(f"Two kinds of mail are called {kind!r}.")

    def add(build: Builder) -> Builder:
        _kinds[kind] = Kind(label, build, because)
        return build

    return add


def find(kind: str) -> Kind:
    """Return a kind of mail; raise `LookupError` when no app has it."""
    try:
        return _kinds[kind]
    except KeyError:
        raise LookupError(f"No app has mails of the kind {kind!r}.") from None


def kinds() -> dict[str, Kind]:
    """Return every kind by its name."""
    return dict(_kinds)


def choices() -> list[tuple[str, str]]:
    """Return name and label of every kind, by label: the choices of `Mail.kind`, whatever apps there are."""
    return sorted(((name, str(kind.label)) for name, kind in _kinds.items()), key=lambda choice: choice[1])
