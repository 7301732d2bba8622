"""The benchmarks' people fit the tables: a benchmark that nobody runs must not rot."""

import pytest

from benchmarks import data, inzage
from contact.models import Submission
from privacy.subjects.models import DataSubject


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("demo_site")
def test_fills_the_database_and_asks_for_one_person() -> None:
    data.fill(20)
    email = data.one_person(3)
    assert (DataSubject.objects.count(), Submission.objects.count()) == (21, 23)
    inzage.copy(email)
    inzage.build(email)
