"""The statement's form in the admin."""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from .messages import links


class StatementPageForm(WagtailAdminPageForm):
    """Refuses to publish what the gate refuses; drafts are saved as they are, half-filled too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Empty what describes the change for a new round of changes: it belonged to the version that is live."""
        super().__init__(*args, **kwargs)
        page = self.instance
        if page.live and page.live_revision_id and page.live_revision_id == page.latest_revision_id:
            self.initial |= {"change_note": "", "is_editorial": False}

    def clean(self) -> dict[str, Any]:
        """Add the gate's list to the form's errors when publishing."""
        cleaned: dict[str, Any] = super().clean()
        # Wagtail defers required fields exactly when a draft is saved, so this is how a form knows it publishes. Sending an
        # unfinished statement back to its writer comes without deferring, and must be possible just then.
        if not self.is_deferred_validation and self.data.get("workflow-action-name") != "reject":
            page = self.instance
            site = (page if page.pk else self.parent_page).get_site()
            problems = page.lacking(cleaned.get("body"), editorial=cleaned.get("is_editorial", False))
            for link in links(problems, site=site):
                self.add_error(None, link)
        return cleaned
