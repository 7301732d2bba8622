"""The forms of this room: the one visitors fill in, and the one editors arrange it with."""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.forms.forms import BaseForm, FormBuilder, WagtailAdminFormPageForm

from privacy.consent.services import Choice
from privacy.statement.models import StatementVersion

from .coverage import Box, demanded, unagreed, uncovered

if TYPE_CHECKING:
    from .models import FormField

#: Longest message and longest other answer, in characters.
MAX_MESSAGE = 10_000
MAX_ANSWER = 250

#: Field name -> the token by which a browser fills it in (WCAG 1.3.5) and the keyboard a phone shows.
_AUTOCOMPLETE = {
    "name": {"autocomplete": "name"},
    "email": {"autocomplete": "email"},
    "company": {"autocomplete": "organization"},
    "phone": {"autocomplete": "tel", "type": "tel"},
}

_RENEWED = _("Onze privacyverklaring is net vernieuwd. Lees wat er nu bij de vakjes staat en verstuur uw bericht nog eens.")


class ContactForm(BaseForm):
    """What a visitor fills in: the editor's fields, a box per purpose on consent, and the form's own number."""

    data: Any

    # Made with the form, so that sending it twice stores it once. Browsers must not keep it for a next form.
    submission_id = forms.UUIDField(
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Dit formulier is niet volledig verstuurd. Probeer het nog eens."),
            "invalid": _("Dit formulier is niet volledig verstuurd. Probeer het nog eens."),
        },
    )

    # The statement that was shown: agreeing to one and being held to the next is no consent (invariant 7).
    statement_version = forms.IntegerField(
        required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}), error_messages={"invalid": _RENEWED}
    )

    def __init__(self, *args: Any, boxes: list[Box], version_number: int | None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"submission_id": uuid.uuid4(), "statement_version": version_number})
        super().__init__(*args, **kwargs)
        self.boxes = boxes
        self.version_number = version_number
        self.answer_names = [name for name in self.fields if name not in ContactForm.base_fields]
        for box in boxes:
            # Never ticked beforehand; not sending a value is not ticking (Planet49, C-673/17).
            self.fields[box.field_name] = forms.BooleanField(
                label=box.wording,
                required=box.required,
                initial=False,
                error_messages={
                    "required": _("Zonder dit vinkje kunnen wij uw bericht niet aannemen. Liever niet? Mail of bel ons dan.")
                },
            )

    def clean(self) -> dict[str, Any]:
        """Give a form that came without a usable number a new one, and have one from before a publication agreed to anew."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.has_error("submission_id"):
            self._replace(submission_id=str(uuid.uuid4()))
        if cleaned.get("statement_version") not in {None, self.version_number}:
            self.add_error("statement_version", _RENEWED)
        if self.has_error("statement_version"):
            self._replace(statement_version=str(self.version_number), **{box.field_name: None for box in self.boxes})
        return cleaned

    def _replace(self, **values: str | None) -> None:
        """Change what the form shows when it comes back; None takes a value away."""
        self.data = self.data.copy()
        for name, value in values.items():
            self.data.pop(name, None)
            if value is not None:
                self.data[name] = value

    def answer_fields(self) -> Iterator[forms.BoundField]:
        """Yield the editor's fields, for the template."""
        return (self[name] for name in self.answer_names)

    def consent_fields(self) -> Iterator[forms.BoundField]:
        """Yield the boxes, for the template."""
        return (self[box.field_name] for box in self.boxes)

    def answers(self) -> dict[str, Any]:
        """Return what was typed, by field name."""
        return {name: self.cleaned_data[name] for name in self.answer_names}

    def labels(self) -> list[tuple[str, str]]:
        """Return name and label of the fields as they were asked, in order."""
        return [(name, str(self.fields[name].label)) for name in self.answer_names]

    def email(self) -> str:
        """Return the address from the one field that must hold it; there may be others beside it."""
        fields = self.fields
        name = next(name for name in self.answer_names if isinstance(fields[name], forms.EmailField) and fields[name].required)
        return str(self.cleaned_data[name])

    def choices(self) -> list[Choice]:
        """Return the ticked boxes, with the words that stood beside them."""
        return [Choice(purpose=box.purpose, wording=box.wording) for box in self.boxes if self.cleaned_data[box.field_name]]


class ContactFormBuilder(FormBuilder):
    """Makes the visitor's form from the editor's fields."""

    def create_singleline_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make a text field of sensible length."""
        return forms.CharField(max_length=MAX_ANSWER, **options)

    def create_multiline_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make a text area of sensible length."""
        return forms.CharField(max_length=MAX_MESSAGE, widget=forms.Textarea(attrs={"rows": 8}), **options)

    def create_email_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make an e-mail field; 254 characters is the longest address that mail can carry (RFC 5321)."""
        options["error_messages"]["invalid"] = _("Vul een volledig e-mailadres in, zoals naam@voorbeeld.nl.")
        return forms.EmailField(max_length=254, **options)

    def get_field_options(self, field: "FormField") -> dict[str, Any]:
        """Add a message that says what to do to Wagtail's options."""
        options: dict[str, Any] = super().get_field_options(field)
        options["error_messages"] = {"required": _("Vul dit in: %(label)s.") % {"label": field.label.lower()}}
        return options

    def get_form_class(self) -> type[ContactForm]:
        """Return the form class; browsers and phones are told what each field is for."""
        fields = self.formfields
        for name, attributes in _AUTOCOMPLETE.items():
            if name in fields:
                fields[name].widget.attrs.update(attributes)
        return type("ContactForm", (ContactForm,), fields)


class ContactPageForm(WagtailAdminFormPageForm):
    """Refuses to publish a form that the statement in force does not cover (art. 13(3); law.md A15)."""

    def clean(self) -> dict[str, Any]:
        """Look at fields and boxes when publishing; drafts are saved as they are."""
        cleaned: dict[str, Any] = super().clean()
        # Wagtail defers required fields exactly when a draft is saved, so this is how a form knows it publishes.
        if not self.is_deferred_validation:
            kept = self._kept("form_fields")
            addresses = [row for row in kept if row.get("field_type") == "email" and row.get("required")]
            if len(addresses) != 1:
                self.add_error(None, _("Een contactformulier heeft precies één verplicht veld voor het e-mailadres."))
            version = StatementVersion.objects.in_force()
            filled = [row for row in kept if row.get("category")]
            purposes = [row["purpose"] for row in self._kept("form_purposes") if row.get("purpose")]
            refusals = [*uncovered(version, categories=[row["category"] for row in filled], purposes=purposes)]
            if version:
                refusals += demanded(version, required=[row["category"] for row in filled if row.get("required")])
                refusals += unagreed(version, purposes=purposes)
            for message in refusals:
                self.add_error(None, message)
        return cleaned

    def _kept(self, name: str) -> list[dict[str, Any]]:
        # `is_valid` first: Wagtail has not cleaned all of these when it comes here.
        return [
            form.cleaned_data
            for form in self.formsets[name].forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
