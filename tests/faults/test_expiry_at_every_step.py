"""The expiry loses its process, its disk, its broker and its database, at every step: nothing half, nothing twice."""

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from config.embedded import Servers
from config.testing import wait_until
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from contact.models import Submission
from privacy.consent.models import ConsentEvent
from privacy.retention import services
from privacy.retention.models import RetentionRun
from privacy.retention.services import expire_due
from privacy.retention.tasks import resume_interrupted, run_nightly
from privacy.rights.models import DataRequest
from privacy.storage import private_storage
from privacy.subjects import ledger
from privacy.subjects.models import DataSubject, DoomedFile
from privacy.subjects.tasks import delete_doomed_files
from tests.dying import at_once, child, killed_at, signalled_at, with_ledger
from tests.factories import many_relations
from tests.locking import wait_for_nobody, wait_for_waiting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

DUE = 60

#: Where the process dies -> the function whose call it dies at, whether before or after it, and at which call.
STEPS = {
    "before the lock": ("privacy.retention.services._expire_batch", "before", 2),
    "with the rows locked": ("privacy.subjects.services._look", "before", 2),
    # Three sources have files of their own, so this is the second of them in the second batch.
    "between two sources": ("privacy.files.doom", "before", 5),
    "between the files and the rows": ("privacy.subjects.services._delete", "before", 2),
    "before the ledger": ("privacy.subjects.ledger.append", "before", 2),
    "before the commit": ("privacy.subjects.ledger.append", "after", 2),
    "before the files": ("privacy.files._delete_named", "before", 1),
    "when all is done but saying so": ("privacy.retention.services._finish", "before", 1),
}

#: How many have gone by then, where it is not the first batch alone.
GONE = {"before the files": 40, "when all is done but saying so": DUE}


@pytest.fixture(autouse=True)
def ledger_folder(settings: Any, tmp_path: Path) -> Path:
    """A ledger of this test's own."""
    settings.ERASURE_LEDGER_DIR = tmp_path / "ledger"
    return tmp_path / "ledger"


@pytest.fixture
def archive() -> str:
    """The file of one of those who are due: their data were once asked for."""
    many_relations(DUE, bystanders=5)
    person = DataSubject.objects.order_by("last_contact_at", "pk")[25]
    name = private_storage().save("inzage/archief.zip", ContentFile(b"everything"))
    now = timezone.now()
    DataRequest.objects.create(subject=person, received_at=now, state="delivered", closed_at=now, archive=name, built_at=now)
    return name


def whole(left: int) -> None:
    """Check that exactly so many people are left, each with everything, and that the run counts the others."""
    assert DataSubject.objects.count() == Submission.objects.count() == ConsentEvent.objects.count() == left


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_every_step(step: str, archive: str, ledger_folder: Path) -> None:
    """D2, invariant 5: SIGKILL in the second batch; the next run makes of it one run with exact counts."""
    where, when, nth = STEPS[step]
    expire = "from privacy.retention.services import expire_due\nexpire_due(batch_size=20)"
    assert killed_at(where, when, nth, expire, ledger=ledger_folder) == -9
    wait_for_nobody()

    run = RetentionRun.objects.get()
    gone = GONE.get(step, 20)
    assert (run.state, run.erased) == ("running", gone)
    whole(DUE + 5 - gone)
    assert private_storage().exists(archive) is (gone < DUE)

    resume_interrupted()
    delete_doomed_files()
    run.refresh_from_db()
    assert (run.state, run.due, run.erased, run.by_source["contact.submissions"]) == ("finished", DUE, DUE, DUE)
    whole(5)
    assert not private_storage().exists(archive)
    assert not DoomedFile.objects.exists()
    lines = Counter(line.subject for line in ledger.read())
    assert len(lines) == DUE
    # A second line only for those whose first batch was undone after it was written.
    assert sum(count - 1 for count in lines.values()) == (20 if step == "before the commit" else 0)


def test_several_processes_share_the_work(ledger_folder: Path) -> None:
    """Everybody goes once, whoever took them; the run counts them once."""
    many_relations(900, bystanders=5)
    code = with_ledger(ledger_folder, "import sys\nfrom privacy.retention.services import assist\nassist(int(sys.argv[1]))\n")
    helpers: list[Any] = []

    def call_help(run_id: int, after: object) -> None:
        helpers.extend(child(code, str(run_id), settings={"RETENTION_BATCH_SIZE": 10}) for _ in range(2))

    def at_work() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'")
            return int(cursor.fetchone()[0])

    def wait_for_help(run_id: int, after: object) -> bool:
        call_help(run_id, after)
        wait_until(lambda: at_work() >= 1)
        return False

    outcome = expire_due(batch_size=10, call_help=wait_for_help)
    for helper in helpers:
        assert helper.wait(60) == 0
    assert (outcome.due, outcome.erased, outcome.by_source["subjects.person"]) == (900, 900, 900)
    whole(5)
    lines = Counter(line.subject for line in ledger.read())
    assert (len(lines), sum(lines.values())) == (900, 900)


def test_a_helper_that_dies_leaves_its_batch_to_the_others(ledger_folder: Path) -> None:
    """Stopped with people in hand, it is passed over; who began the run waits for it, and takes its batch when it is dead."""
    many_relations(90, bystanders=5)
    helpers: list[Any] = []

    def call_help(run_id: int) -> None:
        act = f"from privacy.retention.services import assist\nassist({run_id})"
        small = {"RETENTION_BATCH_SIZE": 10}
        step = ("privacy.subjects.ledger.append", "before", 2)
        helpers.append(signalled_at(*step, act, ledger=ledger_folder, settings=small, signal="SIGSTOP"))
        wait_until(lambda: Path(f"/proc/{helpers[0].pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")

    def kill() -> None:
        try:
            wait_for_waiting()
            assert DataSubject.objects.count() == 10 + 5, "all but those it has in hand have gone"
        finally:
            helpers[0].kill()
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        killing: list[Future[None]] = []

        def help_and_kill(run_id: int, after: object) -> bool:
            call_help(run_id)
            killing.append(pool.submit(kill))
            return False

        outcome = expire_due(batch_size=10, call_help=help_and_kill)
        killing[0].result(60)
    assert helpers[0].wait(60) == -9
    assert (outcome.due, outcome.erased, outcome.by_source["contact.submissions"]) == (90, 90, 90)
    whole(5)
    assert len({line.subject for line in ledger.read()}) == 90


def test_two_beats_at_once_do_nothing_twice(ledger_folder: Path) -> None:
    """D2: two processes start the nightly run in the same moment; everybody goes once and is counted once."""
    many_relations(300, bystanders=5)
    code = with_ledger(ledger_folder, "from privacy.retention.tasks import run_nightly as beat")
    at_once(code, settings={"RETENTION_BATCH_SIZE": 5, "RETENTION_WORKERS": 1})
    runs = RetentionRun.objects.all()
    assert {run.state for run in runs} == {"finished"}
    assert sum(run.erased for run in runs) == sum(run.by_source["contact.submissions"] for run in runs) == 300
    whole(5)
    lines = Counter(line.subject for line in ledger.read())
    assert (len(lines), sum(lines.values())) == (300, 300)


def test_a_full_disk_for_the_ledger_stops_the_deletion(ledger_folder: Path) -> None:
    """Invariant 5: a limit on the size of files stands for the full disk; not a byte more can be written."""
    many_relations(DUE, bystanders=0)
    expire_due(as_of=timezone.now(), batch_size=20)  # the ledger has a past
    many_relations(DUE, bystanders=0)
    size = sum(path.stat().st_size for path in ledger_folder.iterdir())
    code = with_ledger(
        ledger_folder,
        "import resource, signal, sys\n"
        "from privacy.retention.services import expire_due\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 1000}, {size + 1000}))\n"
        "try:\n"
        "    expire_due(batch_size=20)\n"
        "except OSError:\n"
        "    sys.exit(7)\n",
    )
    assert child(code).wait(60) == 7
    whole(DUE)
    # No line says of somebody who is still there that they are gone, and no room is taken up by half a batch.
    assert sum(path.stat().st_size for path in ledger_folder.iterdir()) == size
    resume_interrupted()
    whole(0)
    assert len(list(ledger.read())) == 2 * DUE


def test_goes_on_without_a_broker(broker: Any, settings: Any) -> None:
    settings.RETENTION_WORKERS = 2
    many_relations(DUE, bystanders=5)
    broker.stop()
    run_nightly()
    whole(5)
    assert RetentionRun.objects.get().state == "finished"


def test_a_database_that_restarts_in_mid_run(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run fails at the batch in hand and is taken up when the database is back."""
    many_relations(DUE, bystanders=5)
    real, calls = services._expire_batch, [0]

    def restarting(*args: Any) -> Any:
        calls[0] += 1
        if calls[0] == 2:
            servers.ask("stop", "postgres")
            servers.ask("start", "postgres")
        return real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(services, "_expire_batch", restarting)
        with pytest.raises(DatabaseError):
            expire_due(batch_size=20)
    connection.close()
    assert RetentionRun.objects.get().erased == 20
    resume_interrupted()
    run = RetentionRun.objects.get()
    assert (run.state, run.erased) == ("finished", DUE)
    whole(5)


def test_paused_and_resumed() -> None:
    """Paused on its way it stops after the batch in hand, and nothing else runs until it is resumed."""
    many_relations(DUE, bystanders=5)
    real = services._expire_batch

    def pausing(run: RetentionRun, *args: Any) -> Any:
        position = real(run, *args)
        services.pause(run)
        return position

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "_expire_batch", pausing)
        assert expire_due(batch_size=20).erased == 20
    run = RetentionRun.objects.get()
    assert run.state == "paused"
    with pytest.raises(services.Paused):
        expire_due()
    run_nightly()
    whole(DUE + 5 - 20)
    assert services.resume(run)
    assert not services.resume(run)
    resume_interrupted()
    run.refresh_from_db()
    assert (run.state, run.erased) == ("finished", DUE)
