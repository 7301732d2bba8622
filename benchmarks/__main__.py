"""`make bench`: what the site costs, side by side in one run, on servers of its own.

`make bench ARGS="--relations 100000"` makes it larger. Figures depend on the machine; docs/benchmarks.md keeps some, with
command and date.
"""

import argparse
import logging
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from config.embedded import Servers


def main() -> None:
    """Start servers in a temporary folder, fill the database, and measure."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--relations", type=int, default=50_000, help="people in the database")
    parser.add_argument("--records", type=int, default=5_000, help="messages of the one person who asks for inzage")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="koel-bench-") as folder, Servers.hold(Path(folder) / "servers") as servers:
        os.environ.update(servers.urls, TEST_DATA=folder, DJANGO_SETTINGS_MODULE="config.settings.test")
        _measure(options.relations, options.records)


def _measure(relations: int, records: int) -> None:
    import django

    django.setup()

    from demo.build import build
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from benchmarks import asking, data, expiry, inzage, pages

    call_command("migrate", verbosity=0)
    build()
    logging.disable(logging.INFO)
    client = Client()
    for path in ("/", "/privacy/", "/contact/"):
        client.get(path)  # the first request compiles templates
        _row(f"GET {path}", 50, lambda path=path: [client.get(path) for _ in range(50)])
    few = data.one_person(10, "weinig@voorbeeld.example")
    inzage.build(few)
    _row("inzage of 10 records, alone", 20, lambda: [inzage.build(few) for _ in range(20)])
    print(f"asking, 300 times each: {asking.same_for_everybody(few, 300)}")
    pages.compare()
    data.fill(relations)
    _row("inzage of 10 records, among all", 20, lambda: [inzage.build(few) for _ in range(20)])
    print(f"from the confirmed link of 10 records to the mail, among all: {asking.from_link_to_mail(few):.2f} s")
    expiry.nothing_due()  # the first loads what it needs
    _row("expiry, nothing due", 1, expiry.nothing_due)
    _row("overdue query, nothing due", 1, expiry.overdue)
    _row("what goes when, all months", 1, expiry.ahead)
    connection.close()
    expiry.compare("a tenth of them due", 2)
    expiry.compare("half of them due", 0)
    email = data.one_person(records)
    raw = _row("raw COPY of one person's messages", records, lambda: inzage.copy(email))
    ours = _row("inzage of one person, whole archive", records, lambda: inzage.build(email))
    print(f"inzage against raw COPY: {raw / ours:.2f}")
    print(f"most memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def _row(name: str, things: int, work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    seconds = time.perf_counter() - begin
    print(f"{name:<45} {things:>9,} in {seconds:8.3f} s {things / seconds:>12,.0f} per second", flush=True)
    return seconds


if __name__ == "__main__":
    main()
