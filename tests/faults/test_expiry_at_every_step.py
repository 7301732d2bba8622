"""The expiry loses its process, its disk, its broker and its database, at every step: nothing half, nothing twice."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from config.embedded import Servers
from config.testing import wait_until
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection
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
from tests.factories import many_relations

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
}

DIES = """
import importlib, os, signal, sys
path, when, nth = sys.argv[1], sys.argv[2], int(sys.argv[3])
module, _, name = path.rpartition(".")
module = importlib.import_module(module)
real, calls = getattr(module, name), [0]
def dying(*args, **kwargs):
    calls[0] += 1
    if calls[0] == nth and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*args, **kwargs)
    if calls[0] == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(module, name, dying)
from privacy.retention.services import expire_due
expire_due(batch_size=20)
"""


#: Runs before everything else in a process: the ledger of the test.
PATCH_LEDGER = """
import django
django.setup()
from pathlib import Path
from django.conf import settings
settings.ERASURE_LEDGER_DIR = Path({folder!r})
"""


def child(code: str, *arguments: str, settings: dict[str, Any] | None = None, piped: bool = False) -> "subprocess.Popen[bytes]":
    """Start a process of the site on the test database; `piped` to talk with it."""
    pipe = subprocess.PIPE if piped else None
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    environment["TEST_SETTINGS"] = json.dumps(settings or {})
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, env=os.environ | environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)


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
    process = child(PATCH_LEDGER.format(folder=str(ledger_folder)) + DIES, where, when, str(nth))
    assert process.wait(60) == -9
    wait_until(_no_other_connection)

    run = RetentionRun.objects.get()
    gone = 40 if step == "before the files" else 20
    assert (run.state, run.erased) == ("running", gone)
    whole(DUE + 5 - gone)
    assert private_storage().exists(archive)

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
    code = PATCH_LEDGER.format(folder=str(ledger_folder)) + (
        "import sys\nfrom privacy.retention.services import assist\nassist(int(sys.argv[1]))\n"
    )
    helpers: list[Any] = []

    def call_help(run_id: int) -> None:
        helpers.extend(child(code, str(run_id), settings={"RETENTION_BATCH_SIZE": 10}) for _ in range(2))

    def at_work() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'")
            return int(cursor.fetchone()[0])

    def wait_for_help(run_id: int) -> None:
        call_help(run_id)
        wait_until(lambda: at_work() >= 1)

    outcome = expire_due(batch_size=10, call_help=wait_for_help)
    for helper in helpers:
        assert helper.wait(60) == 0
    assert (outcome.due, outcome.erased, outcome.by_source["subjects.person"]) == (900, 900, 900)
    whole(5)
    lines = Counter(line.subject for line in ledger.read())
    assert (len(lines), sum(lines.values())) == (900, 900)


def test_two_beats_at_once_do_nothing_twice(ledger_folder: Path) -> None:
    """D2: two processes start the nightly run in the same moment; everybody goes once and is counted once."""
    many_relations(300, bystanders=5)
    code = PATCH_LEDGER.format(folder=str(ledger_folder)) + (
        "import sys\nfrom privacy.retention.tasks import run_nightly\n"
        "print('ready', flush=True)\nsys.stdin.readline()\nrun_nightly()\n"
    )
    beats = [child(code, settings={"RETENTION_BATCH_SIZE": 5, "RETENTION_WORKERS": 1}, piped=True) for _ in range(2)]
    for beat in beats:
        assert beat.stdout is not None
        assert beat.stdout.readline() == b"ready\n"
    for beat in beats:
        assert beat.stdin is not None
        beat.stdin.write(b"go\n")
        beat.stdin.flush()
    for beat in beats:
        beat.communicate(timeout=60)
        assert beat.returncode == 0
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
    code = PATCH_LEDGER.format(folder=str(ledger_folder)) + (
        "import resource, signal, sys\n"
        "from privacy.retention.services import expire_due\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 1000}, {size + 1000}))\n"
        "try:\n"
        "    expire_due(batch_size=20)\n"
        "except OSError:\n"
        "    sys.exit(7)\n"
    )
    assert child(code).wait(60) == 7
    whole(DUE)
    resume_interrupted()
    whole(0)
    # What was half written is passed over, and what came behind it is not lost with it.
    assert len(list(ledger.read())) >= 2 * DUE


def test_goes_on_without_a_broker(broker: Any) -> None:
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


def _no_other_connection() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        (others,) = cursor.fetchone()
    return not others
