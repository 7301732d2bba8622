"""The officer's form for a request that came by mail, phone or letter."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from .models import DataRequest
from .services import ask


class DataRequestForm(forms.ModelForm):  # type: ignore[type-arg]
    """Asks for the address and the true moment of receipt (law.md C1); the rest follows."""

    email = forms.EmailField(label=_("E-mailadres van de betrokkene"), max_length=254)

    class Meta:
        model = DataRequest
        fields = ["received_at"]
        widgets = {"received_at": AdminDateTimeInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_at"].initial = timezone.now

    def clean_received_at(self) -> Any:
        """Refuse a receipt in the future: the clock of the answer starts here."""
        received_at = self.cleaned_data["received_at"]
        if received_at > timezone.now():
            raise ValidationError(_("Een verzoek kan niet in de toekomst ontvangen zijn."))
        return received_at

    def save(self, commit: bool = True) -> DataRequest:
        """Register the request; its archive is built in the background."""
        request = ask(email=self.cleaned_data["email"], received_at=self.cleaned_data["received_at"])
        self.instance = request
        return request
