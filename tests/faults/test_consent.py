"""A withdrawal counts whatever dies: what it deletes is deleted later, once (B8)."""

import pytest
from config.testing import Worker, wait_until
from django.test import Client

from contact.models import Submission
from privacy.consent.links import token_for
from privacy.consent.models import ConsentEvent, ErasureDue
from privacy.consent.services import may
from privacy.consent.tasks import erase_withdrawn, sweep
from privacy.subjects.models import DataSubject
from tests.conftest import Broker
from tests.factories import send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]


def withdraw(client: Client) -> str:
    """Press the button on the page of somebody who wrote; return their token."""
    token = token_for(DataSubject.objects.get())
    response = client.post(f"/toestemming/{token}/", {"action": "withdraw", "purpose": "enquiry"}, follow=True)
    assert response.status_code == 200
    return token


def test_with_the_broker_gone_it_counts_at_once_and_the_sweep_deletes(client: Client, broker: Broker, worker: Worker) -> None:
    send(client)
    broker.stop()
    withdraw(client)
    assert not may(subject=DataSubject.objects.get(), purpose="enquiry")
    assert Submission.objects.exists()

    broker.start()
    worker.start()
    sweep.delay()  # what beat does each minute
    wait_until(lambda: not ErasureDue.objects.exists(), message=lambda: worker.log)
    assert not Submission.objects.exists()
    assert ConsentEvent.objects.count() == 2


def test_a_real_worker_deletes_once_and_logs_nobodys_key(client: Client, celery_worker_process: Worker) -> None:
    """I10, I12: neither address nor token is in queue or log."""
    send(client, email="jan.jansen@voorbeeld.example")
    token = withdraw(client)
    wait_until(lambda: not ErasureDue.objects.exists(), message=lambda: celery_worker_process.log)
    assert not Submission.objects.exists()
    before = celery_worker_process.log.count("succeeded in")
    erase_withdrawn.delay(1)
    sweep.delay()
    wait_until(lambda: celery_worker_process.log.count("succeeded in") >= before + 2, message=lambda: celery_worker_process.log)
    assert "jansen" not in celery_worker_process.log
    assert token not in celery_worker_process.log
    assert "Traceback" not in celery_worker_process.log
