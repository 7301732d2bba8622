"""Registers this room's screens."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from privacy.deletion import keep_pages_with
from privacy.permissions import LimitedPolicy

from .bulk_actions import ACTIONS
from .downloads import attachment
from .message import ACCEPTED, ERASED, MOVED
from .models import Opening, Submission
from .panels import InboxPanel
from .viewsets import OpeningViewSet, SubmissionViewSet

register_permission_policy(Submission, LimitedPolicy(Submission, ["view", "handle", "erase", "export"]))
register_permission_policy(Opening, LimitedPolicy(Opening))
keep_pages_with(
    Submission,
    message=_(
        "Bij deze pagina horen berichten van bezoekers. Zolang die bewaard worden, kan zij niet weg: haal haar offline, of "
        "wacht tot de berichten vanzelf gewist zijn."
    ),
)


for action in ACTIONS:
    hooks.register("register_bulk_action", action)


@hooks.register("register_admin_viewset")
def submissions() -> list[ModelViewSet]:
    """List the messages, and who opened them."""
    return [SubmissionViewSet(), OpeningViewSet()]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """Let what staff may do with messages be given to groups."""
    actions = [f"{action}_submission" for action in ("view", "handle", "erase", "export")]
    return Permission.objects.filter(content_type__app_label="contact", codename__in=[*actions, "view_opening"])


@hooks.register("construct_homepage_panels")
def inbox_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Say on the first page what waits."""
    panels.append(InboxPanel())


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
    actions.register_action(MOVED, _("Stand van een bericht veranderen"), _("Stand van het bericht veranderd"))
    actions.register_action(ACCEPTED, _("Uit de mogelijke spam halen"), _("Uit de mogelijke spam gehaald"))
    actions.register_action(ERASED, _("Spam wissen"), _("Als spam gewist"))
