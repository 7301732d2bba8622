"""The officer's form for what a person let us know by phone, letter or mail."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from privacy.subjects.models import DataSubject
from privacy.subjects.services import find

from .by_hand import METHODS
from .overview import Row


class TakeDownForm(forms.Form):
    """Asks what, how, and the true moment of receipt; of somebody who is not on record, the address."""

    email = forms.EmailField(
        label=_("E-mailadres"), max_length=254, help_text=_("Kennen wij het, dan ziet u daarna wat er in te trekken is.")
    )
    objects = forms.BooleanField(
        label=_("Maakt bezwaar tegen reclame"),
        required=False,
        help_text=_(
            "Dit adres krijgt geen mailings meer; toestemming daarvoor vervalt (art. 21 lid 2-3 AVG). Een reden is niet nodig."
        ),
    )
    method = forms.ChoiceField(
        label=_("Hoe het binnenkwam"), choices=[(method.value, words) for method, words in METHODS.items()]
    )
    received_at = forms.DateTimeField(
        label=_("Wanneer het binnenkwam"),
        widget=AdminDateTimeInput,
        help_text=_("Het echte moment, ook als dat eerder was: vanaf toen telt het."),
    )

    def __init__(self, *args: Any, rows: Sequence[Row] | None, **kwargs: Any) -> None:
        """Make the form.

        Args:
            *args: as Django's forms take them.
            rows: what this person can withdraw; None when nobody was chosen yet.
            **kwargs: as Django's forms take them.
        """
        super().__init__(*args, **kwargs)
        #: Whose address was typed; None where nobody is known by it, or none was asked.
        self.person: DataSubject | None = None
        self.rows = {row.key: row for row in rows or ()}
        self.fields["received_at"].initial = timezone.now
        if rows is not None:
            del self.fields["email"]
            self.fields["purposes"] = forms.MultipleChoiceField(
                label=_("Trekt toestemming in voor"),
                choices=[(row.key, row.name) for row in rows],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text="" if rows else _("Er is niets in te trekken."),
                error_messages={"invalid_choice": _("Dit is er niet (meer), bijvoorbeeld omdat een ander het net introk.")},
            )
            self.order_fields(["purposes"])

    def clean_email(self) -> str:
        """Look whose address it is."""
        email: str = self.cleaned_data["email"]
        self.person = find(email)
        return email

    def clean_received_at(self) -> datetime:
        """Refuse a receipt in the future."""
        received_at: datetime = self.cleaned_data["received_at"]
        if received_at > timezone.now():
            raise ValidationError(_("Dat kan niet in de toekomst ontvangen zijn."))
        return received_at

    def clean(self) -> dict[str, Any]:
        """Refuse what changes nothing, and withdrawals of what was agreed to only later."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        received_at = cleaned.get("received_at")
        for key in cleaned.get("purposes", ()):
            agreed_at = self.rows[key].agreed_at
            if received_at and agreed_at and agreed_at > received_at:
                words = {"name": self.rows[key].name, "moment": date_format(timezone.localtime(agreed_at), "DATETIME_FORMAT")}
                message = gettext("“%(name)s” is pas daarna gegeven, op %(moment)s; dat nieuwere woord geldt.")
                self.add_error("purposes", message % words)
        # Whose address is known chooses on the next screen.
        changes_something = cleaned.get("purposes") or cleaned.get("objects") or self.person
        if not changes_something and not self.errors:
            if "purposes" in self.fields:
                self.add_error("purposes", gettext("Kies wat de betrokkene intrekt, of het bezwaar tegen reclame."))
            else:
                message = gettext("Dit adres kennen wij niet: er is niets in te trekken. Een bezwaar tegen reclame kan wel.")
                self.add_error("email", message)
        return cleaned
