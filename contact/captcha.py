"""The check against robots that a form may have: its fields, and what a proof is worth (law.md F1-F5; decision 0181).

No proof, or nobody to ask about it: the message is stored apart, as possible spam. A wrong proof is refused beside the widget:
a browser that tried and failed belongs to somebody who can try again.
"""

import json
import logging
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_recaptcha import client
from django_recaptcha.fields import ReCaptchaField

from privacy import proof_of_work
from privacy.statement.drift import GOOGLE, names
from privacy.statement.models import StatementVersion

from .spam import Suspicion

if TYPE_CHECKING:
    from .models import ContactPage

logger = logging.getLogger(__name__)

_WRONG = _("De controle tegen spam klopt niet, of is te lang geleden gedaan. Doe haar opnieuw en verstuur het nog een keer.")


class AltchaField(proof_of_work.AltchaField):
    """The sum for the visitor's own device; what its proof is worth to a message."""

    def verify(self, proof: str, *, number: UUID) -> Suspicion | None:
        """Say what a proof is worth: nothing against the message, or a sign of spam.

        Args:
            proof: as it came in; "" when there is none.
            number: the form's own; see `proof_of_work.proves`.

        Raises:
            ValidationError: it is wrong, too old, or was used before.
        """
        if not proof:
            return Suspicion.NO_PROOF
        if not proof_of_work.proves(proof, number=number):
            raise forms.ValidationError(_WRONG, code="wrong_proof")
        return None


class GoogleField(ReCaptchaField):
    """reCAPTCHA, asked last and politely: without the visitor's address, and not for long.

    Google's own field asks as soon as the form is cleaned, sends the visitor's network address along, and lets any failure
    but one become an error page.
    """

    # The box itself is in our own template, after a button; the library's widget only takes in what it leaves in the form.
    template = "contact/includes/recaptcha.html"

    def __init__(self) -> None:
        super().__init__(settings.RECAPTCHA_PUBLIC_KEY, settings.RECAPTCHA_PRIVATE_KEY)
        self.required = False

    def clean(self, value: Any) -> str:
        """Take the proof as it is; it is looked at once everything else is right."""
        return value or ""

    def verify(self, proof: str, *, number: UUID) -> Suspicion | None:
        """Say what a proof is worth, like `AltchaField.verify`; whoever cannot be asked leaves it for people to judge."""
        if not proof:
            return Suspicion.NO_PROOF
        try:
            answer = self._ask(proof[: proof_of_work.LONGEST])
            is_right, reasons = answer["success"], set(answer.get("error-codes") or [])
        except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError) as error:
            logger.warning("reCAPTCHA could not be asked: %s", type(error).__name__)
            return Suspicion.TO_BE_CHECKED
        if is_right is True:
            proof_of_work.used_by(proof, number)
            return None
        if reasons & {"missing-input-secret", "invalid-input-secret", "bad-request"}:
            logger.error("reCAPTCHA does not know us: %s", ", ".join(sorted(map(str, reasons))))
            return Suspicion.TO_BE_CHECKED
        # Sent twice at once, Google calls the second a duplicate; here it is the same form, and counts once.
        if "timeout-or-duplicate" in reasons and proof_of_work.is_used_by(proof, number):
            return None
        raise forms.ValidationError(_WRONG, code="wrong_proof")

    def _ask(self, proof: str) -> dict[str, Any]:
        """Ask Google; raises OSError, HTTPException or ValueError when no answer can be read."""
        with client.recaptcha_request(urlencode({"secret": self.private_key, "response": proof}).encode()) as response:
            answer: dict[str, Any] = json.loads(response.read(65_536))
        return answer


def field_for(page: "ContactPage", version: StatementVersion | None) -> AltchaField | GoogleField | None:
    """Return the check of this form, or None.

    reCAPTCHA only with keys, and only while the version in force names Google: until then, our own (law.md F1, F2).
    """
    if page.captcha == page.Captcha.NONE:
        return None
    if page.captcha == page.Captcha.RECAPTCHA and has_keys() and version and names(version, GOOGLE):
        return GoogleField()
    return AltchaField()


def has_keys() -> bool:
    """Say whether this site has an account for reCAPTCHA."""
    return bool(settings.RECAPTCHA_PUBLIC_KEY and settings.RECAPTCHA_PRIVATE_KEY)
