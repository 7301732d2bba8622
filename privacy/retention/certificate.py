"""Certificates of erasure: that something was erased, when, by which rule and how much, and not whose it was (art. 5(2)).

One is made on the spot from what is kept for good: the row of a run, of people or of a class of data, or a line of the ledger.
It holds nothing that is not there, and no personal data; the reference leads back to the row or line. Its JSON is described
in `docs/erasure-certificate.schema.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy

from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion
from privacy.subjects import ledger
from privacy.subjects.ledger import Line
from privacy.subjects.moves import Moves
from privacy.subjects.registry import registry
from privacy.subjects.services import find

from .models import ClassRun, RetentionRun

SCHEMA_VERSION = 1

#: Reason in the ledger -> the retention rule by which it was.
_RULES = {"expired": RELATIONS, "possible spam expired": "possible_spam"}

#: Reason in the ledger -> what a reader makes of it. Any other reason is an officer's own words.
_REASONS = {
    "expired": gettext_lazy("De bewaartermijn was voorbij (art. 5 lid 1 onder e AVG)."),
    "request": gettext_lazy("De betrokkene vroeg erom (art. 17 AVG)."),
    "consent withdrawn": gettext_lazy("De toestemming was ingetrokken (art. 17 lid 1 onder b AVG)."),
    "possible spam expired": gettext_lazy("Mogelijke spam waarvan de bewaartermijn voorbij was (art. 5 lid 1 onder e AVG)."),
    "possible spam erased by hand": gettext_lazy("Spam, door een medewerker gelezen en gewist (art. 5 lid 1 onder c AVG)."),
    "replayed": gettext_lazy("Na het terugzetten van een reservekopie opnieuw gewist (art. 17 en 32 AVG)."),
}


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """One certificate, for the page and the JSON alike.

    Args:
        kind: "run" for all people of a run, "class" for a class of data that ended by a clock of its own, "person" for one.
        reference: "opschoning-12" for a run, "soort-12" for a class, the name of the ledger's line for a person.
        reason: as the ledger has it.
        issued_at: now (aware).
        erased_at: when the last of it was gone (aware).
        run: the run by which, if by one.
        people: how many people it is about; None for a class, of which only rows are counted.
        counts: rows erased per source, by key.
        only: keys of what was erased when it was not everything; None for everything.
        rule: the retention rule that was applied, as published; None where it was another reason.
        version: the statement version then in force; None when there was none.
    """

    kind: str
    reference: str
    reason: str
    issued_at: datetime
    erased_at: datetime
    run: RetentionRun | ClassRun | None
    people: int | None
    counts: Mapping[str, int]
    only: list[str] | None
    rule: Mapping[str, Any] | None
    version: StatementVersion | None

    @property
    def why(self) -> str:
        """The reason in words."""
        return str(_REASONS.get(self.reason, self.reason))

    @property
    def rows(self) -> list[tuple[str, str, int]]:
        """Key, label and number of rows of each source."""
        return [(key, registry.label(key), rows) for key, rows in sorted(self.counts.items(), key=lambda one: _place(one[0]))]

    @property
    def total(self) -> int:
        """Rows of all sources."""
        return sum(self.counts.values())

    @property
    def statement_url(self) -> str:
        """Where that version stays readable; empty when there was none."""
        if self.version is None:
            return ""
        return settings.SITE_URL + reverse("statement-version", args=[self.version.number])

    @property
    def controller(self) -> str:
        """Who declares it; the name in the statement then in force."""
        return str(self.version.facts["controller"]["name"]) if self.version else settings.SITE_URL

    def as_json(self) -> dict[str, Any]:
        """Return the certificate as JSON holds it; times in UTC."""
        found: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "kind": self.kind,
            "reference": self.reference,
            "controller": self.controller,
            "issued_at": _utc(self.issued_at),
            "erased_at": _utc(self.erased_at),
            "reason": {"code": self.reason if self.reason in _REASONS else "other", "text": self.why},
            "rule": None,
            "people": self.people,
            "everything": self.only is None,
            "by_source": [{"source": key, "label": label, "rows": rows} for key, label, rows in self.rows],
            "run": None,
            "statement": None,
        }
        if self.rule is not None:
            found["rule"] = {key: self.rule[key] for key in ("key", "name", "months", "start_event", "action", "reason")}
            # Versions from before there were periods in days have none.
            found["rule"]["days"] = self.rule.get("days", 0)
        if self.run is not None:
            found["run"] = {
                "number": self.run.pk,
                "as_of": _utc(self.run.as_of),
                "started_at": _utc(self.run.started_at),
                "finished_at": _utc(self.run.finished_at) if self.run.finished_at else None,
                "due": self.run.due if isinstance(self.run, RetentionRun) else None,
                "held": self.run.held if isinstance(self.run, RetentionRun) else None,
            }
        if self.version is not None:
            found["statement"] = {
                "version": self.version.number,
                "effective_on": self.version.effective_on.isoformat(),
                "sha256": self.version.sha256,
                "url": self.statement_url,
            }
        return found


def of_run(run: RetentionRun, *, at: datetime) -> Certificate:
    """Return the certificate of a run that has ended.

    Args:
        run: the run.
        at: now (aware).

    Raises:
        ValueError: it has not come to its end.
    """
    if run.finished_at is None:
        raise ValueError("There is no certificate of what is still going on.")
    return Certificate(
        kind="run",
        reference=f"opschoning-{run.pk}",
        reason="expired",
        issued_at=at,
        erased_at=run.progress_at or run.finished_at,
        run=run,
        people=run.erased,
        counts=run.by_source,
        only=None,
        rule=_rule(run.version),
        version=run.version,
    )


def of_class_run(run: ClassRun, *, at: datetime) -> Certificate:
    """Return the certificate of what one night ended of one class of data.

    Args:
        run: its row; complete as it is, since each of its batches counts itself.
        at: now (aware).
    """
    return Certificate(
        kind="class",
        reference=f"soort-{run.pk}",
        reason="expired",
        issued_at=at,
        erased_at=run.finished_at,
        run=run,
        people=None,
        counts={run.source: run.rows},
        only=[run.source],
        rule=_rule(run.version, run.rule),
        version=run.version,
    )


def of_line(line: Line, *, at: datetime) -> Certificate:
    """Return the certificate of one person's erasure.

    Args:
        line: the ledger's line.
        at: now (aware).
    """
    run = RetentionRun.objects.filter(pk=line.run).select_related("version").first() if line.run else None
    version = run.version if run else StatementVersion.objects.in_force_at(line.at)
    return Certificate(
        kind="person",
        reference=line.id,
        reason=line.reason,
        issued_at=at,
        erased_at=line.at,
        run=run,
        people=1,
        counts=line.counts,
        only=None if line.sources is None else [*line.sources],
        rule=_rule(version, _RULES[line.reason]) if line.reason in _RULES and version else None,
        version=version,
    )


@dataclass(frozen=True, kw_only=True)
class Found:
    """Lines of the ledger that lead to certificates, oldest first.

    Args:
        own: of whoever had the address that was looked for.
        later: of those of them who were known by another address when they were erased (art. 16).
    """

    own: list[Line]
    later: list[Line]


def of_address(email: str) -> Found:
    """Return the lines of what was erased of the people who ever had this address.

    A process that died between ledger and commit left a line for what was erased later, or never. No certificate is made from
    such a one where it shows: the person is still here, or the run came back to them.

    Args:
        email: address (normalised).
    """
    subject, person = ledger.pseudonym(email), find(email)
    own = {
        # One run erases nobody twice: the last line is the one that was committed.
        line.run or line.id: line
        for line in ledger.lines_under(subject)
        if line.sources is not None or not person or person.created_at > line.at
    }
    later = [
        line
        for span in Moves().later(subject)
        for line in ledger.lines_under(span.hash)
        if line.id not in {one.id for one in own.values()} and span.since <= line.at < span.until
    ]
    return Found(own=[*own.values()], later=later)


def _rule(version: StatementVersion, key: str = RELATIONS) -> Mapping[str, Any] | None:
    return version.in_language(translation.get_language()).look.rule(key)


def _place(key: str) -> tuple[int, str]:
    source = registry.sources.get(key)
    return (source.order if source else 1000, key)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
