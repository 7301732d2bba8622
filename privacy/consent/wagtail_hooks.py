"""Registers this room's screens."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogActionRegistry
from wagtail.permissions import register_permission_policy

from privacy.deletion import keep_pages_with
from privacy.permissions import LimitedPolicy
from privacy.register.notice import REGISTER_NOTICE_HOOK
from privacy.subjects.views import PERSON_BUTTON_HOOK

from .models import ConsentEvent, ConsentLink
from .person_views import TAKEN_DOWN, person_button
from .report import ReportViewSet, affected_notice
from .viewsets import ConsentEventViewSet, ConsentLinkViewSet

register_permission_policy(ConsentEvent, LimitedPolicy(ConsentEvent, ["view", "record"]))
register_permission_policy(ConsentLink, LimitedPolicy(ConsentLink, ["view", "revoke"]))
keep_pages_with(
    ConsentEvent,
    message=_("Op deze pagina gaven mensen toestemming. Zolang dat bewijs bewaard wordt, kan zij niet weg; haal haar offline."),
)


@hooks.register("register_admin_viewset")
def consent_events() -> ModelViewSet:
    """List the consents."""
    return ConsentEventViewSet()


@hooks.register("register_admin_viewset")
def consent_report() -> ViewSet:
    """Count the consents per purpose."""
    return ReportViewSet()


@hooks.register("register_admin_viewset")
def consent_links() -> ModelViewSet:
    """List the links to people's own pages."""
    return ConsentLinkViewSet()


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    """Name our actions in Wagtail's log."""
    actions.register_action(
        TAKEN_DOWN, _("Intrekking of bezwaar vastleggen"), _("Intrekking of bezwaar vastgelegd zoals de betrokkene liet weten")
    )


hooks.register(PERSON_BUTTON_HOOK, person_button)
hooks.register(REGISTER_NOTICE_HOOK, affected_notice)
