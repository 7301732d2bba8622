"""Help in the night: a second process while nobody is on the site, and none beside a visitor (decision 0476)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import redis
from django.core.management import call_command
from django.utils import timezone

from privacy.retention import services
from privacy.retention.models import RetentionRun
from privacy.retention.services import STINT, assist, expire_due, pause
from privacy.retention.tasks import run_nightly
from privacy.statement.models import StatementVersion
from privacy.subjects.contact import Contact
from privacy.subjects.models import DataSubject
from privacy.subjects.services import touch
from tests.factories import many_relations, relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

DUE = 30


@pytest.fixture
def run() -> RetentionRun:
    """A run that another process began, with thirty people due."""
    many_relations(DUE, bystanders=5)
    now = timezone.now()
    version = StatementVersion.objects.binding()
    return RetentionRun.objects.create(started_at=now, as_of=now, version=version, months=24, due=DUE)


@pytest.fixture
def small(settings: Any) -> None:
    """Batches of ten."""
    settings.RETENTION_BATCH_SIZE = 10


def left() -> int:
    """Return how many of the thirty are still there."""
    return DataSubject.objects.count() - 5


def visitor(seconds_ago: float) -> None:
    """Let one of the bystanders have been in contact so long ago."""
    kept = DataSubject.objects.order_by("-last_contact_at").values("pk")[:1]
    DataSubject.objects.filter(pk__in=kept).update(last_contact_at=timezone.now() - timedelta(seconds=seconds_ago))


def after_each_batch(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Have something happen whenever a batch is through."""
    real = services._expire_batch

    def batch(*args: Any) -> Any:
        found = real(*args)
        act()
        return found

    monkeypatch.setattr(services, "_expire_batch", batch)


@pytest.mark.parametrize(("seconds_ago", "expected"), [(3, DUE), (30, DUE), (65, 0), (-60, 0)])
def test_helps_unless_somebody_was_here_in_the_last_minute(run: RetentionRun, seconds_ago: float, expected: int) -> None:
    """A clock that is ahead of ours is nobody's visit."""
    visitor(seconds_ago)
    assist(run.pk)
    assert left() == expected


@pytest.mark.parametrize(("seconds_ago", "calls"), [(3, 0), (65, 1)])
def test_help_is_called_unless_somebody_was_here_in_the_last_minute(seconds_ago: float, calls: int) -> None:
    many_relations(DUE, bystanders=5)
    visitor(seconds_ago)
    called: list[Any] = []
    expire_due(call_help=lambda *args: not called.append(args))
    assert (len(called), left()) == (calls, 0)


@pytest.mark.usefixtures("small")
def test_help_goes_when_somebody_comes(run: RetentionRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch in hand is the last: any way of contact counts, since all move the same clock."""
    after_each_batch(monkeypatch, lambda: touch(email="b@example.com", at=timezone.now(), contact=Contact.REQUEST))
    assist(run.pk)
    assert DataSubject.objects.filter(last_contact_at__lt=run.as_of - timedelta(days=800)).count() == DUE - 10


@pytest.mark.usefixtures("small")
def test_help_lasts_a_moment(run: RetentionRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tasks of its worker must not wait for the night to end."""
    clock = [100.0]
    monkeypatch.setattr(services.time, "monotonic", lambda: clock[0])
    after_each_batch(monkeypatch, lambda: clock.__setitem__(0, clock[0] + STINT * 0.6))
    assist(run.pk)
    assert left() == DUE - 20


@pytest.mark.usefixtures("small")
def test_help_is_called_again_from_where_the_walk_is(run: RetentionRun, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(services.time, "monotonic", lambda: clock[0])
    after_each_batch(monkeypatch, lambda: clock.__setitem__(0, clock[0] + STINT * 0.6))
    people = [*DataSubject.objects.order_by("last_contact_at", "pk").values_list("last_contact_at", "pk")]
    called: list[Any] = []
    expire_due(call_help=lambda *args: not called.append(args))
    assert [run_id for run_id, _ in called] == [run.pk, run.pk]
    # After two batches of ten.
    assert called[0][1] is None
    assert (datetime.fromisoformat(called[1][1][0]), called[1][1][1]) == people[19]


@pytest.mark.usefixtures("small", "run")
def test_help_that_cannot_be_called_is_called_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that is away would cost every two seconds a moment of waiting."""
    monkeypatch.setattr(services, "STINT", 0)
    called: list[Any] = []
    expire_due(call_help=lambda *args: bool(called.append(args)))
    assert (len(called), left()) == (1, 0)


def test_help_goes_on_where_the_walk_is(run: RetentionRun) -> None:
    """As the broker gives it back: a list. Nobody before it is looked at again."""
    person = DataSubject.objects.order_by("last_contact_at", "pk")[9]
    assist(run.pk, json.loads(json.dumps((person.last_contact_at.isoformat(), person.pk))))
    assert left() == 10


@pytest.mark.usefixtures("small")
def test_help_heeds_the_pause(run: RetentionRun, monkeypatch: pytest.MonkeyPatch) -> None:
    after_each_batch(monkeypatch, lambda: pause(run))
    assist(run.pk)
    assert left() == DUE - 10
    assist(run.pk)
    assert left() == DUE - 10


@pytest.mark.parametrize("begin", [run_nightly, lambda: call_command("retention_run", stdout=StringIO())])
def test_a_call_that_nobody_heard_ends_by_itself(begin: Callable[[], object], broker: Any, settings: Any) -> None:
    """Else a night with busy workers would leave them a heap of calls. By hand a run is begun in the same way."""
    settings.RETENTION_WORKERS = 3
    relation(timezone.now() - timedelta(days=800))
    before = datetime.now(UTC)
    begin()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        calls = [json.loads(raw)["headers"] for raw in client.lrange("celery", 0, -1)]
    assert [call["task"] for call in calls] == ["privacy.retention.tasks.help_along"] * 2
    for call in calls:
        assert before < datetime.fromisoformat(call["expires"]) <= datetime.now(UTC) + timedelta(seconds=STINT)
