"""Everything held about a person as their own page shows it: per source, with why, how long and until when."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.register.models import RetentionRule
from privacy.register.periods import expires_at
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, Source, registry

from .archive import terms
from .others import Others

#: So many records of a source stand on the page; all of them are in the archive.
SHOWN = 25


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One source of a person.

    Args:
        source: the source.
        terms: what art. 15(1) wants said of it.
        records: the first of them, each with the day on which it is deleted.
        more: whether there are more than stand here.
    """

    source: Source
    terms: dict[str, Any]
    records: list[tuple[Record, date]]
    more: bool


def held(subject: DataSubject, version: StatementVersion, language: str) -> Iterator[Holding]:
    """Yield the sources that hold something about a person, in the reader's language.

    Args:
        subject: the person.
        version: the statement in force.
        language: of purposes and periods.
    """
    facts = version.in_language(language).look
    others = Others(subject)
    for source in registry.as_read():
        found = list(islice(source.collect(subject), SHOWN + 1))
        if found:
            kept_back = {named.reference for named in others.named_in(source, [record.reference for record in found])}
            dated = [
                (_kept_back(record) if record.reference in kept_back else record, deleted_on(source, record, subject, version))
                for record in found[:SHOWN]
            ]
            yield Holding(source=source, terms=terms(source, facts), records=dated, more=len(found) > SHOWN)


def may_name_others(subject: DataSubject, source: Source, references: Collection[str]) -> bool:
    """Say whether others may be named in one of these records, so that the person does not see it before somebody looked."""
    return bool(Others(subject).named_in(source, references))


def _kept_back(record: Record) -> Record:
    """Return what is said of a record in which others may be named (art. 15(4)); it comes with the archive."""
    said = {
        _("Inhoud"): _(
            "Hier kan een ander in genoemd zijn, dus kijken wij het eerst na. Haal uw archief op; daar staat het in."
        )
    }
    return replace(record, values=said, amendable=(), files=())


def deleted_on(source: Source, record: Record, subject: DataSubject, version: StatementVersion) -> date:
    """Return the local date on which the period of a record ends, by the same rule as the nightly job."""
    rule = version.look.rule(source.rule) or {}
    from_contact = rule.get("start_event") == RetentionRule.StartEvent.LAST_CONTACT
    start = subject.last_contact_at if from_contact else record.at
    return timezone.localdate(expires_at(start, *version.period(source.rule)))


def record_of(subject: DataSubject, source: Source, reference: str) -> Record | None:
    """Return one record of a person by its reference; None when they have none such."""
    return next((record for record in source.collect(subject) if record.reference == reference), None)
