"""Registers this room's screens."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from privacy.deletion import keep_pages_with
from privacy.permissions import LimitedPolicy

from .models import Submission
from .viewsets import SubmissionViewSet

register_permission_policy(Submission, LimitedPolicy(Submission))
keep_pages_with(
    Submission,
    message=_("Bij deze pagina horen berichten van bezoekers. Zolang die bewaard worden, kan zij niet weg; haal haar offline."),
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
