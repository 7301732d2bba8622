"""Background jobs of the requests. Ids only: no personal data in the broker."""

import logging

from celery import shared_task
from django.utils import timezone

from privacy.statement.models import NoStatementInForce

from .models import DataRequest
from .services import build, sweep_archives

logger = logging.getLogger(__name__)


@shared_task
def build_archive(request_id: int) -> None:
    """Build the archive of one request. May run twice: the first that finishes delivers, the other cleans up."""
    request = DataRequest.objects.open().select_related("subject").filter(pk=request_id).first()
    if request is None:
        return
    try:
        build(request)
    except NoStatementInForce:
        logger.error("%s waits: no privacy statement is in force.", request)


@shared_task
def build_pending() -> None:
    """Build what a dead broker or worker left undone. May run at any time."""
    for pk in DataRequest.objects.open().order_by("pk").values_list("pk", flat=True):
        build_archive(pk)


@shared_task
def delete_expired_archives() -> None:
    """Delete archives past their days. May run twice: the second finds nothing."""
    if swept := sweep_archives(at=timezone.now()):
        logger.info("%s archives deleted.", swept)
