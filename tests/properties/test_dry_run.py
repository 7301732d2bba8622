"""What `--dry-run` says is what the run does, whoever there is: random people around every boundary, on real PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact.mails import OWNERS_MAIL
from contact.models import Submission
from privacy.mail.services import send
from privacy.register.periods import expires_at
from privacy.retention import classes
from privacy.retention.services import expire_due, preview
from privacy.rights.models import DataRequest
from privacy.rights.states import FINAL, State
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import registry
from tests.factories import AttachmentFactory, ConsentEventFactory, DataSubjectFactory, SubmissionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

#: Two years before it lies a leap day, which is clamped.
AS_OF = datetime(2026, 3, 1, 3, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)

#: Two years ago, give or take: seconds around the boundary, days around it (month ends are clamped), and far from it.
last_contacts = st.one_of(
    st.integers(-3, 3).map(lambda seconds: datetime(2024, 3, 1, 3, 15, tzinfo=UTC) + seconds * SECOND),
    st.integers(-96, 96).map(lambda hours: datetime(2024, 3, 1, 3, 15, tzinfo=UTC) + timedelta(hours=hours)),
    st.integers(0, 4000).map(lambda days: AS_OF - timedelta(days=days)),
)

people = st.lists(
    st.fixed_dictionaries(
        {
            "last_contact_at": last_contacts,
            "messages": st.integers(0, 3),
            "possible_spam": st.integers(0, 1),
            "files": st.integers(0, 2),
            "consents": st.integers(0, 2),
            "mails": st.integers(0, 2),
            # Seconds from the moment of the decision to the end of a hold (a dispute).
            "dispute": st.none() | st.integers(-2, 2) | st.just(10**7),
            "restricted": st.sampled_from([False, False, False, True]),
            "request": st.none() | st.sampled_from(State),
        }
    ),
    max_size=6,
)


def make(who: dict[str, Any]) -> DataSubject:
    """Make one person with everything that hangs on them."""
    kept: dict[str, Any] = {}
    if who["dispute"] is not None:
        kept = {"hold_until": AS_OF + who["dispute"] * SECOND, "hold_reason": "geschil"}
    if who["restricted"]:
        kept["restricted_at"] = AS_OF - timedelta(days=1)
    person = DataSubjectFactory.create(last_contact_at=who["last_contact_at"], **kept)
    messages = [SubmissionFactory.create(subject=person) for _ in range(who["messages"])]
    for message in messages[:1]:
        AttachmentFactory.create_batch(who["files"], submission=message)
    SubmissionFactory.create_batch(who["possible_spam"], subject=person, state=Submission.State.SPAM)
    ConsentEventFactory.create_batch(who["consents"], subject=person)
    for number in range(who["mails"]):
        send(kind=OWNERS_MAIL, reference=person.pk * 10 + number, subject=person)
    if who["request"]:
        closed = AS_OF if who["request"] in FINAL else None
        since = AS_OF if who["request"] == State.WAITING else None
        DataRequest.objects.create(
            subject=person, received_at=AS_OF, state=who["request"], closed_at=closed, waiting_since=since
        )
    return person


def rows() -> dict[str, int]:
    """Count the rows of every source."""
    everybody = DataSubject.objects.all()
    return {source.key: source.count(everybody) for source in registry.in_order()}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people)
def test_the_dry_run_says_exactly_what_the_run_does(everybody: list[dict[str, Any]]) -> None:
    """D2: people, and rows of every source; checked against the tables, and against the calendar in Python."""
    with transaction.atomic():
        made = {make(who).pk: who for who in everybody}
        before = rows()
        said, said_of_classes = preview(as_of=AS_OF), classes.preview(as_of=AS_OF)
        assert rows() == before
        done = expire_due(as_of=AS_OF)
        assert (done.due, done.held, done.by_source) == (said.due, said.held, said.by_source)
        assert done.statement_version == said.statement_version
        assert done.erased == said.due - said.held
        # Requests outlive their person; of everything else so many rows are gone.
        after = rows()
        gone = {key: before[key] - after[key] for key in before if key != "rights.requests"}
        assert gone == {key: count for key, count in done.by_source.items() if key != "rights.requests"}
        left = set(DataSubject.objects.values_list("pk", flat=True))
        due = {pk for pk, who in made.items() if expires_at(who["last_contact_at"], 24) <= AS_OF}
        assert done.due == len(due)
        assert made.keys() - left <= due
        assert len(left) == len(made) - done.erased
        assert Submission.objects.count() == sum(made[pk]["messages"] + made[pk]["possible_spam"] for pk in left)
        # What ends by a clock of its own comes after the people.
        assert {ended.source: ended.rows for ended in classes.end_classes(as_of=AS_OF)} == said_of_classes
        transaction.set_rollback(True)
