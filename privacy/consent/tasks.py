"""Background jobs of this room. Ids only: no personal data in the broker."""

import logging

from celery import shared_task
from django.utils import timezone

from privacy.subjects.models import DataSubject

from . import ledger
from .erasure import carry_out
from .models import ErasureDue

logger = logging.getLogger(__name__)

#: So many jobs in one sweep; the next one takes the rest.
PER_SWEEP = 500


@shared_task
def erase_withdrawn(due_id: int) -> None:
    """Delete what one withdrawal left without a basis. May run twice: the job is a row that goes when it is done."""
    _carry_out(due_id)


@shared_task
def sweep() -> None:
    """Do what a dead broker swallowed, a hold kept or a full disk refused. May run at any time."""
    now = timezone.now()
    if written := ledger.write_the_rest(PER_SWEEP):
        logger.info("%s withdrawals that waited for the disk are in the ledger.", written)
    # Only who is free: those on hold would fill the sweep and keep the others waiting.
    due = ErasureDue.objects.filter(subject__in=DataSubject.objects.free(now)).order_by("pk")
    for pk in due.values_list("pk", flat=True)[:PER_SWEEP]:
        _carry_out(pk)


def _carry_out(due_id: int) -> None:
    try:
        carry_out(due_id, at=timezone.now())
    except OSError as error:
        logger.error("The erasure ledger cannot be written (%s): ErasureDue #%s waits.", type(error).__name__, due_id)
