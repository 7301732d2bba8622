"""Years of a site in any order: messages, withdrawals, disputes, nights, new statements, erasures and restored backups.

Beside the site runs a model of a page: who is known, since when, and with how many messages. After each act the two agree.
"""

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from privacy.consent.chain import broken_links
from privacy.consent.erasure import carry_out, withdrawn_purposes
from privacy.consent.models import ErasureDue, Method
from privacy.consent.services import withdraw
from privacy.register.periods import expires_at
from privacy.retention.services import expire_due, preview
from privacy.subjects import ledger
from privacy.subjects.models import DataSubject
from privacy.subjects.replay import replay_erasures
from privacy.subjects.services import erase, find, keep
from tests.factories import publish, send, set_period

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

PEOPLE = ["an@voorbeeld.example", "bo@voorbeeld.example"]


@dataclass
class Person:
    """What should be known of somebody."""

    last_contact: datetime
    messages: int = 1
    agrees: bool = True
    held_until: datetime | None = None
    is_restricted: bool = False

    def is_free(self, at: datetime) -> bool:
        return not self.is_restricted and (self.held_until is None or self.held_until <= at)


@dataclass
class Model:
    """What should be known of everybody, and the period that was promised."""

    known: dict[str, Person] = field(default_factory=dict)
    months: int = 24

    def due(self, at: datetime) -> list[str]:
        return [email for email, who in self.known.items() if expires_at(who.last_contact, self.months) <= at]


class Years:
    """The site, its model, and the clock of both."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.model = Model()
        #: What a restored backup must not undo: when, of whom, and what.
        self.ended: list[tuple[datetime, str, str]] = []
        self.backup = (transaction.savepoint(), copy.deepcopy(self.model))

    def message(self, email: str) -> None:
        assert send(Client(), email=email).status_code == 302
        who = self.model.known.setdefault(email, Person(self.now, messages=0))
        who.last_contact, who.messages, who.agrees = self.now, who.messages + 1, True

    def withdrawal(self, email: str) -> None:
        if person := find(email):
            event = withdraw(subject=person, purpose="enquiry", place="mail", method=Method.MAIL, at=self.now)
            assert (event is not None) == self.model.known[email].agrees
            self.model.known[email].agrees = False
            self.ended.append((self.now, email, "agreed"))

    def erasure(self, email: str) -> None:
        if (person := find(email)) and self.model.known[email].is_free(self.now):
            erase([person], reason="op verzoek", at=self.now)
            self._gone(email)

    def dispute(self, email: str, months: int, is_restricted: bool) -> None:
        if person := find(email):
            until = self.now + relativedelta(months=months) if months else None
            keep(person, restricted=is_restricted, until=until, reason="geschil" if until else "", at=self.now)
            who = self.model.known[email]
            who.held_until, who.is_restricted = until, is_restricted

    def night(self) -> None:
        due = self.model.due(self.now)
        free = [email for email in due if self.model.known[email].is_free(self.now)]
        assert preview().due == len(due)
        outcome = expire_due()
        assert (outcome.due, outcome.erased, outcome.held) == (len(due), len(free), len(due) - len(free))
        for email in free:
            self._gone(email)

    def statement(self, months: int) -> None:
        set_period(months)
        publish()
        self.model.months = months

    def time(self, months: int) -> None:
        self.now += relativedelta(months=months)

    def backed_up(self) -> None:
        self.backup = (transaction.savepoint(), copy.deepcopy(self.model))

    def restored(self) -> None:
        point, model = self.backup
        transaction.savepoint_rollback(point)
        cache.clear()
        self.model = copy.deepcopy(model)
        replay_erasures(at=self.now)
        for at, email, what in self.ended:
            # Whoever was in contact after it began anew, and the backup knows of that.
            if (who := self.model.known.get(email)) and who.last_contact <= at:
                if what == "known":
                    del self.model.known[email]
                elif what == "messages":
                    who.messages = 0
                else:
                    who.agrees = False

    def sweep(self) -> None:
        """What a worker does each minute: what was withdrawn takes along what rested on it, once nothing is in the way."""
        for due in ErasureDue.objects.all():
            carry_out(due.pk, at=self.now)
        for email, who in self.model.known.items():
            if who.messages and not who.agrees and who.is_free(self.now):
                who.messages = 0
                self.ended.append((self.now, email, "messages"))

    def look(self) -> None:
        """Hold the site against the model."""
        found = {
            person.email: (person.last_contact_at, person.submissions.count(), "enquiry" not in withdrawn_purposes(person))
            for person in DataSubject.objects.all()
        }
        assert found == {email: (who.last_contact, who.messages, who.agrees) for email, who in self.model.known.items()}
        assert not list(broken_links())
        lines = {(line.subject, line.at) for line in ledger.read() if line.sources is None}
        assert {(ledger.pseudonym(email), at) for at, email, what in self.ended if what == "known"} <= lines

    def _gone(self, email: str) -> None:
        del self.model.known[email]
        self.ended.append((self.now, email, "known"))


somebody = st.sampled_from(PEOPLE)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("message"), somebody),
        st.tuples(st.just("message"), somebody),
        st.tuples(st.just("withdrawal"), somebody),
        st.tuples(st.just("erasure"), somebody),
        st.tuples(st.just("dispute"), somebody, st.sampled_from([0, 6, 30]), st.booleans()),
        st.tuples(st.just("statement"), st.sampled_from([12, 24, 36])),
        st.tuples(st.just("time"), st.sampled_from([1, 11, 12, 25])),
        st.tuples(st.just("night")),
        st.tuples(st.just("backed_up")),
        st.tuples(st.just("backed_up")),
        st.tuples(st.just("restored")),
    ),
    max_size=14,
)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, Years]:
    """Time is the one thing that lies outside the site."""
    at: dict[str, Years] = {}
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: at["now"].now if at else real())
    return at


AN, BO = PEOPLE


@example([("message", AN), ("backed_up",), ("erasure", AN), ("message", AN), ("restored",)])
@example([("message", AN), ("erasure", AN), ("message", AN), ("backed_up",), ("message", BO), ("restored",)])
@example([("message", AN), ("dispute", AN, 6, False), ("withdrawal", AN), ("message", AN), ("time", 11)])
@example([("message", AN), ("dispute", AN, 30, False), ("time", 25), ("night",), ("time", 12), ("night",), ("restored",)])
@example([("message", AN), ("backed_up",), ("withdrawal", AN), ("message", AN), ("restored",), ("night",)])
@example([("message", AN), ("message", BO), ("time", 12), ("statement", 12), ("message", BO), ("night",), ("restored",)])
@how(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_the_site_does_what_its_model_does(clock: dict[str, Years], settings: Any, tmp_path: Path, taken: list[Any]) -> None:
    """Invariants 1, 2, 5: the period of the statement in force decides, and whoever was erased stays erased (D1, D2, D5)."""
    with transaction.atomic():
        settings.ERASURE_LEDGER_DIR = tmp_path / str(len(list(tmp_path.iterdir())))
        settings.ERASURE_LEDGER_DIR.mkdir()
        clock["now"] = years = Years()
        for name, *arguments in taken:
            years.now += timedelta(minutes=1)
            getattr(years, name)(*arguments)
            years.sweep()
            years.look()
        clock.clear()
        transaction.set_rollback(True)
    cache.clear()
