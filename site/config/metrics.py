"""`/metrics`: what monitoring watches, as text for Prometheus, for who holds `METRICS_TOKEN`.

Written by hand: each figure is read from the database at the moment it is asked for, and the client library is made for the
other case, counters that live in a process (docs/decisions/0283-metrics-by-hand.md). Counts only, of nobody in particular.
"""

from collections.abc import Iterator

import django
import wagtail
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from contact.models import Submission
from privacy.mail.models import Mail
from privacy.retention.status import status
from privacy.rights.models import DataRequest
from privacy.statement.models import StatementVersion

PATH = "/metrics"

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer 404 where no token is set, 401 without it, 503 while the database is gone."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    try:
        text = "".join(_lines())
    except DatabaseError:
        return HttpResponse(status=503, headers={"Cache-Control": "no-store"})
    return HttpResponse(text, content_type=_CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _lines() -> Iterator[str]:
    now = timezone.now()
    state, mails = status(now), Mail.objects.progress()
    version = StatementVersion.objects.only("number").in_force()
    overdue = DataRequest.objects.overdue(now).count()
    yield _gauge("overdue_requests", "Requests of people that should have been answered by law.", overdue)
    yield _gauge("past_their_date", "People who should have been erased by now.", state.past_their_date)
    yield _gauge("rows_past_their_date", "Rows with a clock of their own that should be gone.", state.rows_past_their_date)
    yield _gauge("expiry_paused", "1 while somebody has paused the expiry.", int(state.is_paused))
    if state.last_run:
        age = (now - state.last_run).total_seconds()
        yield _gauge("last_expiry_age_seconds", "Time since the last expiry finished.", round(age))
    yield _gauge("mails", "Mails that wait, or were given up.", mails.waiting, state="waiting")
    yield _sample("mails", mails.failed, state="failed")
    spam = Submission.objects.filter(state=Submission.State.SPAM).count()
    yield _gauge("possible_spam", "Messages that wait for somebody to judge them.", spam)
    yield _gauge("statement_version", "Number of the version in force; 0 for none.", version.number if version else 0)
    software = {"django": django.__version__, "wagtail": wagtail.__version__}
    yield _gauge("software", "What the site runs on.", 1, **software)


def _gauge(name: str, about: str, value: int, **labels: str) -> str:
    return f"# HELP koel_{name} {about}\n# TYPE koel_{name} gauge\n{_sample(name, value, **labels)}"


def _sample(name: str, value: int, **labels: str) -> str:
    named = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"koel_{name}{{{named}}} {value}\n" if named else f"koel_{name} {value}\n"
