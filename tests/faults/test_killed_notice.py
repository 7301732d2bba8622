"""A worker that loses its power while it tells everybody of a new statement: each person is told exactly once (A20)."""

from collections import Counter

import pytest
from config.testing import Worker, wait_until
from django.utils import timezone

from privacy.mail.models import Mail
from privacy.mail.tasks import sweep
from privacy.statement.notices import notices_of
from tests.factories import DataSubjectFactory, publish, set_period
from tests.smtp import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]


def test_killed_in_the_middle_and_started_again(worker: Worker) -> None:
    people = DataSubjectFactory.create_batch(12)
    set_period(12)
    version = publish()
    with MailServer() as server:
        server.hang_after = 5
        worker.start(**server.settings() | {"EMAIL_TIMEOUT": 60})
        sweep.delay()
        wait_until(lambda: server.heard == 6, message=lambda: worker.log)
        worker.kill()
        assert notices_of(version.pk).progress().sent == 5

        server.hang_after = None
        worker.start(**server.settings())
        sweep.delay()  # what beat does each minute
        wait_until(lambda: len(server.taken) == 11, message=lambda: worker.log)
        # The one that was on its way waits its time.
        Mail.objects.filter(state=Mail.State.PENDING).update(next_attempt_at=timezone.now())
        for _ in range(2):
            sweep.delay()
        wait_until(lambda: notices_of(version.pk).progress().sent == 12, message=lambda: worker.log)
    assert Counter(mail["To"] for mail in server.taken) == Counter(person.email for person in people)
