"""Registers this room's screens."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from privacy.deletion import keep_pages_with
from privacy.permissions import LimitedPolicy
from privacy.register.notice import REGISTER_NOTICE_HOOK
from privacy.todo import TODO_HOOK

from .models import StatementTranslation, StatementVersion
from .panels import NoticesPanel, PendingNotice, StatementPanel, pending_notice, todo
from .publish_views import PublishView, ask_what_changes
from .record_views import RecordOfProcessingViewSet
from .viewsets import StatementVersionViewSet

register_permission_policy(StatementVersion, LimitedPolicy(StatementVersion))
for _proof in (StatementVersion, StatementTranslation):
    keep_pages_with(
        _proof,
        message=_("De versies van deze verklaring zijn bewijs en blijven altijd leesbaar; de pagina kan dus niet weg."),
    )


@hooks.register("register_admin_viewset")
def statement_versions() -> ModelViewSet:
    """List the versions."""
    return StatementVersionViewSet()


@hooks.register("register_admin_viewset")
def record_of_processing() -> ViewSet:
    """Show and hand out the record of processing."""
    return RecordOfProcessingViewSet()


hooks.register("before_publish_page", ask_what_changes)


@hooks.register("register_admin_urls")
def publish_screen() -> list[URLPattern]:
    """Ask what changes before publishing."""
    return [path("privacy-statement/<int:page_id>/publiceren/", PublishView.as_view(), name="privacy_statement_publish")]


@hooks.register("insert_global_admin_css")
def message_style() -> SafeString:
    """Make links in messages readable."""
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("privacy_statement/admin.css"))


@hooks.register("insert_global_admin_js")
def to_the_field() -> SafeString:
    """Let a link to a field end there."""
    return format_html('<script src="{}"></script>', versioned_static("privacy_statement/admin.js"))


@hooks.register("construct_homepage_panels")
def statement_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Say on the first page which version is in force, and of which people are being told."""
    panels.append(StatementPanel())
    panels.append(NoticesPanel())


hooks.register(TODO_HOOK, todo)


@hooks.register(REGISTER_NOTICE_HOOK)
def register_notice(request: HttpRequest) -> PendingNotice | None:
    """Say above the register's screens what is not in force yet."""
    return pending_notice(request.user)
