"""Registers this room's screens."""

from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from privacy.deletion import keep_pages_with
from privacy.permissions import LimitedPolicy

from .downloads import DOWNLOADED, attachment
from .models import Submission
from .viewsets import SubmissionViewSet

register_permission_policy(Submission, LimitedPolicy(Submission))
keep_pages_with(
    Submission,
    message=_(
        "Bij deze pagina horen berichten van bezoekers. Zolang die bewaard worden, kan zij niet weg: haal haar offline, of "
        "wacht tot de berichten vanzelf gewist zijn."
    ),
)


@hooks.register("register_admin_viewset")
def submissions() -> ModelViewSet:
    """List the messages."""
    return SubmissionViewSet()


@hooks.register("filter_form_submissions_for_user")
def no_second_list(user: object, pages: QuerySet[Page]) -> QuerySet[Page]:
    """Close Wagtail's own list of messages.

    There, whoever may edit the page may read all messages, and delete them without a trace (law.md I3).
    """
    return pages.none()


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the files that came with messages; Wagtail puts its login before them."""
    return [path("contact-messages/attachment/<int:pk>/", attachment, name="contact_attachment")]


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    """Name our actions in Wagtail's log."""
    actions.register_action(DOWNLOADED, _("Bijlage openen"), _("Bijlage geopend"))
