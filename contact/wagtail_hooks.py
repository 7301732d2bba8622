"""Registers this room's screens."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from privacy.deletion import keep_pages_with
from privacy.permissions import LimitedPolicy
from privacy.subjects.models import DataSubject
from privacy.subjects.views import PERSON_BUTTON_HOOK, list_button
from privacy.todo import TODO_HOOK

from .bulk_actions import ACTIONS
from .downloads import attachment
from .logged import ACCEPTED, ERASED, MOVED
from .models import Opening, Submission
from .panels import todo
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


hooks.register(TODO_HOOK, todo)


@hooks.register(PERSON_BUTTON_HOOK)
def messages_of(request: HttpRequest, person: DataSubject) -> Button | None:
    """Lead from a person to what they wrote."""
    return list_button(request, person, Submission, label=gettext("Berichten"), icon_name="mail")


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
