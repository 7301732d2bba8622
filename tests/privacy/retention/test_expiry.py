"""The expiry: nobody a second too early, nobody forgotten, nobody else touched."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from contact.mails import OWNERS_MAIL
from contact.models import Submission
from privacy.consent.models import ConsentEvent
from privacy.mail.models import Mail
from privacy.mail.services import send
from privacy.retention.models import RetentionRun
from privacy.retention.services import AlreadyRunning, expire_due, preview
from privacy.retention.status import forget, status
from privacy.retention.tasks import resume_interrupted, run_nightly
from privacy.rights.models import DataRequest
from privacy.statement.models import NoStatementInForce, PrivacyStatementPage
from privacy.subjects import ledger
from privacy.subjects.contact import Contact
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import registry
from privacy.subjects.services import touch
from tests.factories import AttachmentFactory, relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SECOND = timedelta(seconds=1)


def local(*parts: int, fold: int = 0) -> datetime:
    """Return a moment on the clock of Amsterdam."""
    return datetime(*parts, tzinfo=AMSTERDAM, fold=fold)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("last_contact", "due"),
    [
        pytest.param(local(2024, 11, 23, 10), local(2026, 11, 23, 10), id="ordinary day"),
        pytest.param(local(2024, 2, 29, 12), local(2026, 2, 28, 12), id="29 February ends on the 28th"),
        pytest.param(local(2024, 3, 31, 12), local(2026, 3, 31, 12), id="on the day after the clock went forward"),
        pytest.param(local(2023, 3, 30, 2, 30), local(2025, 3, 30, 3, 30), id="into the hour that does not exist"),
        pytest.param(local(2024, 10, 26, 2, 30), local(2026, 10, 26, 2, 30), id="before the clock went back"),
        pytest.param(local(2023, 10, 26, 2, 30), local(2025, 10, 26, 2, 30, fold=1), id="into the hour that comes twice"),
        pytest.param(local(2024, 10, 27, 2, 30, fold=0), local(2026, 10, 27, 2, 30), id="from the hour that comes twice"),
    ],
)
def test_due_to_the_second(last_contact: datetime, due: datetime) -> None:
    """A7, D1: 24 calendar months on the reader's clock; at month ends clamped, at clock changes never early."""
    person = relation(last_contact)
    assert expire_due(as_of=due - SECOND).erased == 0
    assert DataSubject.objects.filter(pk=person.pk).exists()
    assert expire_due(as_of=due).erased == 1
    assert not DataSubject.objects.filter(pk=person.pk).exists()


def test_erases_every_source_and_nobody_else() -> None:
    """D4: the run counts rows per source and keeps no name; whoever is not due keeps everything."""
    now = timezone.now()
    due, bystander = relation(now - timedelta(days=800)), relation(now - timedelta(days=10))
    for person in (due, bystander):
        send(kind=OWNERS_MAIL, reference=person.pk, subject=person)
        AttachmentFactory.create(submission=person.submissions.get())
    outcome = expire_due()
    assert (outcome.due, outcome.erased, outcome.held) == (1, 1, 0)
    assert {key: count for key, count in outcome.by_source.items() if count} == {
        "mail.sent": 1,
        "contact.attachments": 1,
        "contact.submissions": 1,
        "consent.events": 1,
        "subjects.person": 1,
    }
    assert set(outcome.by_source) == set(registry.sources)
    assert [row.subject_id for row in Submission.objects.all()] == [bystander.pk]
    assert [row.subject_id for row in ConsentEvent.objects.all()] == [bystander.pk]
    assert [row.subject_id for row in Mail.objects.all()] == [bystander.pk]
    run = RetentionRun.objects.get()
    assert (run.state, run.months, run.version.number, run.erased) == ("finished", 24, 1, 1)


def test_a_second_run_finds_nothing() -> None:
    """D2: the run is idempotent."""
    relation(timezone.now() - timedelta(days=800))
    assert expire_due().erased == 1
    second = expire_due()
    assert (second.due, second.erased) == (0, 0)


def test_batches_add_up() -> None:
    for _ in range(7):
        relation(timezone.now() - timedelta(days=800))
    outcome = expire_due(batch_size=3)
    assert (outcome.due, outcome.erased, outcome.by_source["contact.submissions"]) == (7, 7, 7)
    assert len({line.subject for line in ledger.read()}) >= 7


def test_one_ledger_line_a_person_and_no_name_in_it(settings: Any, tmp_path: Any) -> None:
    """D4, invariant 5: outside the database stands that somebody went, not who."""
    settings.ERASURE_LEDGER_DIR = tmp_path
    person = relation(timezone.now() - timedelta(days=800), email="anna@voorbeeld.example")
    outcome = expire_due()
    (line,) = ledger.read()
    assert (line.subject, line.run, line.reason) == (ledger.pseudonym(person.email), outcome.run, "expired")
    assert "anna" not in "".join(path.read_text() for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    "reason",
    [{"held": True}, {"restricted": True}, {"hold_until": timezone.now() + timedelta(days=1), "hold_reason": "geschil"}],
)
def test_held_and_restricted_people_stay(reason: dict[str, Any]) -> None:
    """D3, C17: a hold or a restriction (art. 18) stops the clock, and the run says how many."""
    person = relation(timezone.now() - timedelta(days=800), **reason)
    outcome = expire_due()
    assert (outcome.due, outcome.erased, outcome.held) == (1, 0, 1)
    assert Submission.objects.filter(subject=person).exists()


def test_a_hold_that_is_over_holds_no_longer() -> None:
    ended = timezone.now() - SECOND
    relation(timezone.now() - timedelta(days=800), hold_until=ended, hold_reason="geschil")
    assert expire_due().erased == 1


def test_an_open_request_keeps_its_person() -> None:
    """D3: nobody is erased between asking for their data and getting it."""
    person = relation(timezone.now() - timedelta(days=800))
    request = DataRequest.objects.create(subject=person, received_at=timezone.now())
    assert (expire_due().erased, preview().held) == (0, 1)
    DataRequest.objects.filter(pk=request.pk).update(state="delivered", closed_at=timezone.now())
    assert expire_due().erased == 1


def test_nothing_is_deleted_without_a_statement() -> None:
    """Invariant 1: no published statement, no period, no deletion."""
    person = relation(timezone.now() - timedelta(days=8000))
    PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
    with pytest.raises(NoStatementInForce):
        expire_due()
    run_nightly()
    assert Submission.objects.filter(subject=person).exists()
    assert not RetentionRun.objects.exists()


def test_dry_run_says_what_the_run_does() -> None:
    """D2: same people, same rows; and it leaves no trace."""
    for days in (700, 735, 800, 900):
        relation(timezone.now() - timedelta(days=days))
    relation(timezone.now() - timedelta(days=900), held=True)
    as_of = timezone.now()
    said = preview(as_of=as_of)
    assert DataSubject.objects.count() == 5
    assert not RetentionRun.objects.exists()
    done = expire_due(as_of=as_of)
    assert (said.due, said.held, said.by_source) == (done.due, done.held, done.by_source)
    assert (said.run, said.erased, done.erased) == (None, 0, 3)


def test_whoever_writes_before_the_lock_is_kept() -> None:
    """The condition is looked at again under the lock: here the person writes between the count and the batch."""
    person = relation(timezone.now() - timedelta(days=800))
    as_of = timezone.now()

    class Writes:
        """Somebody who presses the button at the worst moment."""

        def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
            if "FOR UPDATE" in sql and not self.done:
                self.done = True
                touch(email=person.email, at=timezone.now(), contact=Contact.MESSAGE)
            return execute(sql, *rest)

        done = False

    with connection.execute_wrapper(Writes()):
        outcome = expire_due(as_of=as_of)
    assert (outcome.due, outcome.erased) == (1, 0)
    assert Submission.objects.filter(subject=person).exists()


@pytest.mark.parametrize("comes", ["request", "hold"])
def test_whoever_is_to_be_kept_since_the_lock_was_asked_for_is_kept(comes: str) -> None:
    """D3: a lock looks at the rows as they were when it was asked for; so they are looked at once more when it is there."""
    person = relation(timezone.now() - timedelta(days=800))
    bystander = relation(timezone.now() - timedelta(days=800))

    class Keeps:
        """Something that keeps the person, committed while the lock was waited for."""

        done = False

        def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
            result = execute(sql, *rest)
            if "FOR UPDATE" in sql and "SKIP LOCKED" in sql and not self.done:
                self.done = True
                if comes == "request":
                    DataRequest.objects.create(subject=person, received_at=timezone.now())
                else:
                    until = timezone.now() + timedelta(days=9)
                    DataSubject.objects.filter(pk=person.pk).update(hold_until=until, hold_reason="geschil")
            return result

    keeps = Keeps()
    with connection.execute_wrapper(keeps):
        outcome = expire_due()
    assert keeps.done
    assert (outcome.due, outcome.erased, outcome.held) == (2, 1, 1)
    assert [row.pk for row in DataSubject.objects.all()] == [person.pk]
    assert not Submission.objects.filter(subject=bystander.pk).exists()


class TestAfterAnInterruption:
    """A run that died is taken up under its own number, unless the statement or the moment has changed."""

    @pytest.fixture
    def dead(self) -> RetentionRun:
        """A run that got through one of three people."""
        version = PrivacyStatementPage.objects.get(locale__language_code="nl").versions.get()
        return RetentionRun.objects.create(
            started_at=timezone.now(),
            as_of=timezone.now(),
            version=version,
            months=24,
            due=3,
            erased=1,
            by_source={"subjects.person": 1},
        )

    def test_goes_on_and_adds_up(self, dead: RetentionRun) -> None:
        for _ in range(2):
            relation(timezone.now() - timedelta(days=800))
        resume_interrupted()
        dead.refresh_from_db()
        assert (dead.state, dead.erased, dead.by_source["subjects.person"]) == ("finished", 3, 3)
        assert RetentionRun.objects.count() == 1

    def test_a_finished_run_is_not_taken_up(self, dead: RetentionRun) -> None:
        RetentionRun.objects.update(state="finished")
        relation(timezone.now() - timedelta(days=800))
        resume_interrupted()
        assert DataSubject.objects.count() == 1

    def test_another_moment_is_another_run(self, dead: RetentionRun) -> None:
        expire_due(as_of=dead.as_of + timedelta(days=1))
        dead.refresh_from_db()
        assert dead.state == "stopped"
        assert RetentionRun.objects.count() == 2


def test_a_ledger_that_cannot_be_written_stops_the_deletion(settings: Any, tmp_path: Any) -> None:
    """Invariant 5: no line, no deletion; the next run takes it up."""
    person = relation(timezone.now() - timedelta(days=800))
    (tmp_path / "file").write_text("not a folder")
    good, settings.ERASURE_LEDGER_DIR = settings.ERASURE_LEDGER_DIR, tmp_path / "file" / "ledger"
    with pytest.raises(OSError):  # noqa: PT011 (which one depends on the system)
        expire_due()
    assert Submission.objects.filter(subject=person).exists()
    assert RetentionRun.objects.get().erased == 0
    settings.ERASURE_LEDGER_DIR = good
    resume_interrupted()
    assert RetentionRun.objects.get().erased == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one() -> None:
    """D2: a second beat, or an impatient officer, finds the lock taken."""
    relation(timezone.now() - timedelta(days=800))
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(7011992, 0)")
        with pytest.raises(AlreadyRunning):
            expire_due()
        assert DataSubject.objects.count() == 1
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(7011992, 0)")
    finally:
        other.close()
    assert expire_due().erased == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_is_writing_at_that_moment_is_passed_over() -> None:
    """Somebody whose row is locked is in contact right now; the run does not wait for them."""
    person = relation(timezone.now() - timedelta(days=800))
    relation(timezone.now() - timedelta(days=800))
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM privacy_subjects_datasubject WHERE id = %s FOR UPDATE", [person.pk])
        assert expire_due().erased == 1
    finally:
        other.close()
    assert list(DataSubject.objects.all()) == [person]


class TestCommand:
    """`manage.py retention_run`: the keys of the contract, and an exit code that a script can trust."""

    KEYS = {"run", "as_of", "dry_run", "due", "erased", "held", "by_source", "statement_version"}

    def call(self, *args: str) -> dict[str, Any]:
        out = StringIO()
        call_command("retention_run", *args, stdout=out)
        result: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
        return result

    def test_runs(self) -> None:
        relation(datetime(2024, 11, 23, 9, tzinfo=UTC))
        dry = self.call("--dry-run", "--as-of", "2026-11-23T10:00:00+01:00")
        assert set(dry) == self.KEYS
        assert (dry["dry_run"], dry["due"], dry["erased"], dry["statement_version"]) == (True, 1, 0, 1)
        early = self.call("--as-of", "2026-11-23T09:59:59+01:00")
        assert (early["due"], early["erased"]) == (0, 0)
        real = self.call("--as-of", "2026-11-23T10:00:00+01:00")
        assert set(real) == self.KEYS
        assert (real["dry_run"], real["due"], real["erased"]) == (False, 1, 1)
        assert dry["as_of"] == real["as_of"] == "2026-11-23T10:00:00+01:00", "written alike, to be compared"

    def test_the_probes_know_of_it_at_once(self) -> None:
        relation(datetime(2020, 1, 1, tzinfo=UTC))
        forget()
        assert status(timezone.now()).past_their_date == 1
        self.call()
        assert status(timezone.now()).past_their_date == 0

    def test_fails_without_a_statement(self) -> None:
        PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
        out = StringIO()
        with pytest.raises(SystemExit) as exit_info:
            call_command("retention_run", stdout=out)
        assert exit_info.value.code == 1
        assert "error" in json.loads(out.getvalue())


def test_costs_no_more_with_many_people_who_are_not_due(django_assert_max_num_queries: Any) -> None:
    """A batch is a fixed number of statements, whatever the number of people in it."""
    for _ in range(20):
        relation(timezone.now() - timedelta(days=800))
    with django_assert_max_num_queries(40) as seen:
        assert expire_due(batch_size=50).erased == 20
    assert not [query for query in seen.captured_queries if query["sql"].startswith('SELECT "contact_submission"')]
