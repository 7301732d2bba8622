"""The kinds of field an editor can choose, and what a browser is told about each."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.contrib.forms.forms import FormBuilder
from wagtail.contrib.forms.models import FORM_FIELD_CHOICES

from privacy.form_errors import NO_EMAIL, TOO_LONG

from .bsn import refuse_bsn
from .forms import ContactForm
from .uploads import HINT, UploadField

if TYPE_CHECKING:
    from .models import FormField

#: Longest message and longest other answer, in characters.
MAX_MESSAGE = 10_000
MAX_ANSWER = 250

#: Wagtail's kinds of field, and ours.
FIELD_TYPES = (*FORM_FIELD_CHOICES, ("telephone", gettext_lazy("Telefoonnummer")), ("file", gettext_lazy("Bestand")))

#: Kind of data -> the token by which a browser fills in a one-line field for it (WCAG 1.3.5).
_TOKENS = {"name": "name", "company": "organization"}

# Labels stand in them as they are: an editor writes a question as well as a name.
_FILL_IN = gettext_lazy("Vul “%(label)s” in.")
_CHOOSE = gettext_lazy("Maak een keuze bij “%(label)s”.")
_REQUIRED = dict.fromkeys(["radio", "dropdown", "checkboxes", "multiselect"], _CHOOSE) | {
    "checkbox": gettext_lazy("Kruis “%(label)s” aan."),
    "file": gettext_lazy("Kies een bestand bij “%(label)s”."),
}
_UNREADABLE = gettext_lazy("Hier staat een teken in dat wij niet kunnen opslaan. Typ de tekst opnieuw.")


def one_line(text: str) -> None:
    """Refuse line ends in a field that has one line: no browser sends them, and headers are made of such answers."""
    if len(text.splitlines()) > 1:
        raise ValidationError(gettext_lazy("Zet dit op één regel."), code="one_line")


class ContactFormBuilder(FormBuilder):
    """Makes the visitor's fields from the editor's: sensible lengths, the right keyboard, messages that say what to do."""

    def create_singleline_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make a text field; the browser fills in what the kind of data is known for."""
        token = _TOKENS.get(field.category.key)
        return _text(options, forms.TextInput({"autocomplete": token} if token else {}), validators=[refuse_bsn])

    def create_multiline_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make a text area."""
        widget = forms.Textarea({"rows": 8})
        return forms.CharField(max_length=MAX_MESSAGE, widget=widget, validators=[refuse_bsn], **options)

    def create_telephone_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make a telephone field. Nine digits here are a number to call, whatever test they pass."""
        return _text(options, forms.TelInput({"autocomplete": "tel"}))

    def create_email_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make an e-mail field; 254 characters is the longest address that mail can carry (RFC 5321)."""
        options["error_messages"]["invalid"] = NO_EMAIL
        return forms.EmailField(max_length=254, widget=forms.EmailInput({"autocomplete": "email"}), **options)

    def create_url_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make a field for an address on the web."""
        options["error_messages"]["invalid"] = _("Vul een volledig webadres in, zoals https://www.voorbeeld.nl.")
        return forms.URLField(max_length=2000, widget=forms.URLInput({"autocomplete": "url"}), **options)

    def create_number_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make a number field, with a comma as people write it here.

        A text field with a keyboard of digits: browsers throw away what was typed in `type=number` when it is no number.
        """
        options["error_messages"]["invalid"] = _("Vul een getal in, alleen cijfers en zo nodig een komma.")
        widget = forms.TextInput({"inputmode": "decimal"})
        return forms.DecimalField(max_digits=18, decimal_places=6, localize=True, widget=widget, **options)

    def create_date_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make a date field; a browser without a calendar of its own sends what was typed."""
        options["error_messages"]["invalid"] = _("Vul een datum in, zoals 31-12-2026.")
        return forms.DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **options)

    def create_datetime_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make a field for a date and a time."""
        options["error_messages"]["invalid"] = _("Vul een datum en tijd in, zoals 31-12-2026 15:30.")
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.DateTimeField(widget=widget, **options)

    def create_multiselect_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make boxes: a list in which several lines are chosen needs a keyboard and patience."""
        boxes: forms.Field = self.create_checkboxes_field(field, options)
        return boxes

    def create_dropdown_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make a list that begins empty: what nobody chose is no answer (art. 25(2))."""
        nothing = ("", _("Maak een keuze"))
        return forms.ChoiceField(choices=[nothing, *self.get_formatted_field_choices(field)], **options)

    def create_hidden_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make a field that says something about the form, not about the visitor."""
        return _text(options, forms.HiddenInput())

    def create_file_field(self, field: "FormField", options: dict[str, Any]) -> forms.Field:
        """Make a field for one file, and say beside it what is let in."""
        options["help_text"] = " ".join(filter(None, [options["help_text"], conditional_escape(HINT)]))
        return UploadField(**options)

    def get_field_options(self, field: "FormField") -> dict[str, Any]:
        """Add messages that say what to do to Wagtail's options."""
        options: dict[str, Any] = super().get_field_options(field)
        options["error_messages"] = {
            "required": _REQUIRED.get(field.field_type, _FILL_IN) % {"label": field.label},
            "max_length": TOO_LONG,
            "null_characters_not_allowed": _UNREADABLE,
        }
        return options

    def get_form_class(self) -> type[ContactForm]:
        """Return the form with these fields."""
        return type("ContactForm", (ContactForm,), self.formfields)


def _text(
    options: dict[str, Any], widget: forms.Widget, *, validators: list[Callable[[str], None]] | None = None
) -> forms.CharField:
    return forms.CharField(max_length=MAX_ANSWER, widget=widget, validators=[one_line, *(validators or [])], **options)
