"""The forms of "Mijn gegevens"."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.form_errors import NO_EMAIL, TOO_LONG
from privacy.proof_of_work import AltchaField, TrapField, proves
from privacy.subjects.emails import normalise_email
from privacy.subjects.registry import Record

from .models import DataRequest

#: What each right is, in words for whoever chooses.
KINDS = [
    (DataRequest.Kind.ACCESS, _("Zien welke gegevens u van mij hebt (inzage)")),
    (DataRequest.Kind.RECTIFICATION, _("Iets laten verbeteren")),
    (DataRequest.Kind.ERASURE, _("Mijn gegevens laten wissen")),
    (DataRequest.Kind.RESTRICTION, _("Het gebruik van mijn gegevens laten beperken")),
    (DataRequest.Kind.PORTABILITY, _("Mijn gegevens meenemen naar een ander")),
    (DataRequest.Kind.OBJECTION, _("Bezwaar maken tegen het gebruik")),
]
#: Longest remark, in characters.
MAX_MESSAGE = 4_000


def _address(label: Any, *, missing: Any, autocomplete: str = "email", help_text: Any = "") -> forms.EmailField:
    """Return the question for an e-mail address.

    Args:
        label: what is asked.
        missing: what is said when nothing was typed.
        autocomplete: what the browser may fill in.
        help_text: what else the person should know.
    """
    return forms.EmailField(
        label=label,
        max_length=254,
        help_text=help_text,
        widget=forms.EmailInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": missing, "invalid": NO_EMAIL},
    )


class AskForm(forms.Form):
    """Asks for an address and a right; no account, no reason (law.md C1, C7)."""

    email = _address(
        _("Uw e-mailadres"),
        missing=_("Vul uw e-mailadres in."),
        help_text=_("Het adres waarmee u ons schreef. Daarheen sturen wij een link; niemand anders ziet uw gegevens."),
    )
    kind = forms.ChoiceField(
        label=_("Wat wilt u?"),
        choices=KINDS,
        initial=DataRequest.Kind.ACCESS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies wat u wilt."), "invalid_choice": _("Kies wat u wilt.")},
    )
    message = forms.CharField(
        label=_("Wilt u er iets bij zeggen?"),
        required=False,
        max_length=MAX_MESSAGE,
        help_text=_("Stuur geen kopie van uw identiteitsbewijs en geen burgerservicenummer."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    form_website = TrapField()
    form_proof = AltchaField()

    def is_proven(self) -> bool:
        """Say whether a browser did the sum for this one request, and nothing filled in what people do not see.

        To be asked once, of a form that is right otherwise: it uses the proof up.
        """
        proof = self.cleaned_data["form_proof"]
        return bool(proof and not self.cleaned_data["form_website"] and proves(proof, number=uuid.uuid4()))

    def give_back(self) -> None:
        """Let the form be shown again, with a new sum: the proof is used up."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data.pop("form_proof", None)  # type: ignore[attr-defined]


class NewAddressForm(forms.Form):
    """A new address, typed twice: a mistake would send the link to somebody else."""

    email = _address(_("Uw nieuwe e-mailadres"), missing=_("Vul uw nieuwe e-mailadres in."))
    again = _address(_("Nog een keer, tegen tikfouten"), missing=_("Vul het adres nog een keer in."), autocomplete="off")

    def __init__(self, *args: Any, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_email(self) -> str:
        """Refuse the address that they have."""
        email: str = self.cleaned_data["email"]
        if normalise_email(email) == self.now:
            raise forms.ValidationError(_("Bij dit adres kennen wij u al."))
        return email

    def clean_again(self) -> str:
        """Refuse what is not the same."""
        again: str = self.cleaned_data["again"]
        email = self.cleaned_data.get("email")
        if email and normalise_email(email) != normalise_email(again):
            raise forms.ValidationError(_("Dit is niet hetzelfde adres. Kijk ze allebei na."))
        return again


class CorrectForm(forms.Form):
    """The values of one record that the person may correct."""

    def __init__(self, record: Record, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record
        self.labels = list(record.amendable)
        for number, label in enumerate(self.labels):
            value = str(record.values[label])
            long = len(value) > 80 or "\n" in value
            self.fields[f"value_{number}"] = forms.CharField(
                label=label,
                required=False,
                max_length=10_000,
                initial=value,
                error_messages={"max_length": TOO_LONG},
                widget=forms.Textarea(attrs={"rows": 5}) if long else forms.TextInput(),
            )

    def changed_values(self) -> dict[str, str]:
        """Return what is to stand there, by label, of the values that were changed.

        Browsers write the end of a line in their own way, and nobody changed anything by that. What did not come along is left
        as it is: only an empty field takes a value away.
        """
        names = {label: f"value_{number}" for number, label in enumerate(self.labels)}
        typed = {label: self.cleaned_data[name] for label, name in names.items() if name in self.data}
        return {
            label: value
            for label, value in typed.items()
            if value.splitlines() != str(self.record.values[label]).strip().splitlines()
        }


class EraseForm(forms.Form):
    """Erasing cannot be undone, so it is typed."""

    confirmation = forms.CharField(
        label=_("Typ WISSEN om door te gaan"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Typ het woord WISSEN.")},
    )

    def clean_confirmation(self) -> str:
        """Take the word in any case, in Dutch or English."""
        word: str = self.cleaned_data["confirmation"]
        if word.strip().upper() not in {"WISSEN", "ERASE"}:
            raise forms.ValidationError(_("Typ het woord WISSEN."))
        return word
