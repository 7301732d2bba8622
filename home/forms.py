"""The form with which editors write a case."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from privacy.publishing import publishes
from privacy.statement.completeness import Missing
from privacy.statement.messages import links
from privacy.statement.places import Place
from privacy.subjects.models import DataSubject
from privacy.subjects.services import find

from .grounds import Claim, lacking


class CasePageForm(WagtailAdminPageForm):
    """Finds the client by address, and refuses to publish a case without a ground or a picture without words."""

    client_email = forms.EmailField(
        label=_("E-mailadres van de klant"),
        required=False,
        help_text=_("Bij toestemming: het adres waarmee de klant haar gaf. Het komt niet op de website."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.subject_id:
            self.initial["client_email"] = self.instance.subject.email

    def clean_client_email(self) -> DataSubject | None:
        """Return whose address it is; refuse one that we do not know: nobody consented with it."""
        email: str = self.cleaned_data["client_email"]
        client = find(email) if email else None
        if email and client is None:
            raise ValidationError(_("Met dit adres is geen toestemming gegeven. Vraag die eerst."))
        return client

    def clean(self) -> dict[str, Any]:
        """Look at ground and picture when publishing; drafts are saved as they are."""
        cleaned: dict[str, Any] = super().clean()
        subject = cleaned.get("client_email")
        if publishes(self):
            page = self.instance
            for link in links(self._problems(subject), site=(page if page.pk else self.parent_page).get_site()):
                self.add_error(None, link)
        elif self.instance.live and subject != self.instance.subject:
            # The database knows the client of what is live; a draft about somebody else would be known of nobody.
            self.add_error(
                "client_email",
                _("De casus staat online. Haal hem eerst van de website, of publiceer hem meteen met deze klant."),
            )
        if "client_email" in cleaned and not self.errors:
            self.instance.subject = subject
        return cleaned

    def _problems(self, subject: DataSubject | None) -> Iterator[Missing]:
        said = {name: self.cleaned_data.get(name) or "" for name in ("ground", "client", "contract", "picture_alt")}
        if said["ground"]:
            yield from lacking(
                Claim(
                    ground=said["ground"],
                    client=said["client"],
                    subject=subject,
                    contract=said["contract"],
                    ends_on=self.cleaned_data.get("contract_ends_on"),
                )
            )
        if self.cleaned_data.get("picture") and not said["picture_alt"] and not self.cleaned_data.get("picture_is_decorative"):
            yield Missing(
                "H2.alt",
                str(_("Beschrijf het beeld voor wie het niet ziet, of zeg dat het alleen versiering is.")),
                Place(anchor="id_picture_alt"),
            )
