"""What `--dry-run` says is what the run does, whoever there is: random people around every boundary, on real PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from privacy.register.periods import Period, expires_at
from privacy.retention import classes
from privacy.retention.services import expire_due, preview
from privacy.rights.models import DataRequest
from privacy.rights.states import FINAL, State
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import registry
from tests import sources
from tests.classes import MAKE, version
from tests.factories import DataSubjectFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

#: Two years before it lies a leap day, which is clamped. In the past: what is written down while we are at it is never due.
AS_OF = datetime(2026, 3, 1, 3, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)

#: From the moment at which a period would end just then: seconds around it, days around it (month ends are clamped), and far.
offsets = st.one_of(
    st.integers(-3, 3).map(lambda seconds: seconds * SECOND),
    st.integers(-96, 96).map(lambda hours: timedelta(hours=hours)),
    st.integers(-600, 600).map(lambda days: timedelta(days=days)),
)

#: A row of a source, and how far its own period, where it has one, is from its end.
things = st.lists(st.tuples(st.sampled_from(sorted(sources.MAKE)), offsets), max_size=5)

people = st.lists(
    st.fixed_dictionaries(
        {
            "last_contact": offsets,
            "things": things,
            # Seconds from the moment of the decision to the end of a hold (a dispute).
            "dispute": st.none() | st.integers(-2, 2) | st.just(10**7),
            "restricted": st.sampled_from([False, False, False, True]),
            "request": st.none() | st.none() | st.sampled_from(State),
        }
    ),
    max_size=6,
)

#: Rows of nobody in particular, of each class of data one.
of_nobody = st.lists(st.tuples(st.sampled_from(sorted(MAKE)), offsets), max_size=6, unique_by=lambda row: row[0])


def begun(period: Period, offset: timedelta) -> datetime:
    """Return a moment from which a period ends about then."""
    local = timezone.localtime(AS_OF) - relativedelta(months=period.months, days=period.days)
    return (local + offset).astimezone(UTC)


def period_of(source: str) -> Period:
    """Return the period after which a row of a source ends by itself, or with its person."""
    models = {registry.sources[source].model}
    rules = [clock.rule for clock in registry.clocks.values() if clock.model in models] or ["relations"]
    return version().period(rules[0])


def make(who: dict[str, Any]) -> DataSubject:
    """Make one person with everything that hangs on them."""
    kept: dict[str, Any] = {}
    if who["dispute"] is not None:
        kept = {"hold_until": AS_OF + who["dispute"] * SECOND, "hold_reason": "geschil"}
    if who["restricted"]:
        kept["restricted_at"] = AS_OF - timedelta(days=1)
    person: DataSubject = DataSubjectFactory.create(
        last_contact_at=begun(version().period("relations"), who["last_contact"]), **kept
    )
    for source, offset in who["things"]:
        sources.MAKE[source](person, begun(period_of(source), offset))
    if who["request"]:
        closed = AS_OF if who["request"] in FINAL else None
        since = AS_OF if who["request"] == State.WAITING else None
        archive = {"archive": f"inzage/van-{person.pk}", "built_at": begun(Period(0, 7), who["last_contact"])}
        DataRequest.objects.create(
            subject=person, received_at=AS_OF, state=who["request"], closed_at=closed, waiting_since=since, **archive
        )
    return person


def rows() -> dict[str, int]:
    """Count the rows of every source."""
    everybody = DataSubject.objects.all()
    return {source.key: source.count(everybody) for source in registry.in_order()}


def test_every_source_and_every_class_is_among_them() -> None:
    """A source or class that is new is not forgotten here."""
    assert sources.MAKE.keys() == registry.sources.keys()
    assert MAKE.keys() == {key for key in registry.clocks if key != "contact.possible_spam"}
    before = rows()
    person = make(
        {
            "last_contact": timedelta(),
            "things": [(key, timedelta()) for key in sorted(sources.MAKE)],
            "dispute": None,
            "restricted": False,
            "request": None,
        }
    )
    assert DataSubject.objects.get() == person
    assert [key for key, count in rows().items() if count == before[key]] == []


def somebody_due(*things: str, request: State | None = None) -> dict[str, Any]:
    """Describe a person who goes that night, and all of whose things are past a period of their own by then."""
    free: dict[str, Any] = {"dispute": None, "restricted": False, "request": request}
    return free | {"last_contact": -SECOND, "things": [(source, -SECOND) for source in things]}


@example([somebody_due("rights.requests", "mail.sent", "consent.unconfirmed")], [])  # of which the request stays behind
@example([somebody_due(request=State.DELIVERED)], [("rights.archives", -SECOND)])  # whose archive goes along
@example([], [("rights.archives", -SECOND), ("rights.answered", -SECOND)])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people, of_nobody)
def test_the_dry_run_says_exactly_what_the_run_does(
    everybody: Sequence[dict[str, Any]], nobodys: Sequence[tuple[str, timedelta]]
) -> None:
    """D2: people, and rows of every source and class; checked against the tables, and against the calendar in Python."""
    with transaction.atomic():
        for who in everybody:
            make(who)
        for key, offset in nobodys:
            MAKE[key](begun(version().period(registry.clocks[key].rule), offset))
        last_contact = dict(DataSubject.objects.values_list("pk", "last_contact_at"))
        before = rows()
        said, said_of_classes = preview(as_of=AS_OF), classes.preview(as_of=AS_OF)
        assert rows() == before
        done = expire_due(as_of=AS_OF)
        assert (done.due, done.held, done.by_source) == (said.due, said.held, said.by_source)
        assert done.statement_version == said.statement_version
        assert done.erased == said.due - said.held
        # Requests lose their person and stay; of everything else so many rows are gone.
        after = rows()
        assert {key: before[key] - after[key] for key in before} == done.by_source
        left = set(DataSubject.objects.values_list("pk", flat=True))
        due = {pk for pk, at in last_contact.items() if expires_at(at, 24) <= AS_OF}
        assert done.due == len(due)
        assert last_contact.keys() - left <= due
        assert len(left) == len(last_contact) - done.erased
        # What ends by a clock of its own comes after the people.
        assert {ended.source: ended.rows for ended in classes.end_classes(as_of=AS_OF)} == said_of_classes
        assert classes.overdue(version(), AS_OF) == 0, "and of what may go nothing is left"
        transaction.set_rollback(True)
