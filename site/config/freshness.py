"""When pages are made anew: after every change of something that a page may show.

The other way round from a list of what matters: every table counts unless it stands in `_SHOWN_NOWHERE`, so a new kind of
page, block or setting is right from its first day, and whoever forgets this file makes the site slower and not wrong.
"""

import uuid
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move

from config.tasks import refresh_front
from privacy.queue import enqueue_on_commit

_GENERATION = "pages.generation"

#: Apps and models of which no page for everybody shows anything: people and what they sent, the editors' own work, the
#: machinery. What the foot of the statement counts of people is at most a minute old, as every page is.
_SHOWN_NOWHERE = frozenset(
    {
        *("auth", "contenttypes", "sessions", "wagtailadmin", "wagtailsearch", "wagtailusers"),
        *("privacy_consent", "privacy_mail", "privacy_retention", "privacy_rights", "privacy_subjects"),
        *("contact.submission", "contact.attachment", "contact.opening", "privacy_statement.linkcheck"),
        # A draft, and what is written down about it. A rendition is made by the very page that shows it.
        *("wagtailcore.revision", "wagtailcore.pagelogentry", "wagtailcore.modellogentry", "wagtailcore.referenceindex"),
        *("wagtailcore.comment", "wagtailcore.commentreply", "wagtailcore.pagesubscription", "wagtailcore.uploadedfile"),
        *("wagtailcore.workflowstate", "wagtailcore.taskstate", "wagtailimages.rendition"),
    }
)

#: Fields of a page that saving a draft touches.
_OF_DRAFTS = {"latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes"}


def generation_with(key: str) -> tuple[str, Any]:
    """Return the generation of now and what is kept under `key`, in one question; "" while the cache does not answer."""
    found = cache.get_many((_GENERATION, key))
    generation = found.get(_GENERATION)
    if generation is None:
        # The first one, or Redis has lost it and with it the right to say what is still true.
        cache.add(_GENERATION, uuid.uuid4().hex, timeout=None)
        generation = cache.get(_GENERATION, "")
    return generation, found.get(key)


def renew() -> None:
    """Begin a new generation: what was made before is not served again."""
    cache.set(_GENERATION, uuid.uuid4().hex, timeout=None)
    if settings.WAGTAILFRONTENDCACHE:
        enqueue_on_commit(refresh_front)


def renew_on_commit() -> None:
    """Begin a new generation once what changes now is there for everybody to see; once for each transaction."""
    connection = transaction.get_connection()
    if not any(hook[1] is renew for hook in connection.run_on_commit):
        transaction.on_commit(renew)


def is_shown(model: type[models.Model]) -> bool:
    """Whether a page for everybody may show something of this table."""
    return not _SHOWN_NOWHERE & {model._meta.app_label, model._meta.label_lower}


def _on_change(sender: type[models.Model], **kwargs: Any) -> None:
    drafted = set(kwargs.get("update_fields") or ())
    is_draft = issubclass(sender, Page) and drafted and drafted <= _OF_DRAFTS
    if is_shown(sender) and not is_draft:
        renew_on_commit()


def _on_event(**kwargs: Any) -> None:
    renew_on_commit()


def connect() -> None:
    """Listen to everything that changes something."""
    for signal in (post_save, post_delete, m2m_changed):
        signal.connect(_on_change, dispatch_uid="config.freshness")
    # Wagtail moves pages without saving them, and a migration changes rows without a word.
    for signal in (page_published, page_unpublished, post_page_move):
        signal.connect(_on_event, dispatch_uid="config.freshness")
    post_migrate.connect(_on_event, sender=apps.get_app_config("wagtailcore"), dispatch_uid="config.freshness")
