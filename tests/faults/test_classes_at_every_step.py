"""The end of the classes of data loses its process, its disk, its broker and its database: the sweep goes on, nothing twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from config.embedded import Servers
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection
from django.db.models import Sum
from django.utils import timezone
from wagtail.models import ModelLogEntry

from contact.models import Submission
from privacy.mail.models import Mail
from privacy.retention import classes
from privacy.retention.models import ClassRun, RetentionRun, UnfinishedNight
from privacy.retention.services import Paused, expire_due, pause, resume
from privacy.retention.tasks import end_classes, resume_interrupted
from privacy.rights.models import DataRequest
from privacy.storage import private_storage
from privacy.subjects import ledger
from privacy.subjects.models import DataSubject, DoomedFile
from privacy.subjects.tasks import delete_doomed_files
from tests.classes import logged
from tests.dying import at_once, killed_at, with_ledger
from tests.factories import SubmissionFactory, publish
from tests.locking import wait_for_nobody

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

#: Of each of two classes so many are due, three batches of them; of each so many are not.
DUE, FRESH = 25, 3
BATCH = {"RETENTION_BATCH_SIZE": 10}
COUNTED = {"mail.settled": DUE, "site.log": DUE, "rights.archives": 1}

#: Where the process dies -> the function whose call it dies at, whether before or after it, and at which call.
STEPS = {
    "before the first class": ("privacy.retention.classes._end", "before", 1),
    "before a batch": ("privacy.retention.classes._end_batch", "before", 6),
    "with rows gone that are not counted": ("privacy.retention.classes._count", "before", 2),
    "before the commit": ("privacy.retention.classes._count", "after", 2),
    "between two classes": ("privacy.retention.classes._end", "after", 5),
    "before the files": ("privacy.files._delete_named", "before", 1),
    "when all is done but saying so": ("privacy.retention.classes._end", "after", len(classes.registry.clocks)),
}


@pytest.fixture(autouse=True)
def ledger_folder(settings: Any, tmp_path: Path) -> Path:
    """A ledger of this test's own, and small batches."""
    settings.ERASURE_LEDGER_DIR = tmp_path / "ledger"
    settings.RETENTION_BATCH_SIZE = BATCH["RETENTION_BATCH_SIZE"]
    return tmp_path / "ledger"


@pytest.fixture
def archive() -> str:
    """Mails and log entries, old and new, and an archive that nobody came for."""
    now, long_ago = timezone.now(), timezone.now() - timedelta(days=800)
    ModelLogEntry.objects.all().delete()
    Mail.objects.all().delete()
    for at, number in ((long_ago, DUE), (now, FRESH)):
        for one in range(number):
            Mail.objects.create(kind="x", reference=number * 100 + one, state="sent", created_at=at, sent_at=at)
            logged(at)
    name = private_storage().save("inzage/archief.zip", ContentFile(b"everything"))
    DataRequest.objects.create(
        received_at=now, state="delivered", closed_at=now, archive=name, built_at=now - timedelta(days=30)
    )
    return name


def counted() -> dict[str, int]:
    """Return what the rows say that went."""
    rows = ClassRun.objects.order_by().values("source").annotate(sum=Sum("rows"))
    return dict(rows.values_list("source", "sum"))


def left() -> dict[str, int]:
    """Return how many there are still."""
    archives = DataRequest.objects.exclude(archive="").count()
    return {"mail.settled": Mail.objects.count(), "site.log": ModelLogEntry.objects.count(), "rights.archives": archives}


def whole() -> None:
    """Check that what is not there any more is counted, and nothing else."""
    there = {"mail.settled": DUE + FRESH, "site.log": DUE + FRESH, "rights.archives": 1}
    assert {key: rows + counted().get(key, 0) for key, rows in left().items()} == there


def through(archive: str) -> None:
    """Check that all went that was due, once, and that nobody has anything left to do."""
    delete_doomed_files()
    whole()
    assert counted() == COUNTED
    assert not private_storage().exists(archive)
    assert not DoomedFile.objects.exists()
    assert classes.unfinished() is None
    assert not UnfinishedNight.objects.exists()


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_every_step(step: str, archive: str, ledger_folder: Path) -> None:
    """D2, D4: SIGKILL; the sweep goes on within minutes, as it does for people, and the counts are exact."""
    where, when, nth = STEPS[step]
    act = "from privacy.retention.classes import end_classes\nend_classes()"
    assert killed_at(where, when, nth, act, ledger=ledger_folder, settings=BATCH) == -9
    wait_for_nobody()
    whole()
    assert counted() != COUNTED or step == "when all is done but saying so"
    assert classes.unfinished() is not None
    resume_interrupted()
    through(archive)


def test_a_night_that_came_to_its_end_is_not_taken_up(archive: str) -> None:
    """What is due since has the next night before it: a sweep between two nights ends nothing."""
    end_classes()
    through(archive)
    logged(timezone.now() - timedelta(days=800))
    resume_interrupted()
    assert ModelLogEntry.objects.count() == FRESH + 1


def dying_after(batches: int, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Have something happen before a batch, once."""
    real, calls = classes._end_batch, [0]

    def batch(*args: Any) -> Any:
        calls[0] += 1
        if calls[0] == batches:
            act()
        return real(*args)

    monkeypatch.setattr(classes, "_end_batch", batch)


class _Killed(BaseException):
    pass


def _die() -> None:
    raise _Killed


def test_another_version_is_not_begun_with_by_the_sweep(archive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A8: what was published since the night began is first kept to in the night."""
    with monkeypatch.context() as patch:
        dying_after(6, patch, _die)
        with pytest.raises(_Killed):
            classes.end_classes()
    publish()
    before = left()
    assert classes.unfinished() is None
    resume_interrupted()
    assert left() == before
    end_classes()
    assert UnfinishedNight.objects.count() == 0
    assert Mail.objects.filter(kind="x").count() == FRESH


def test_paused_on_its_way(archive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who pauses the expiry pauses this too, after the batch in hand; resumed, it goes on."""
    expire_due()
    run = RetentionRun.objects.get()
    RetentionRun.objects.update(state=RetentionRun.State.RUNNING)
    with monkeypatch.context() as patch:
        dying_after(2, patch, lambda: assert_true(pause(run)))
        with pytest.raises(Paused):
            classes.end_classes()
    whole()
    before = left()
    end_classes()
    resume_interrupted()
    assert left() == before
    assert resume(run)
    resume_interrupted()
    through(archive)


def assert_true(happened: bool) -> None:
    assert happened


def test_a_database_that_restarts_on_the_way(archive: str, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    def restart() -> None:
        servers.ask("stop", "postgres")
        servers.ask("start", "postgres")

    with monkeypatch.context() as patch:
        dying_after(6, patch, restart)
        with pytest.raises(DatabaseError):
            classes.end_classes()
    connection.close()
    whole()
    resume_interrupted()
    through(archive)


def test_goes_on_without_a_broker(archive: str, broker: Any) -> None:
    broker.stop()
    end_classes()
    through(archive)


def test_two_beats_at_once_do_nothing_twice(archive: str, ledger_folder: Path) -> None:
    at_once(with_ledger(ledger_folder, "from privacy.retention.tasks import end_classes as beat"), settings=BATCH)
    through(archive)


def test_a_full_disk_for_the_ledger(archive: str, settings: Any, ledger_folder: Path) -> None:
    """Invariant 5: a stranger's spam, whose end takes the stranger along, waits for the line; nothing else does."""
    spam = SubmissionFactory.create(possible_spam=True)
    long_ago = timezone.now() - timedelta(days=40)
    Submission.objects.update(submit_time=long_ago)
    DataSubject.objects.update(created_at=long_ago, last_contact_at=long_ago)
    ledger_folder.write_text("no folder: nothing can be written")
    with pytest.raises(OSError):  # noqa: PT011 (which one depends on the system)
        classes.end_classes()
    assert DataSubject.objects.filter(pk=spam.subject_id).exists()
    assert counted() == COUNTED
    ledger_folder.unlink()
    resume_interrupted()
    assert not DataSubject.objects.exists()
    assert not Submission.objects.exists()
    assert len(list(ledger.read())) == 1
    assert counted() == COUNTED | {"contact.possible_spam": 1}
    assert classes.unfinished() is None


def test_the_moment_is_that_of_the_night(archive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken up hours later it decides as it would have: nobody loses anything sooner than the night after."""
    night = datetime.now(tz=timezone.get_default_timezone()) - timedelta(days=300)
    with monkeypatch.context() as patch:
        dying_after(1, patch, _die)
        with pytest.raises(_Killed):
            classes.end_classes(as_of=night)
    younger = logged(timezone.now() - timedelta(days=500))
    assert classes.unfinished() == night
    resume_interrupted()
    assert younger.exists()
    assert {run.as_of for run in ClassRun.objects.all()} == {night}
