"""The officer's forms: a request taken down, what is left out, who was told, and the words of a letter."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput

from privacy.subjects.registry import Source

from .letter_kinds import LetterKind
from .letters import placeholders
from .models import DataRequest, LetterTemplate
from .services import take


class DataRequestForm(forms.ModelForm):  # type: ignore[type-arg]
    """Asks who, what, and the true moment of receipt (law.md C1, C5); the rest follows."""

    email = forms.EmailField(
        label=_("E-mailadres van de betrokkene"),
        max_length=254,
        required=False,
        help_text=_(
            "Daaronder zoeken wij de gegevens. Gaf iemand er nog geen, leg het verzoek dan toch vast; de termijn loopt."
        ),
    )
    confirm_receipt = forms.BooleanField(
        label=_("Stuur een ontvangstbevestiging"),
        required=False,
        initial=True,
        help_text=_("Is de termijn al voorbij, dan gaat er geen uit: antwoord dan meteen."),
    )

    class Meta:
        model = DataRequest
        fields = ["kind", "channel", "received_at", "identity", "language", "message"]
        widgets = {
            "received_at": AdminDateTimeInput,
            "message": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "received_at": _("Wanneer het echt binnenkwam, ook als dat eerder was: daar begint de termijn."),
            "identity": _("Vraag nooit om een kopie van een identiteitsbewijs en bewaar er geen."),
            "message": _("Wat de betrokkene vraagt, in het kort."),
        }

    user: Any = None

    def __init__(self, *args: Any, for_user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = for_user
        self.order_fields(["email", *self.Meta.fields, "confirm_receipt"])
        self.fields["received_at"].initial = timezone.now
        self.fields["identity"].required = True
        self.fields["channel"].initial = DataRequest.Channel.PHONE
        self.fields["language"] = forms.ChoiceField(
            label=_("Taal van de brieven"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE
        )

    def clean_received_at(self) -> Any:
        """Refuse a receipt in the future: the clock of the answer starts here."""
        received_at = self.cleaned_data["received_at"]
        if received_at > timezone.now():
            raise ValidationError(_("Een verzoek kan niet in de toekomst ontvangen zijn."))
        return received_at

    def clean(self) -> dict[str, Any]:
        """Ask for the address of who wrote a mail: it stands above it."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("channel") == DataRequest.Channel.MAIL and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Vul het adres in waarvandaan de mail kwam."))
        return data

    def save(self, commit: bool = True) -> DataRequest:
        """Take the request down; what the site can do for it begins in the background."""
        data = self.cleaned_data
        request = take(
            email=data["email"],
            kind=data["kind"],
            channel=data["channel"],
            received_at=data["received_at"],
            identity=data["identity"],
            language=data["language"],
            message=data["message"],
            confirm_receipt=data["confirm_receipt"],
            user=self.user,
            at=timezone.now(),
        )
        self.instance = request
        return request


class LeaveOutForm(forms.Form):
    """Words that stay out of the copy of one record, and why; to the letter, so white space counts."""

    source = forms.ChoiceField(label=_("Onder welk kopje"))
    reference = forms.CharField(
        label=_("Nummer van het gegeven"), max_length=100, widget=forms.TextInput(attrs={"placeholder": "#12"})
    )
    words = forms.CharField(label=_("Weg te laten woorden, letterlijk"), strip=False, widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(label=_("Reden, kort (de betrokkene leest die)"), max_length=200)

    def __init__(self, *args: Any, sources: Iterable[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [(source.key, source.label) for source in sources]  # type: ignore[attr-defined]


class ToldForm(forms.Form):
    """What came of telling a recipient (art. 19)."""

    outcome = forms.CharField(
        label=_("Uitkomst"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("gemeld, of: had niets")}),
    )


class LetterTemplateForm(WagtailAdminModelForm):
    """The words of one letter; says what the site can fill in there, so that nobody has to find out by a refusal."""

    class Meta:
        model = LetterTemplate
        fields = ["heading", "body"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = ", ".join(f"{{{name}}}" for name in sorted(placeholders(LetterKind(self.instance.kind))))
        self.fields["body"].help_text = _(
            "Tussen accolades staat wat vanzelf wordt ingevuld; in deze brief kan dat zijn: %(known)s. Een lege regel begint "
            "een alinea."
        ) % {"known": known}
