"""The statement's forms in the admin: the page itself, and what is asked when it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel

from privacy.publishing import publishes

from .gate import SECTIONS
from .messages import links

if TYPE_CHECKING:
    from .publishing import Proposal


class SectionsPanel(FieldPanel):
    """The sections of the statement, under an id that is the same in every language of the admin."""

    class BoundPanel(FieldPanel.BoundPanel):
        """The panel in one form."""

        def render_html(self, parent_context: Any = None) -> SafeString:
            """Put the id around it."""
            return format_html('<div id="{}">{}</div>', SECTIONS, super().render_html(parent_context))


class StatementPageForm(WagtailAdminPageForm):
    """Refuses to publish what the gate refuses; drafts are saved as they are, half-filled too."""

    def clean(self) -> dict[str, Any]:
        """Add the gate's list to the form's errors when publishing."""
        cleaned: dict[str, Any] = super().clean()
        if publishes(self):
            page = self.instance
            site = (page if page.pk else self.parent_page).get_site()
            problems = page.lacking(cleaned.get("body"))
            for link in links(problems, site=site):
                self.add_error(None, link)
            if not problems and self._would_lose_edits():
                self.add_error(
                    None,
                    _("Bewaar eerst wat u hier veranderde als concept. Keur daarna goed: dan vertelt u wat er verandert."),
                )
        return cleaned

    def _would_lose_edits(self) -> bool:
        """Say whether this is an approval that publishes: it leads to another screen, and what is typed here would be gone."""
        state = self.instance.current_workflow_state if self.instance.pk else None
        approves = self.data.get("workflow-action-name") == "approve"
        return bool(approves and state and state.is_at_final_task and self.has_changed())

    def save(self, commit: bool = True) -> Any:
        """Save the page as a new round of changes: what described another draft does not describe this one."""
        for name, value in self.instance.NEW_ROUND.items():
            setattr(self.instance, name, value)
        return super().save(commit=commit)


class PublishForm(forms.Form):
    """What an editor says of a change when publishing it (law.md A20).

    Args:
        proposal: what would be published.
    """

    EDITORIAL, MATERIAL = "editorial", "material"

    kind = forms.ChoiceField(
        label=_("Wat voor wijziging is dit?"),
        widget=forms.RadioSelect,
        choices=[
            (EDITORIAL, _("Redactioneel: alleen de tekst is beter; aan wat wij met gegevens doen verandert niets")),
            (MATERIAL, _("Wezenlijk: mensen moeten dit weten")),
        ],
        error_messages={"required": _("Kies of deze wijziging redactioneel of wezenlijk is.")},
    )
    change_note = forms.CharField(
        label=_("Wat is er veranderd, en waarom?"),
        max_length=255,
        help_text=_("Eén regel, voor iedereen te lezen in de lijst van versies."),
        error_messages={"required": _("Vertel in één regel wat er veranderd is, en waarom.")},
    )
    effective_on = forms.DateField(
        label=_("Geldt vanaf"),
        required=False,
        # Browsers have their own picker for it, also without JavaScript.
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Een latere dag geeft mensen tijd om het te lezen. Een redactionele wijziging wacht niet op deze dag."),
    )

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("change_note", "effective_on"):
            # Wagtail connects a field with its help text only.
            self.fields[name].widget.attrs["aria-describedby"] = f"id_{name}-errors id_{name}-helptext"
        self.earliest = proposal.earliest
        self.fields["effective_on"].widget.attrs["min"] = self.earliest.isoformat()
        self.initial["effective_on"] = proposal.without_choice
        if proposal.is_material:
            del self.fields["kind"]
            self.fields["effective_on"].help_text = _("Een latere dag geeft mensen tijd om het te lezen.")
        if proposal.newest is None:
            self.initial["change_note"] = _("Eerste versie.")

    def clean_change_note(self) -> str:
        """Keep it to one line."""
        return " ".join(self.cleaned_data["change_note"].split())

    def clean(self) -> dict[str, Any]:
        """Ask for the day of a material change; that of an editorial one is not for choosing."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["is_editorial"] = cleaned.get("kind") == self.EDITORIAL
        if cleaned["is_editorial"]:
            self.errors.pop("effective_on", None)
            cleaned["effective_on"] = None
        elif "effective_on" in cleaned:
            if cleaned["effective_on"] is None:
                self.add_error("effective_on", _("Kies de dag vanaf wanneer deze versie geldt."))
            elif cleaned["effective_on"] < self.earliest:
                self.add_error("effective_on", _("Kies %(day)s of later.") % {"day": date_format(self.earliest)})
        return cleaned
