"""House-keeping of Django and Wagtail, by the clock of `config.celery`. Both commands may run twice."""

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from wagtail.contrib.frontend_cache.utils import PurgeBatch
from wagtail.models import Page

from config.addresses import statement_paths

#: Cache key of the last time at which beat had a worker do something.
HEARTBEAT = "heartbeat"
HEARTBEAT_SECONDS = 300


@shared_task
def heartbeat() -> None:
    """Show that the clock runs, to `/healthz/jobs`. May run twice."""
    cache.set(HEARTBEAT, timezone.now().timestamp(), HEARTBEAT_SECONDS)


@shared_task
def refresh_front() -> None:
    """Have the caches in front of us fetch every page anew: a change of one shows in the menu of all. May run twice."""
    batch = PurgeBatch(settings.SITE_URL + path for path in statement_paths())
    batch.add_pages(Page.objects.filter(depth__gt=1))
    batch.purge()


@shared_task
def clear_sessions() -> None:
    """Delete the sessions that have expired."""
    call_command("clearsessions")


@shared_task
def publish_scheduled() -> None:
    """Publish and unpublish the pages whose time has come."""
    call_command("publish_scheduled")
