"""A worker that loses its power in the middle of the night: what was promised is kept all the same."""

from collections import Counter
from typing import Any

import pytest
from config.testing import Worker, wait_until
from django.db import connection
from django.utils import timezone

from contact.models import Submission
from privacy.consent.models import ConsentEvent
from privacy.retention.models import RetentionRun
from privacy.retention.tasks import resume_interrupted, run_nightly
from privacy.subjects import ledger
from privacy.subjects.models import DataSubject
from tests.factories import relation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

DUE = 5_000
BYSTANDERS = 50


def many_relations() -> None:
    """Make 5,000 people who are due and 50 who are not, each with a message and a consent; set-wise, for speed."""
    template = relation(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO privacy_subjects_datasubject (email, created_at, last_contact_at, hold_reason)
            SELECT 'n' || n || '@voorbeeld.example', now(),
                   now() - CASE WHEN n <= %s THEN interval '3 years' ELSE interval '1 year' END, ''
            FROM generate_series(1, %s) AS n
            """,
            [DUE, DUE + BYSTANDERS],
        )
        cursor.execute(
            """
            INSERT INTO contact_submission (form_data, page_id, subject_id, submission_id, labels, version_id,
                                            submit_time)
            SELECT like_this.form_data, like_this.page_id, who.id, gen_random_uuid(), like_this.labels,
                   like_this.version_id, who.last_contact_at
            FROM privacy_subjects_datasubject AS who, contact_submission AS like_this WHERE who.id <> %s
            """,
            [template.pk],
        )
        cursor.execute(
            """
            INSERT INTO privacy_consent_consentevent (subject_id, purpose, action, wording, version_id, language, place, at)
            SELECT who.id, like_this.purpose, like_this.action, like_this.wording, like_this.version_id,
                   like_this.language, like_this.place, who.last_contact_at
            FROM privacy_subjects_datasubject AS who, privacy_consent_consentevent AS like_this WHERE who.id <> %s
            """,
            [template.pk],
        )


def test_killed_in_the_middle_and_started_again(worker: Worker, settings: Any) -> None:
    """D2: all gone exactly once, bystanders whole, one run row whose counts are exact."""
    many_relations()
    before = len(list(ledger.read()))
    worker.start(RETENTION_BATCH_SIZE=20)
    run_nightly.delay()
    wait_until(lambda: RetentionRun.objects.filter(erased__gt=0).exists(), message=lambda: worker.log[-4000:])
    worker.kill()

    # PostgreSQL undoes the batch of a dead connection by itself; wait until it has, so that the count holds still.
    wait_until(_no_other_connection)
    run = RetentionRun.objects.get()
    assert run.state == RetentionRun.State.RUNNING
    assert 0 < run.erased < DUE, "the worker was killed too late for this test to mean anything"
    # What the row counts is what is gone: nothing half.
    assert DataSubject.objects.count() == 1 + DUE + BYSTANDERS - run.erased
    assert Submission.objects.count() == ConsentEvent.objects.count() == DataSubject.objects.count()

    worker.start()
    resume_interrupted.delay()  # what beat does every few minutes
    wait_until(
        lambda: RetentionRun.objects.filter(state=RetentionRun.State.FINISHED).exists(),
        message=lambda: worker.log[-4000:],
    )
    run.refresh_from_db()
    assert RetentionRun.objects.count() == 1
    assert (run.due, run.erased, run.by_source["contact.submissions"]) == (DUE, DUE, DUE)
    assert DataSubject.objects.count() == Submission.objects.count() == ConsentEvent.objects.count() == 1 + BYSTANDERS
    # Every one of them has a line; only those of the batch that was undone may have two (see the ledger's principle).
    lines = Counter(line.subject for line in list(ledger.read())[before:])
    assert len(lines) == DUE
    assert sum(count - 1 for count in lines.values()) <= 20


def _no_other_connection() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        (others,) = cursor.fetchone()
    return not others
