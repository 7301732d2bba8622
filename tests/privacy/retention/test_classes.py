"""Classes of data with a clock of their own: each ends by the published period, to the second, and by nothing else."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page

from privacy.consent.models import UnconfirmedConsent
from privacy.mail.models import Mail
from privacy.register.models import RetentionRule
from privacy.register.periods import Period, expires_at, past
from privacy.retention import classes
from privacy.retention.classes import end_classes
from privacy.retention.models import ClassRun, RetentionRun
from privacy.retention.services import AlreadyRunning, Paused, expire_due
from privacy.retention.tasks import end_classes as end_classes_task
from privacy.rights.clearing import sweep_archives
from privacy.rights.delivery import build_export
from privacy.rights.models import DataRequest, Letter, RequestEvent
from privacy.statement.models import NoStatementInForce, PrivacyStatementPage, StatementVersion
from privacy.subjects.checks import check_rules, without_rule
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Clock, registry
from tests.classes import MAKE, answered, logged, mail, suppression, version
from tests.factories import publish, relation, set_period

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

SECOND = timedelta(seconds=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def test_every_clock_is_tested_here() -> None:
    assert set(MAKE) == {key for key in registry.clocks if not key.startswith("contact.")}


@pytest.mark.parametrize("key", MAKE)
def test_ends_to_the_second(key: str, now: datetime) -> None:
    """D1, D4, A7: a class ends when its period is over, not a second before; the row that proves it holds no data."""
    rows = MAKE[key](now)
    ends = expires_at(now, *version().period(registry.clocks[key].rule))
    # What the demo made a moment before goes here.
    end_classes(as_of=ends - SECOND)
    assert rows.exists()
    (run,) = [run for run in end_classes(as_of=ends) if run.source == key]
    assert not rows.exists()
    assert run.rule == registry.clocks[key].rule
    assert run.rows
    stored = ClassRun.objects.get(pk=run.pk)
    assert (stored.rows, stored.version, stored.months, stored.days) == (
        run.rows,
        version(),
        *version().period(registry.clocks[key].rule),
    )
    assert key not in {run.source for run in end_classes(as_of=ends)}, "the second finds nothing"


@pytest.mark.parametrize("key", MAKE)
def test_the_register_is_a_draft_until_it_is_published(key: str, now: datetime) -> None:
    """A8: without publishing the job keeps to the old period, whatever the register says; with it, to the new one."""
    rule = registry.clocks[key].rule
    row = RetentionRule.objects.get(key=rule)
    # A comment lives in its page's revisions and a publication makes some, so it is made after that.
    RetentionRule.objects.filter(key=rule).update(months=row.months and 1, days=row.days and 1)
    old, new = row.period, Period(row.months and 1, row.days and 1)
    begun = now - timedelta(days=2 if row.days else 40)
    rows = MAKE[key](begun)
    assert expires_at(begun, *new) < now < expires_at(begun, *old)
    end_classes(as_of=now)
    assert rows.exists()
    publish()
    end_classes(as_of=now)
    assert not rows.exists()


def test_what_is_printed_is_what_is_done(client: Any) -> None:
    """A8, 13(2)(a): period, start, reason, action and owner of every rule that a job follows stand in the statement."""
    text = client.get("/privacy/").content.decode()
    for clock in registry.clocks.values():
        rule = version().look.rule(clock.rule)
        assert rule
        for part in ("name", "period_label", "start_event_label", "reason", "action_label", "owner"):
            assert rule[part].replace("'", "&#x27;") in text
        assert (rule["start_event"], rule["action"]) == (clock.start_event, clock.action)


class TestCheck:
    def test_everything_has_a_rule(self) -> None:
        """D1: CI fails on an unmapped model."""
        assert check_rules() == []

    def test_a_model_of_wagtails_without_a_rule_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As one is that an update, or a new app of Wagtail's, brings."""
        monkeypatch.delitem(registry.outside, Page)
        (error,) = check_rules()
        assert (error.id, error.obj) == ("privacy.E002", Page)

    def test_so_is_one_whose_clock_is_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(registry.clocks, "site.log")
        assert [model for model, _why in without_rule()] == [ModelLogEntry]

    def test_so_is_a_source_with_a_rule_that_nothing_follows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(registry.clocks, "consent.unconfirmed")
        assert [model for model, _why in without_rule()] == [UnconfirmedConsent]

    def test_a_clock_names_a_field(self) -> None:
        with pytest.raises(ValueError, match="has no field nonexistent"):
            registry.clock(Clock(key="x", label="x", rule="site", model=Page, start="nonexistent"))


class TestCare:
    @pytest.mark.parametrize("how", ["restricted", "held"])
    def test_who_is_restricted_or_held_keeps_it(self, how: str, now: datetime) -> None:
        """C17, D3, 18(2)."""
        person, free = relation(now, **{how: True}), relation(now)
        for who in (person, free):
            Mail.objects.create(kind="x", reference=1, subject=who, state="sent", created_at=now, sent_at=now)
        end_classes(as_of=now + timedelta(days=400))
        assert [mail.subject for mail in Mail.objects.all()] == [person]

    @pytest.mark.parametrize("how", ["restricted", "held"])
    @pytest.mark.parametrize("by", ["the night", "the sweep"])
    def test_but_no_archive(self, how: str, by: str, now: datetime) -> None:
        """32, 5(1)(f): a copy behind a link is no evidence; what it was made of and the proof of it are kept (0390)."""
        person = relation(now, **{how: True})
        request = DataRequest.objects.create(
            subject=person,
            received_at=now,
            state="delivered",
            closed_at=now,
            archive="inzage/geen",
            built_at=now,
            sha256="a" * 64,
            records=3,
        )
        later = now + timedelta(days=7)
        for at, left in ((later - SECOND, "inzage/geen"), (later, "")):
            end_classes(as_of=at) if by == "the night" else sweep_archives(at=at)
            request.refresh_from_db()
            assert request.archive == left
        assert (request.subject, request.sha256, request.records) == (person, "a" * 64, 3)
        assert person.submissions.exists()
        assert build_export(email=person.email, out=BytesIO()).records >= 3, "and it can be made anew"

    def test_what_is_still_to_be_done_stays(self, now: datetime) -> None:
        """A mail that waits and a request without an answer have not begun to end."""
        Mail.objects.create(kind="x", reference=1, state="pending", created_at=now, next_attempt_at=now)
        DataRequest.objects.create(received_at=now, due_on=now.date(), state="open")
        end_classes(as_of=now + timedelta(days=4000))
        assert Mail.objects.exists()
        assert DataRequest.objects.exists()

    def test_a_request_goes_whole(self, now: datetime) -> None:
        """C16: events and letters with it, although they are proof; of a person who is still known as well."""
        row = answered(now).get()
        person = relation(now)
        DataRequest.objects.filter(pk=row.pk).update(subject=person)
        end_classes(as_of=now + timedelta(days=740))
        assert not Letter.objects.exists()
        assert not RequestEvent.objects.exists()
        assert DataSubject.objects.filter(pk=person.pk).exists()

    def test_batches_are_counted_when_they_are_done(
        self, now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """D4: killed in the third batch, the row says two; the next night says the rest."""
        settings.RETENTION_BATCH_SIZE = 2
        for _ in range(5):
            logged(now)
        tries: list[int] = []

        class Killed(BaseException):
            pass

        def end(keys: Any) -> int:
            tries.append(len(keys))
            if len(tries) == 3:
                raise Killed
            return ModelLogEntry.objects.filter(pk__in=keys).delete()[0]

        clock = registry.clocks["site.log"]
        monkeypatch.setitem(registry.clocks, clock.key, Clock(**{**vars(clock), "end": end}))
        already = ModelLogEntry.objects.count() - 5
        later = now + timedelta(days=400)
        ModelLogEntry.objects.exclude(timestamp=now).update(timestamp=later)
        with pytest.raises(Killed):
            end_classes(as_of=later)
        assert [run.rows for run in ClassRun.objects.filter(source="site.log")] == [4]
        assert ModelLogEntry.objects.count() == already + 1
        end_classes(as_of=later)
        assert sorted(run.rows for run in ClassRun.objects.filter(source="site.log")) == [1, 4]

    def test_waits_while_the_expiry_is_paused(self, now: datetime) -> None:
        rows = logged(now)
        expire_due()
        RetentionRun.objects.update(state=RetentionRun.State.PAUSED)
        with pytest.raises(Paused):
            end_classes(as_of=now + timedelta(days=400))
        assert rows.exists()

    def test_two_at_once_are_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from contextlib import nullcontext

        monkeypatch.setattr(classes, "only_one", lambda lock: nullcontext(False))
        with pytest.raises(AlreadyRunning):
            end_classes()
        end_classes_task()

    def test_nothing_ends_without_a_statement(self, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
        """Invariant 1."""
        rows = logged(now)
        PrivacyStatementPage.objects.update(live=False)
        monkeypatch.setattr(StatementVersion.objects.__class__, "binding", _nothing_binds)
        with pytest.raises(NoStatementInForce):
            end_classes(as_of=now + timedelta(days=4000))
        assert rows.exists()

    def test_a_version_from_before_the_rule_ends_nothing(
        self, monkeypatch: pytest.MonkeyPatch, now: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        """After an update of the site: what nobody promised is not done, and is said (A7.rule among the deviations)."""
        rows, mails = suppression(now), mail(now)
        clock = registry.clocks["consent.suppressions"]
        monkeypatch.setitem(registry.clocks, clock.key, Clock(**{**vars(clock), "rule": "unknown"}))
        end_classes(as_of=now + timedelta(days=8000))
        assert rows.exists()
        assert not mails.exists()
        assert "has no rule unknown" in caplog.text


def _nothing_binds(self: Any) -> StatementVersion:
    raise NoStatementInForce


@pytest.mark.parametrize("period", [Period(1), Period(24), Period(0, 7)])
@pytest.mark.parametrize("start", ["2024-01-31T12:00", "2024-02-29T01:30", "2025-10-26T02:30"])
def test_sql_and_python_count_alike(period: Period, start: str) -> None:
    """0013: at month ends and when the clock changes too."""
    begun = datetime.fromisoformat(start).replace(tzinfo=timezone.get_default_timezone())
    mail(begun)
    ends = expires_at(begun, *period)
    rows = Mail.objects.filter(kind="x")
    assert not past(rows, "created_at", period=period, as_of=ends - SECOND).exists()
    assert past(rows, "created_at", period=period, as_of=ends).exists()


def test_people_are_not_touched_by_it(now: datetime) -> None:
    """One clock per person: what hangs on them ends with them, by `expire_due` alone."""
    person = relation(now - timedelta(days=3000))
    set_period(1)
    end_classes(as_of=now)
    assert DataSubject.objects.filter(pk=person.pk).exists()
    assert person.submissions.exists()
