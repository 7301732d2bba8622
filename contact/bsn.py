"""Keeping citizen service numbers (BSN) out: a company like this one may not process them (art. 46 UAVG; law.md B13).

Help texts ask not to send any; people do so all the same, in the belief that it helps. What looks like one is refused before
it is stored. Other numbers of nine digits pass the same test one time in eleven, so the refusal says how to write those:
letters right before the digits ("F202612345") tell a person and this module alike that it is an invoice.
"""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.nl import bsn

#: Nine digits in a row that are no part of a longer word. A BSN called by its name may be glued to that name.
_PLAIN = re.compile(r"(?<![^\W_])(?:bsn|sofi)?([0-9]{9})(?![^\W_])", re.IGNORECASE)
#: Groups of digits with the same sign between them; taken as a whole, so that a piece of an IBAN or a date is no BSN.
_SPACED = re.compile(r"(?<![^\W_])[0-9]+([ .\u00a0-])[0-9]+(?:\1[0-9]+)*(?![^\W_])")
#: What stands before the national part of a telephone number.
_COUNTRY_CODE = re.compile(r"(?:\+|\b00)\d{1,3}[ .-]?(?:\(0\))?[ .-]?\Z")


def has_bsn(text: str) -> bool:
    """Say whether a number in `text` passes the eleven test of a BSN, written 123456789, 1234.56.789 or 123 456 789."""
    return any(bsn.is_valid(number) for number in _candidates(text))


def refuse_bsn(text: str) -> None:
    """Refuse a text with a BSN in it; a validator for form fields.

    Raises:
        ValidationError: with what to do, also when it is another number.
    """
    if has_bsn(text):
        raise ValidationError(
            _(
                "Hier lijkt een burgerservicenummer (BSN) in te staan. Dat mogen wij niet bewaren; haal het weg. Is het een "
                "ander nummer, zet er dan letters direct voor: F123456789."
            ),
            code="bsn",
        )


def _candidates(text: str) -> Iterator[str]:
    for found in _PLAIN.finditer(text):
        if not _COUNTRY_CODE.search(text[: found.start()][-12:]):
            yield found.group(1)
    for found in _SPACED.finditer(text):
        digits = re.sub(r"\D", "", found.group())
        if len(digits) == 9 and not _COUNTRY_CODE.search(text[: found.start()][-12:]):
            yield digits
