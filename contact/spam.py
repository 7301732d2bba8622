"""What makes a message possible spam, and what becomes of it then (law.md F; docs/decisions/0180-traps-sort.md).

Principle: traps sort, they never refuse. A message with one sign or more is stored like every message, found by inzage like
every message, and read apart; the owner gets no mail about it, its sender's clock stays where it is, and it goes after
the period that the statement in force gives it. Whoever reads it and knows better says so with `possible_spam.accept`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: Key of the retention rule by which possible spam ends, and of the purpose that it serves.
POSSIBLE_SPAM = "possible_spam"
SPAM = "spam"


class Suspicion(models.TextChoices):
    """One sign that a message is spam."""

    HONEYPOT = "honeypot", _("een veld ingevuld dat mensen niet zien")
    FAST = "fast", _("sneller verstuurd dan een mens kan typen")
    NO_TIME = "no_time", _("zonder het tijdstip waarop het formulier verscheen")
    LINKS = "links", _("veel verwijzingen naar websites in de tekst")
    NO_PROOF = "no_proof", _("verstuurd zonder de controle tegen spam")
    TO_BE_CHECKED = "to_be_checked", _("de controle tegen spam was niet bereikbaar; zelf nakijken")


def reasons(codes: Iterable[str]) -> list[str]:
    """Return signs in words, for people to read; a code from another release stays a code."""
    words = dict(Suspicion.choices)
    return [str(words.get(code, code)) for code in codes]


#: What a text points elsewhere with, in the ways that forums and browsers know.
_LINK = re.compile(r"https?://|\bwww\.|\[url\b|<a\s", re.IGNORECASE)

_CLOCK = Signer(salt="contact.form.opened")


def opened_now() -> str:
    """Return a signed note of this moment, to travel with a form that is shown now."""
    return _CLOCK.sign(str(timezone.now().timestamp()))


def signs(*, trap: str, opened: str, answers: Iterable[Any]) -> Iterator[Suspicion]:
    """Yield the signs of spam in a form that came back.

    Args:
        trap: what stands in the field that people do not see.
        opened: the note of when it was shown, as it came back; an old one is fine.
        answers: what was typed.
    """
    if trap:
        yield Suspicion.HONEYPOT
    try:
        since = timezone.now().timestamp() - float(_CLOCK.unsign(opened))
    except (BadSignature, ValueError):
        yield Suspicion.NO_TIME
    else:
        if since < settings.FORM_FASTEST_SECONDS:
            yield Suspicion.FAST
    links = sum(len(_LINK.findall(text)) for text in answers if isinstance(text, str))
    if links > settings.FORM_MOST_LINKS:
        yield Suspicion.LINKS
