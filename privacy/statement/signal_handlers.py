"""Publishing freezes: bound to Wagtail's signal, which every way of publishing sends."""

from typing import Any

from django.conf import settings
from wagtail.models import Revision
from wagtail.signals import page_published

from privacy.queue import enqueue_on_commit

from .models import PrivacyStatementPage
from .services import freeze
from .tasks import check_links


def freeze_on_publish(
    sender: type[PrivacyStatementPage], instance: PrivacyStatementPage, revision: Revision, **kwargs: Any
) -> None:
    """Freeze the page that went live.

    The signal also comes for a publication planned for later: not yet live. A translation binds nobody by itself: one that goes
    live before its source waits, and is frozen together with it.
    """
    if instance.live and settings.LANGUAGE_CODE in instance.published_with():
        freeze(page=instance, revision=revision)
        enqueue_on_commit(check_links)


def connect() -> None:
    """Connect this room's handlers."""
    page_published.connect(freeze_on_publish, sender=PrivacyStatementPage, dispatch_uid="privacy.statement.freeze")
