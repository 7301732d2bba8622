"""The one question that both forms with a gate ask: is this about to be published?"""

from wagtail.admin.forms import WagtailAdminPageForm


def publishes(form: WagtailAdminPageForm) -> bool:
    """Say whether a page's form must be complete; drafts are saved as they are.

    Wagtail defers required fields exactly when a draft is saved, so this is how a form knows. Sending an unfinished page back
    to its writer comes without deferring, and must be possible just then.

    Args:
        form: the bound form of a page in the admin.
    """
    return not form.is_deferred_validation and form.data.get("workflow-action-name") != "reject"
