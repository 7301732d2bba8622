"""The expiry beside what else could do the same, each on a copy of the same database and in a process of its own.

`python -m benchmarks.expiry CONTENDER YEARS` erases, in the database of `DATABASE_URL`, who was due so many years ago, and
prints one JSON object.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from benchmarks.memory import most_memory


def compare(share: str, years_ago: int, *, leave_out: str = "") -> None:
    """Let every contender do the same, one after the other.

    Args:
        share: how to call it in the table.
        years_ago: the run decides as of so many years ago, which makes it one in ten (2) or half (0) of all.
        leave_out: the contender that doesn't take part.
    """
    speeds: dict[str, float] = {}
    for name in (name for name in _CONTENDERS if name != leave_out):
        # With a ledger of its own: the site would take its database for a restored one.
        with _Copy() as url, tempfile.TemporaryDirectory() as folder:
            run = subprocess.run(
                [sys.executable, "-m", "benchmarks.expiry", name, str(years_ago)],
                env=os.environ | {"DATABASE_URL": url, "ERASURE_LEDGER_DIR": folder},
                stdout=subprocess.PIPE,
                check=True,
            )
        found = json.loads(run.stdout.splitlines()[-1])
        speeds[name] = found["people"] / found["seconds"]
        print(
            f"{share}: {name:<28} {found['people']:>9,} in {found['seconds']:8.2f} s {speeds[name]:>10,.0f} per second"
            f"  {speeds[name] / speeds['raw cascade']:5.2f} of raw  {found['memory']}",
            flush=True,
        )


class _Copy:
    """A copy of the database, fresh from the disk for everybody."""

    def __enter__(self) -> str:
        url = urlsplit(os.environ["DATABASE_URL"])
        self._server, name = url._replace(path="/template1").geturl(), sql.Identifier(url.path[1:])
        with psycopg.connect(self._server, autocommit=True) as server:
            server.execute("DROP DATABASE IF EXISTS bench_copy WITH (FORCE)")
            server.execute(sql.SQL("CREATE DATABASE bench_copy TEMPLATE {} STRATEGY file_copy").format(name))
            server.execute("CHECKPOINT")
        return url._replace(path="/bench_copy").geturl()

    def __exit__(self, *args: object) -> None:
        with psycopg.connect(self._server, autocommit=True) as server:
            server.execute("DROP DATABASE bench_copy WITH (FORCE)")


def _raw(as_of: datetime) -> int:
    """One statement; the keys cascade in the database."""
    from django.db import connection, transaction

    from privacy.immutable import erasing

    with transaction.atomic(), erasing(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM privacy_subjects_datasubject WHERE last_contact_at <= %s::timestamptz - interval '24 months'", [as_of]
        )
        return int(cursor.rowcount)


def _ours(as_of: datetime) -> int:
    from privacy.retention.services import expire_due

    return expire_due(as_of=as_of).erased


def _orm(as_of: datetime) -> int:
    """Django's own delete(), table by table."""
    from dateutil.relativedelta import relativedelta
    from django.db import transaction

    from contact.models import Submission
    from privacy.consent.models import ConsentEvent
    from privacy.immutable import erasing
    from privacy.subjects.models import DataSubject

    due = DataSubject.objects.filter(last_contact_at__lte=as_of - relativedelta(months=24))
    with transaction.atomic(), erasing():
        people = due.count()
        for model in (Submission, ConsentEvent):
            model._base_manager.filter(subject__in=due).delete()
        due.delete()
    return people


ORM = "the ORM's delete()"


def _nightly(as_of: datetime) -> dict[str, object]:
    """The run of a real worker, whose second process helps while nobody is on the site."""
    from benchmarks import worker

    return worker.nightly(as_of)


def _here(erase: Callable[[datetime], int]) -> Callable[[datetime], dict[str, object]]:
    """Let this process erase, and say of it what `worker.nightly` says of a worker."""

    def contender(as_of: datetime) -> dict[str, object]:
        from django.db import connection

        connection.ensure_connection()
        before, begin = most_memory(), time.perf_counter()
        people = erase(as_of)
        seconds = time.perf_counter() - begin
        return {"people": people, "seconds": seconds, "memory": f"{before:.0f} -> {most_memory():.0f} MiB"}

    return contender


_CONTENDERS: dict[str, Callable[[datetime], dict[str, object]]] = {
    "raw cascade": _here(_raw),
    "ours, the nightly run": _nightly,
    "ours, one process": _here(_ours),
    ORM: _here(_orm),
}


def nothing_due() -> None:
    """Run when nobody is past their period."""
    from datetime import UTC

    from privacy.retention.services import expire_due

    assert expire_due(as_of=datetime(2000, 1, 1, tzinfo=UTC)).erased == 0


def overdue() -> None:
    """Count who is past their period, when nobody is."""
    from datetime import UTC

    from privacy.retention.due import past_their_period

    assert not past_their_period(as_of=datetime(2000, 1, 1, tzinfo=UTC), months=24).count()


def ahead() -> None:
    """Count what goes when, over all people."""
    from django.utils import timezone

    from privacy.retention.plan import plan
    from privacy.statement.models import StatementVersion

    assert plan(StatementVersion.objects.binding(), at=timezone.now()).rules[0].highest


def main() -> None:
    """Be one contender."""
    import django

    django.setup()

    from dateutil.relativedelta import relativedelta
    from django.utils import timezone

    as_of = timezone.now() - relativedelta(years=int(sys.argv[2]))
    print(json.dumps(_CONTENDERS[sys.argv[1]](as_of)))


if __name__ == "__main__":
    main()
