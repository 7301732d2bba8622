"""The check against robots that asks nobody else: a sum for the visitor's own device (ALTCHA; law.md F3, F4; decision 0181).

Beside it a field that only robots see. Both sort and never refuse: what a form makes of it is for the form to say (F6).
"""

import json
import secrets
import time
from uuid import UUID

import altcha
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .keys import derived, keyed_hash

#: Longest proof that is looked at, in characters; ours are under 1,000 long, Google's some 2,000.
LONGEST = 8_000


class AltchaField(forms.Field):
    """A sum that costs a browser a second and a sender of a million messages weeks; made and checked here, no third party."""

    template = "includes/altcha.html"

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput({"autocomplete": "off"}))

    @cached_property
    def challenge(self) -> str:
        """A new sum, as JSON for the browser. No number of tries is skipped: the answer lies anywhere in the range."""
        fewest, most = settings.ALTCHA_TRIES
        made = altcha.create_challenge(
            "PBKDF2/SHA-256",
            settings.ALTCHA_COST,
            counter=fewest + secrets.randbelow(most - fewest + 1),
            expires_at=int(time.time()) + settings.ALTCHA_SECONDS,
            hmac_secret=derived("altcha challenge"),
            hmac_key_secret=derived("altcha answer"),
        )
        return json.dumps(made.to_dict())


class TrapField(forms.Field):
    """A field that people do not see (`includes/trap.html`). It checks nothing: what fills in forms for people finds it too."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            label=_("Laat dit leeg: dit veld is er om robots te herkennen"),
            widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
        )


def proves(proof: str, *, number: UUID) -> bool:
    """Say whether a proof is right, not too old, and not used by another form.

    Args:
        proof: as it came in.
        number: the form's own. The same form may come twice with one proof; another form may not.
    """
    try:
        payload = altcha.Payload.from_base64(proof[:LONGEST])
        is_right = altcha.verify_solution(
            payload, derived("altcha challenge"), hmac_key_secret=derived("altcha answer")
        ).verified
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
    return bool(is_right) and used_by(payload.challenge.signature or "", number) == str(number)


def used_by(proof: str, number: UUID) -> str:
    """Note that this form uses this proof, and return the number of the form that did so first.

    While Redis is gone nobody remembers, and every form is the first: a message is worth more than a robot's second try.
    """
    key, mine = _key(proof), str(number)
    if cache.add(key, mine, timeout=settings.ALTCHA_SECONDS):
        return mine
    return str(cache.get(key) or mine)


def is_used_by(proof: str, number: UUID) -> bool:
    """Say whether it was this form that used this proof, as far as anybody remembers."""
    return bool(cache.get(_key(proof)) == str(number))


def _key(proof: str) -> str:
    return f"proof:{keyed_hash('proof', proof)[:32]}"
