"""The officer's forms on a person: what keeps data from being erased (art. 18, 17(3)(e); law.md D3), and contact by phone."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from .models import ContactMoment, DataSubject
from .services import keep


class HoldForm(forms.ModelForm):  # type: ignore[type-arg]
    """Restriction, and a hold with its reason and end; the model itself refuses one without the other."""

    restricted = forms.BooleanField(
        label=_("Verwerking beperkt"),
        required=False,
        help_text=_("Art. 18 AVG: wij bewaren de gegevens, maar gebruiken en wissen ze niet, tot het wordt opgeheven."),
    )

    class Meta:
        model = DataSubject
        fields = ["hold_until", "hold_reason"]
        widgets = {"hold_until": AdminDateTimeInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        restricted = self.fields["restricted"]
        restricted.initial = restricted.disabled = self.instance.restricted_at is not None
        if restricted.disabled:
            # The person hears it first (18(3)), and this room writes no letters.
            restricted.help_text = _(
                "Opheffen doet u bij het verzoek om beperking: de betrokkene hoort het eerst (art. 18 lid 3)."
            )
        self.fields["hold_reason"].help_text = _("Bijvoorbeeld: geschil over de opdracht. De betrokkene ziet dit bij inzage.")

    def clean_hold_until(self) -> Any:
        """Refuse a new end that lies in the past: it would hold nothing."""
        until = self.cleaned_data["hold_until"]
        if until and "hold_until" in self.changed_data and until <= timezone.now():
            raise ValidationError(_("Kies een moment in de toekomst."))
        return until

    def save(self, commit: bool = True) -> DataSubject:
        """Write these three alone: the person's clock may have moved since the form was opened."""
        keep(
            self.instance,
            restricted=self.cleaned_data["restricted"],
            until=self.cleaned_data["hold_until"],
            reason=self.cleaned_data["hold_reason"],
            at=timezone.now(),
        )
        person: DataSubject = self.instance
        return person


class MomentForm(forms.Form):
    """Of what kind a contact was, and when."""

    kind = forms.ChoiceField(label=_("Soort contact"), choices=ContactMoment.Kind.choices, widget=forms.RadioSelect)
    at = forms.DateTimeField(
        label=_("Wanneer"),
        widget=AdminDateTimeInput,
        help_text=_("De bewaartermijn loopt vanaf het laatste contact. Wat er gezegd is, wordt hier niet bewaard."),
    )

    def clean_at(self) -> Any:
        """Refuse what has not been yet: it would keep somebody longer than the statement says."""
        at = self.cleaned_data["at"]
        if at > timezone.now():
            raise ValidationError(_("Dit moment moet nog komen. Leg een contact vast als het er geweest is."))
        return at
