"""`make bench`: what the site costs, side by side in one run, on servers of its own.

`make bench ARGS="--relations 100000"` makes it larger. Figures depend on the machine; docs/benchmarks.md keeps some, with
command and date.
"""

import argparse
import logging
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from config.embedded import Servers

from benchmarks.memory import most_memory


def main() -> None:
    """Start servers in a temporary folder, fill the database, and measure."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--relations", type=int, default=50_000, help="people in the database")
    parser.add_argument("--records", type=int, default=5_000, help="messages of the one person who asks for inzage")
    parser.add_argument("--only", nargs="+", choices=_PARTS, default=list(_PARTS), help="what to measure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="koel-bench-") as folder, Servers.hold(Path(folder) / "servers") as servers:
        os.environ.update(servers.urls, TEST_DATA=folder, DJANGO_SETTINGS_MODULE="config.settings.test")
        _prepare()
        for name, part in _PARTS.items():
            if name in options.only:
                part(options.relations, options.records)
        print(f"most memory of this process: {most_memory():.0f} MiB")


def _prepare() -> None:
    """Make the tables and the demo site."""
    import django

    django.setup()
    logging.disable(logging.INFO)

    from demo.build import build
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    build()


def _pages(relations: int, records: int) -> None:
    from django.test import Client

    from benchmarks import pages

    client = Client()
    for path in ("/", "/privacy/", "/contact/"):
        client.get(path)  # the first request compiles templates
        _row(f"GET {path}", 50, lambda path=path: [client.get(path) for _ in range(50)])
    pages.compare()


def _rights(relations: int, records: int) -> None:
    from benchmarks import asking, data, inzage

    few = data.one_person(10, "weinig@voorbeeld.example")
    print(f"asking, 300 times each: {asking.same_for_everybody(few, 300)}")
    data.fill(10_000)
    data.keep_copy("among_few")
    data.fill(relations)
    for line in inzage.in_turns(few, {"10,000": "among_few", f"{relations:,}": data.name()}, rounds=10, each=20):
        print(line)
    print(f"from the confirmed link of 10 records to the mail, among all: {asking.from_link_to_mail(few)}")
    email = data.one_person(records)
    raw = min(_row("raw COPY of one person's messages", records, lambda: inzage.copy(email)) for _ in range(3))
    ours = min(_row("inzage of one person, whole archive", records, lambda: inzage.build(email)) for _ in range(3))
    print(f"inzage against raw COPY: {raw / ours:.2f}")
    sealed = min(_row("the same, sealed", records, lambda: inzage.build(email, sealed=True)) for _ in range(3))
    print(f"sealed, against raw COPY: {raw / sealed:.2f}; memory of a process of its own {inzage.memory(email)}")
    print(f"from the confirmed link of {records:,} records to the mail: {asking.from_link_to_mail(email)}")


def _expiry(relations: int, records: int) -> None:
    from django.db import connection

    from benchmarks import data, expiry

    data.fill(relations)
    expiry.nothing_due()  # the first loads what it needs
    _row("expiry, nothing due", 1, expiry.nothing_due)
    _row("overdue query, nothing due", 1, expiry.overdue)
    _row("what goes when, all months", 1, expiry.ahead)
    connection.close()
    # It holds all it deletes in memory: 2.2 GiB for half a million people.
    leave_out = expiry.ORM if relations > 1_000_000 else ""
    expiry.compare("a tenth of them due", 2, leave_out=leave_out)
    expiry.compare("half of them due", 0, leave_out=leave_out)


def _posts(relations: int, records: int) -> None:
    from benchmarks import data, posts

    data.fill(relations)
    for line in posts.compare(300):
        print(f"95th percentile of a POST of the form: {line}", flush=True)


_PARTS: dict[str, Callable[[int, int], None]] = {
    "pages": _pages,
    "rights": _rights,
    "expiry": _expiry,
    "posts": _posts,
}


def _row(name: str, things: int, work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    seconds = time.perf_counter() - begin
    print(f"{name:<45} {things:>9,} in {seconds:8.3f} s {things / seconds:>12,.0f} per second", flush=True)
    return seconds


if __name__ == "__main__":
    main()
