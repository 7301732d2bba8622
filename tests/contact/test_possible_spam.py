"""What becomes of possible spam: found by inzage, gone after its own period, and never at the cost of somebody we know."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contact.models import Submission
from contact.possible_spam import Expired, accept, expire
from privacy.consent.models import ConsentEvent
from privacy.mail.models import Mail
from privacy.register.models import RetentionRule
from privacy.register.periods import expires_at
from privacy.retention.classes import end_classes, preview
from privacy.retention.models import ClassRun
from privacy.rights.models import DataRequest
from privacy.rights.states import State
from privacy.subjects.ledger import pseudonym, read
from privacy.subjects.models import DataSubject, DoomedFile
from privacy.subjects.registry import registry
from privacy.subjects.services import erase
from tests.classes import mail, version
from tests.factories import (
    AttachmentFactory,
    ConsentEventFactory,
    DataSubjectFactory,
    SubmissionFactory,
    publish,
    relation,
    send,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

CAME = datetime(2026, 3, 10, 12, tzinfo=UTC)
DUE = datetime(2026, 4, 9, 11, tzinfo=UTC)  # thirty days on a clock that went an hour forward meanwhile


def possible_spam(**fields: object) -> Submission:
    """Make a message of a stranger, held for spam, as the form stores it."""
    person = fields.pop("subject", None) or DataSubjectFactory.create(last_contact_at=CAME)
    message: Submission = SubmissionFactory.create(subject=person, possible_spam=True, **{"submit_time": CAME, **fields})
    ConsentEventFactory.create(subject=message.subject, at=message.submit_time)
    return message


class TestExpiry:
    def test_goes_when_its_period_is_over_and_not_a_second_sooner(self) -> None:
        """A8, art. 5(1)(e): with a stranger of whom nothing else is known, who stands in the ledger like everybody."""
        stranger = possible_spam().subject
        assert expire(as_of=DUE - timedelta(seconds=1)) == Expired()
        assert expire(as_of=DUE) == Expired(messages=1, people=1)
        assert not DataSubject.objects.exists()
        assert not ConsentEvent.objects.exists()
        assert [line.reason for line in read() if line.subject == pseudonym(stranger.email)] == ["possible spam expired"]
        assert expire(as_of=DUE) == Expired(), "the second finds nothing"

    def test_the_period_is_that_of_the_published_statement(self) -> None:
        """A8: the register changes nothing until it is published."""
        possible_spam()
        RetentionRule.objects.filter(key="possible_spam").update(months=2, days=0)
        with_one = expire(as_of=DUE - timedelta(seconds=1))
        publish()
        assert with_one == expire(as_of=DUE) == Expired()
        assert expire(as_of=datetime(2026, 5, 10, 11, tzinfo=UTC)).messages == 1

    def test_a_dry_run_knows_who_goes_along(self) -> None:
        """D2: the mails to a stranger, a year old by then, end with the stranger and not by their own rule."""
        as_of = datetime(2027, 6, 1, tzinfo=UTC)
        for _ in range(2):
            stranger = possible_spam().subject
            Mail.objects.create(kind="x", reference=1, subject=stranger, state="sent", created_at=CAME, sent_at=CAME)
        mail(CAME)
        said = preview(as_of=as_of)
        assert said == {run.source: run.rows for run in end_classes(as_of=as_of)}
        assert (said["contact.possible_spam"], said["mail.settled"]) == (2, 1)

    def test_a_dry_run_counts_them_where_they_are(self) -> None:
        """Who was flooded has a hundred thousand: none of them is fetched to be counted, nor who wrote them."""
        for _ in range(2):
            possible_spam()
        with CaptureQueriesContext(connection) as asked:
            assert preview(as_of=DUE)["contact.possible_spam"] == 2
        fetched = [query["sql"] for query in asked if not re.match(r"SELECT COUNT\(|SELECT what, place, count", query["sql"])]
        assert [sql for sql in fetched if Submission._meta.db_table in sql or DataSubject._meta.db_table in sql] == []

    def test_takes_the_message_and_not_a_person_whom_we_know(self) -> None:
        known = relation(CAME - timedelta(days=200))
        message = possible_spam(subject=known)
        AttachmentFactory.create(submission=message)
        assert expire(as_of=DUE) == Expired(messages=1, people=0)
        assert known.submissions.get().state == "new"
        assert known.consent_events.count() == 2, "the chain of consents stays whole"
        assert "possible spam expired" not in [line.reason for line in read() if line.subject == pseudonym(known.email)]

    def test_goes_when_a_virus_took_its_file_before(self) -> None:
        message = possible_spam(subject=relation(CAME - timedelta(days=200)))
        AttachmentFactory.create(submission=message, file="", scan="found")
        assert expire(as_of=DUE).messages == 1
        assert not DoomedFile.objects.filter(name="").exists(), "there is no file without a name to delete"

    def test_keeps_a_stranger_of_whom_there_is_more(self) -> None:
        asked = possible_spam().subject
        DataRequest.objects.create(subject=asked, received_at=CAME, state=State.EXPIRED, closed_at=CAME)
        agreed = possible_spam().subject
        ConsentEventFactory.create(subject=agreed, at=CAME + timedelta(days=1))
        wrote = possible_spam().subject
        possible_spam(subject=wrote, submit_time=CAME + timedelta(days=20))
        met = possible_spam().subject
        DataSubject.objects.filter(pk=met.pk).update(last_contact_at=CAME + timedelta(days=1))
        assert expire(as_of=DUE) == Expired(messages=4, people=0)
        assert DataSubject.objects.count() == 4
        assert Submission.objects.get().subject == wrote

    def test_leaves_people_alone_who_are_held_or_ask(self) -> None:
        possible_spam(subject=DataSubjectFactory.create(last_contact_at=CAME, held=True))
        possible_spam(subject=DataSubjectFactory.create(last_contact_at=CAME, restricted=True))
        asks = possible_spam().subject
        DataRequest.objects.create(subject=asks, received_at=CAME)
        assert expire(as_of=DUE) == Expired()

    def test_leaves_every_other_message_alone(self) -> None:
        for state in ("new", "answered", "closed"):
            SubmissionFactory.create(subject=DataSubjectFactory.create(last_contact_at=CAME), state=state)
        assert expire(as_of=DUE + timedelta(days=300)) == Expired()

    def test_takes_more_than_a_batch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("contact.possible_spam._BATCH", 2)
        for _ in range(5):
            possible_spam()
        assert expire(as_of=DUE) == Expired(messages=5, people=5)

    def test_is_counted_batch_by_batch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """D4: killed in the third batch, the row that proves it says what went in two; the next night says the rest."""
        monkeypatch.setattr("contact.possible_spam._BATCH", 2)
        for _ in range(5):
            possible_spam()
        calls = [0]

        def dying(*args: Any, **kwargs: Any) -> Any:
            calls[0] += 1
            if calls[0] == 3:
                raise SystemExit
            return erase(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr("contact.possible_spam.erase", dying)
            with pytest.raises(SystemExit):
                end_classes(as_of=DUE)
        assert [run.rows for run in ClassRun.objects.filter(source="contact.possible_spam")] == [4]
        assert Submission.objects.count() == 1
        end_classes(as_of=DUE)
        assert [run.rows for run in ClassRun.objects.filter(source="contact.possible_spam")] == [1, 4]

    def test_a_full_disk_for_the_ledger_keeps_it_and_nothing_else(self, settings: Any, tmp_path: Any) -> None:
        """Invariant 5: no line, no deletion; what writes no line ends all the same, and the failure is told."""
        possible_spam()
        ends = expires_at(CAME, *version().period("site"))
        mails = mail(CAME)
        (tmp_path / "file").write_text("no folder")
        settings.ERASURE_LEDGER_DIR = tmp_path / "file" / "ledger"
        with pytest.raises(OSError):  # noqa: PT011 (which one depends on the system)
            end_classes(as_of=ends)
        assert Submission.objects.exists()
        assert not mails.exists()

    def test_the_nightly_job_writes_down_what_it_did(self) -> None:
        """D2: by the rule of the version in force, also when the register has no such rule any more."""
        possible_spam()
        RetentionRule.objects.filter(key="possible_spam").update(key="other")
        (run,) = [run for run in end_classes(as_of=DUE) if run.source == "contact.possible_spam"]
        assert (run.rows, run.days, ClassRun.objects.get(pk=run.pk).rows) == (1, 30, 1)

    @pytest.mark.parametrize("known", [True, False])
    def test_the_command_ends_it_and_its_dry_run_said_so(self, capsys: pytest.CaptureFixture[str], known: bool) -> None:
        """I: one command for all that is past its date; whoever goes as a relation is not counted twice."""
        message = possible_spam()
        if known:
            possible_spam(subject=relation(DUE - timedelta(days=5 * 366)))
        said = []
        for options in (["--dry-run"], []):
            call_command("retention_run", "--as-of", DUE.isoformat(), *options)
            said.append(json.loads(capsys.readouterr().out.splitlines()[-1]))
        assert said[0]["by_source"] == said[1]["by_source"]
        assert said[1]["by_source"]["contact.possible_spam"] == 1 + known
        assert (said[1]["due"], said[1]["erased"]) == (known, known)
        assert not Submission.objects.filter(pk=message.pk).exists()


class TestInzage:
    def test_hands_over_what_is_held_for_spam_and_why(self) -> None:
        """C: art. 15 knows no exception for what a robot may have written."""
        message = possible_spam()
        by_source = {source.key: list(source.collect(message.subject)) for source in registry.in_order()}
        assert by_source["contact.submissions"] == []
        record = by_source["contact.possible_spam"][0]
        assert record.values["Uw bericht"] == "Hoe duur is een website?"
        assert record.values["Aanwijzingen voor spam"] == "een veld ingevuld dat mensen niet zien"
        assert registry.sources["contact.possible_spam"].rule == "possible_spam"

    def test_each_message_is_counted_once(self) -> None:
        person = possible_spam().subject
        SubmissionFactory.create(subject=person)
        people = DataSubject.objects.filter(pk=person.pk)
        assert [registry.sources[key].count(people) for key in ("contact.submissions", "contact.possible_spam")] == [1, 1]

    def test_the_command_finds_it(self, client: Client, tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
        send(client, form_website="x", email="piet@voorbeeld.example")
        call_command("inzage", "piet@voorbeeld.example", str(tmp_path / "inzage.zip"))
        assert '"contact.possible_spam": 1' in capsys.readouterr().out


class TestAccept:
    def test_what_a_person_wrote_counts_as_contact_from_when_it_came(self) -> None:
        known = DataSubjectFactory.create(last_contact_at=CAME - timedelta(days=200))
        message = possible_spam(subject=known)
        assert accept(message)
        known.refresh_from_db()
        assert (message.state, known.last_contact_at) == ("new", CAME)
        assert message.suspicions == [], "what was wrong of somebody is not kept (art. 5(1)(d))"
        assert expire(as_of=DUE) == Expired()

    def test_moves_nobody_back_and_does_nothing_twice(self) -> None:
        known = DataSubjectFactory.create(last_contact_at=CAME + timedelta(days=9))
        message = possible_spam(subject=known)
        assert [accept(message), accept(message)] == [True, False]
        known.refresh_from_db()
        assert known.last_contact_at == CAME + timedelta(days=9)
