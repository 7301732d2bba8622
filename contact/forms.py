"""The forms of this room: the one visitors fill in, and the one editors arrange it with."""

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.forms.forms import BaseForm, WagtailAdminFormPageForm

from privacy.consent.services import Choice
from privacy.proof_of_work import TrapField
from privacy.publishing import publishes
from privacy.statement.completeness import Missing
from privacy.statement.messages import links
from privacy.statement.models import StatementVersion

from .boxes import Box, Why
from .captcha import AltchaField, GoogleField
from .coverage import FIELDS, Asked, Ticked, demanded, unagreed, uncovered, unsaid_captcha
from .sizes import size_in_words
from .spam import opened_now, signs
from .uploads import MAX_FILES, Upload, UploadField

_RENEWED = _("Onze privacyverklaring is net vernieuwd. Lees wat er nu bij de vakjes staat en verstuur uw bericht nog eens.")
_CHOOSE_AGAIN = _("Kies “%(name)s” opnieuw: uw browser onthoudt gekozen bestanden niet.")


class ConsentBox(forms.CheckboxInput):
    """A box that only a clear yes ticks.

    Django takes every value but "False" for a tick; somebody who sends "no" or "0" has not agreed (art. 4(11)).
    """

    YES = frozenset({"on", "true", "1", "yes", "ja"})

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Return whether what was sent is a yes, in the words of a browser or of a program."""
        return str(data.get(name, "")).strip().lower() in self.YES


class ContactForm(BaseForm):
    """What a visitor fills in: the editor's fields, a box per purpose on consent, the form's own number, and its traps."""

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

    # Traps refuse nothing, whatever is in them, so they are fields that check nothing.
    form_website = TrapField()
    # When the form was shown, signed; the one thing a robot in a hurry cannot make up.
    form_opened = forms.Field(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def __init__(
        self,
        *args: Any,
        boxes: list[Box],
        reasons: Mapping[str, Why],
        version_number: int | None,
        captcha: AltchaField | GoogleField | None = None,
        given_back: QueryDict | None = None,
        **kwargs: Any,
    ) -> None:
        """Make the form.

        Args:
            *args: as Django's forms take them.
            boxes: the consent boxes.
            reasons: field name -> why it is asked.
            version_number: the statement in force.
            captcha: the check against robots; None for none.
            given_back: what was typed in a form that could not be taken at all; it is shown, not judged, and boxes come empty.
            **kwargs: as Django's forms take them.
        """
        begin = {"submission_id": uuid.uuid4(), "statement_version": version_number, "form_opened": opened_now()}
        kwargs.setdefault("initial", begin)
        super().__init__(*args, **kwargs)
        self.boxes = boxes
        self.reasons = reasons
        self.version_number = version_number
        self.captcha = captcha
        self.suspicions: list[str] = []
        self.answer_names = [name for name in self.fields if name not in ContactForm.base_fields]
        if given_back is not None:
            for name in self.answer_names:
                self.initial[name] = self.fields[name].widget.value_from_datadict(given_back, {}, name)
        for box in boxes:
            # Never ticked beforehand; not sending a value is not ticking (Planet49, C-673/17).
            self.fields[box.field_name] = forms.BooleanField(
                widget=ConsentBox,
                label=box.wording,
                required=box.required,
                initial=False,
                error_messages={
                    "required": _("Zonder dit vinkje kunnen wij uw bericht niet aannemen. Liever niet? Mail of bel ons dan.")
                },
            )
        if captcha:
            self.fields["form_proof"] = captcha

    def full_clean(self) -> None:
        """Judge what was sent; after a refusal, whichever it was, files must be chosen again and the visitor hears so."""
        super().full_clean()
        if self.is_bound and self._errors:
            for name, upload in self.uploads().items():
                self.add_error(name, forms.ValidationError(_CHOOSE_AGAIN, params={"name": upload.filename}))

    def clean(self) -> dict[str, Any]:
        """Look at what belongs together: the number, the statement that was shown, answers and their boxes, all files."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.has_error("submission_id"):
            self._replace(submission_id=str(uuid.uuid4()))
        if cleaned.get("statement_version") not in {None, self.version_number}:
            self.add_error("statement_version", _RENEWED)
        if self.has_error("statement_version"):
            self._replace(statement_version=str(self.version_number), **{box.field_name: None for box in self.boxes})
        self._refuse_answers_without_consent()
        uploads = self.uploads()
        if sum(upload.size for upload in uploads.values()) > MAX_FILES:
            message = _("Samen zijn de bestanden groter dan %(most)s. Stuur er minder, of stuur ze na.")
            self.add_error(next(iter(uploads)), forms.ValidationError(message, params={"most": size_in_words(MAX_FILES)}))
        if not self._errors:
            self.suspicions = list(self._look_for_spam())
        return cleaned

    def _look_for_spam(self) -> Iterator[str]:
        """Yield the signs of spam in a form that is right otherwise; refuse a proof that is wrong."""
        cleaned = self.cleaned_data
        answers = [
            cleaned[name]
            for name in self.answer_names
            # Who is asked for an address on the web gives one.
            if not isinstance(self.fields[name], forms.URLField)
        ]
        yield from signs(trap=cleaned["form_website"] or "", opened=cleaned["form_opened"] or "", answers=answers)
        if self.captcha:
            try:
                if sign := self.captcha.verify(cleaned["form_proof"] or "", number=cleaned["submission_id"]):
                    yield sign
            except forms.ValidationError as error:
                self.add_error("form_proof", error)
                self._replace(form_proof=None)

    def _refuse_answers_without_consent(self) -> None:
        """Take no answer that serves only a purpose whose box was left empty (art. 6(1)(a)).

        A box that must be ticked says so itself.
        """
        left_empty = {box.purpose: box for box in self.boxes if not box.required and not self.cleaned_data.get(box.field_name)}
        for name in self.answer_names:
            why = self.reasons.get(name)
            if why and why.purpose in left_empty and self.cleaned_data.get(name):
                message = _("Dit vragen wij alleen voor “%(purpose)s”. Kruis het vakje daarvoor aan, of laat dit leeg.")
                self.add_error(name, forms.ValidationError(message, params={"purpose": left_empty[why.purpose].name}))

    def _replace(self, **values: str | None) -> None:
        """Change what the form shows when it comes back; None takes a value away."""
        self.data = self.data.copy()
        for name, value in values.items():
            self.data.pop(name, None)
            if value is not None:
                self.data[name] = value

    def answer_fields(self) -> Iterator[tuple[forms.BoundField, Why | None]]:
        """Yield the editor's fields and why each is asked, for the template."""
        return ((self[name], self.reasons.get(name)) for name in self.answer_names)

    def consent_fields(self) -> Iterator[forms.BoundField]:
        """Yield the boxes, for the template."""
        return (self[box.field_name] for box in self.boxes)

    def asked(self) -> str:
        """Return name and label of what is typed or chosen from a disk, and whether it is a file, as JSON.

        It travels with the form, so that what was typed can be shown with its questions when the database is gone
        (`unavailable`); nothing is ever stored on the strength of it.
        """
        kept = (forms.CharField, forms.DecimalField, forms.FileField)
        fields = ((name, self.fields[name]) for name in self.answer_names)
        return json.dumps(
            [
                [name, str(field.label), isinstance(field, forms.FileField)]
                for name, field in fields
                if isinstance(field, kept) and not field.widget.is_hidden
            ],
            ensure_ascii=False,
        )

    def answers(self) -> dict[str, Any]:
        """Return what was typed, by field name; of a file its name."""
        values = {name: self.cleaned_data[name] for name in self.answer_names}
        return {name: value.filename if isinstance(value, Upload) else value for name, value in values.items()}

    def uploads(self) -> dict[str, Upload]:
        """Return the files that were let in, by field name."""
        chosen = {name: self.cleaned_data.get(name) for name in self.answer_names if isinstance(self.fields[name], UploadField)}
        return {name: upload for name, upload in chosen.items() if upload}

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


class ContactPageForm(WagtailAdminFormPageForm):
    """Refuses to publish a form that the statement in force does not cover (art. 13(3); law.md A15)."""

    def clean(self) -> dict[str, Any]:
        """Look at fields and boxes when publishing; drafts are saved as they are."""
        cleaned: dict[str, Any] = super().clean()
        if publishes(self):
            page = self.instance
            for link in links(self._problems(), site=(page if page.pk else self.parent_page).get_site()):
                self.add_error(None, link)
        return cleaned

    def _problems(self) -> Iterator[Missing]:
        kept = self._kept("form_fields")
        addresses = [row for row in kept if row.get("field_type") == "email" and row.get("required")]
        if len(addresses) != 1:
            message = _("Een contactformulier heeft precies één verplicht veld voor het e-mailadres.")
            yield Missing("B13.email", str(message), FIELDS)
        version = StatementVersion.objects.in_force()
        fields = [
            Asked(**{name: row[name] for name in ("label", "category", "purpose", "required")})
            for row in kept
            if row.get("category") and row.get("purpose")
        ]
        purposes = [
            Ticked(purpose=row["purpose"], required=row["required"])
            for row in self._kept("form_purposes")
            if row.get("purpose")
        ]
        yield from uncovered(version, fields=fields, purposes=purposes)
        if version:
            yield from demanded(version, fields=fields)
            yield from unsaid_captcha(version, captcha=self.cleaned_data.get("captcha"))
            yield from unagreed(version, purposes=purposes)

    def _kept(self, name: str) -> list[dict[str, Any]]:
        # `is_valid` first: Wagtail has not cleaned all of these when it comes here.
        return [
            form.cleaned_data
            for form in self.formsets[name].forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
