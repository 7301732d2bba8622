"""A worker that loses its power in the middle of the night: what was promised is kept all the same."""

from collections import Counter
from typing import Any

import pytest
from config.testing import Worker, wait_until

from contact.models import Submission
from privacy.consent.models import ConsentEvent
from privacy.retention.models import RetentionRun
from privacy.retention.tasks import resume_interrupted, run_nightly
from privacy.subjects import ledger
from privacy.subjects.models import DataSubject
from tests.factories import many_relations
from tests.locking import wait_for_nobody

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

DUE = 5_000
BYSTANDERS = 50


def test_killed_in_the_middle_and_started_again(worker: Worker, settings: Any) -> None:
    """D2: all gone exactly once, bystanders whole, one run row whose counts are exact."""
    many_relations(DUE, bystanders=BYSTANDERS)
    before = len(list(ledger.read()))
    worker.start(RETENTION_BATCH_SIZE=20, RETENTION_WORKERS=2)
    run_nightly.delay()
    wait_until(lambda: RetentionRun.objects.filter(erased__gt=0).exists(), message=lambda: worker.log[-4000:])
    worker.kill()

    # PostgreSQL undoes the batch of a dead connection by itself; wait until it has, so that the count holds still.
    wait_for_nobody()
    run = RetentionRun.objects.get()
    assert run.state == RetentionRun.State.RUNNING
    assert 0 < run.erased < DUE, "the worker was killed too late for this test to mean anything"
    # What the row counts is what is gone: nothing half.
    assert DataSubject.objects.count() == DUE + BYSTANDERS - run.erased
    assert Submission.objects.count() == ConsentEvent.objects.count() == DataSubject.objects.count()

    worker.start(RETENTION_WORKERS=2)
    resume_interrupted.delay()  # what beat does every few minutes
    wait_until(
        lambda: RetentionRun.objects.filter(state=RetentionRun.State.FINISHED).exists(),
        message=lambda: worker.log[-4000:],
    )
    run.refresh_from_db()
    assert RetentionRun.objects.count() == 1
    assert (run.due, run.erased, run.by_source["contact.submissions"]) == (DUE, DUE, DUE)
    assert DataSubject.objects.count() == Submission.objects.count() == ConsentEvent.objects.count() == BYSTANDERS
    # Every one of them has a line; only those of the batch that was undone may have two (see the ledger's principle).
    lines = Counter(line.subject for line in list(ledger.read())[before:])
    assert len(lines) == DUE
    assert sum(count - 1 for count in lines.values()) <= 20
