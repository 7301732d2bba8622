"""Where personal data lives: every app declares its own fields, this module knows them all and imports none of them.

An app with models has a module `personal_data.py`, found at start-up the way Django's admin finds `admin.py`. It
registers a `Source` for each model that holds data of a person, and exempts the fields that hold none, with the reason.
Expiry, erasure, inzage and the data map all walk this one list, so that a table that is declared cannot be forgotten by
one of them; the system check `privacy.E001` refuses a field that is neither declared nor exempted.

What is not about one person, or ends sooner than the person, has a `Clock`: which rule of the published statement ends it,
counted from which column. Tables of Django and Wagtail are in this list too, each with a clock or a reason why it has none
(`privacy.E002`). Their texts may name people: `scrub` says from which a name is taken out when the person is erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from django.db import models
from django.db.models.expressions import Combinable

from privacy import files

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from .models import DataSubject


@dataclass(frozen=True, kw_only=True)
class HeldFile:
    """A file that belongs to a record, to be handed over with it.

    Args:
        name: where it lies in the private storage.
        filename: what the person calls it; safe as a name of a file.
        content_type: MIME type.
        size: in bytes.
        sha256: of its bytes (hexadecimal).
    """

    name: str
    filename: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """One item held about a person, ready to be shown to them.

    Args:
        reference: what staff would call it, without personal data ("Submission #12").
        at: when it came in (aware); where its period is counted from something else than the last contact, from when.
        values: label as a reader sees it -> value that JSON can hold.
        statement_version: number of the statement version then in force; None where the item has none.
        amendable: labels of the values that the person may correct (see `Source.amend`).
        files: what belongs to it and is no text.
    """

    reference: str
    at: datetime
    values: Mapping[str, Any]
    statement_version: int | None = None
    amendable: Sequence[str] = ()
    files: Sequence[HeldFile] = ()


class Stay(NamedTuple):
    """Something that outlives an erasure, and why.

    Args:
        reason: the law or claim that requires it (art. 17(3)), in the active language.
        until: the date on which it goes after all.
    """

    reason: str
    until: date


#: Given a person, the reference of a record and label -> new value: corrects them and returns label -> value before.
#: Raises `LookupError` for a record or label that is not the person's to correct.
Amend = Callable[["DataSubject", str, Mapping[str, str]], dict[str, str]]


#: Given a person: an SQL query and its parameters. Columns: reference (text), at (timestamptz), statement_version (int),
#: labels (jsonb: pairs of name and label, in order), data (jsonb: name -> value); oldest first.
Rows = Callable[["DataSubject"], tuple[str, Sequence[Any]]]

#: Given a person: an SQL query and its parameters. Columns: reference (text, as the record's), text (what may name others), and
#: is_staffs (boolean: staff wrote it about the person, who never saw it). Several rows may be about one record.
Texts = Callable[["DataSubject"], tuple[str, Sequence[Any]]]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One model that holds data of people, and the verbs that act on it.

    Args:
        key: stable name, `<app>.<things>`; names the source in exports and counts.
        label: what a layman calls these data.
        origin: where the data came from, in a sentence for the person (art. 15(1)(g)).
        model: the model.
        subject: name of the field with the data subject's key ("pk" when the model is the subject itself).
        fields: model field -> keys of the register's data categories found in it.
        purposes: keys of the register's purposes that these data serve.
        rule: key of the register's retention rule by which they end.
        collect: yields the person's records, oldest first.
        order: erased in this order, low first, so that no row is left pointing at an erased one.
        provided: whether the person provided these data themselves, for a purpose on consent or contract: what art. 20(1)
            lets them take along.
        texts: what of these records may name other people (art. 15(4)), as a query; see `Texts`. None where nothing does.
        rows: the same records as `collect` gives, as a query, for a source of which one person may have very many; see `Rows`.
        amend: corrects values of one of the person's records (art. 16); None where nothing in it is theirs to correct.
        file: name of the field that holds the name of a file in the private storage, which goes with its row.
        known_by: given people's keys, yields what else they are called in these data: names and telephone numbers.
        only: which rows of the model these are, where another period or purpose makes two sources of one model; all when None.
        given_for: keys of the purposes that the person gave these data for, where they are kept for others meanwhile: whoever
            takes that consent back takes them along. Empty where these are `purposes`.
    """

    key: str
    label: str | _StrPromise
    origin: str | _StrPromise
    model: type[models.Model]
    fields: Mapping[str, Sequence[str]]
    purposes: Sequence[str]
    rule: str
    collect: Callable[[DataSubject], Iterator[Record]]
    subject: str = "subject_id"
    order: int = 50
    provided: bool = False
    texts: Texts | None = None
    rows: Rows | None = None
    amend: Amend | None = None
    file: str = ""
    known_by: Callable[[Sequence[int]], Iterator[str]] | None = None
    only: models.Q | None = None
    given_for: Sequence[str] = ()

    @property
    def goes_with_person(self) -> bool:
        """Whether PostgreSQL deletes the rows along with the person (see `cascade.py`), and nothing of ours needs to."""
        return bool(self.subject) and type(self).erase is Source.erase

    def erase(self, subject_ids: Sequence[int]) -> int:
        """Delete all rows of the people with these keys in one statement; return how many rows went.

        Their files go as soon as that is committed. For when only this source goes: where the whole person does, the rows go
        by the database's own keys, unless a source overrides this.
        """
        rows = self._held_of(subject_ids)
        self.doom_files(subject_ids)
        # One DELETE in the database. The ORM's own delete() would first load every row to look for dependants; those
        # are sources of their own here, erased before this one.
        return rows._raw_delete(rows.db)

    def doom_files(self, subject_ids: Sequence[int]) -> None:
        """Have the files of these people's rows go with the running transaction, if this source has files."""
        if self.file:
            rows = self._held_of(subject_ids)
            files.doom(rows.exclude(**{self.file: ""}).values_list(self.file, flat=True))

    def stays(self, emails: Sequence[str]) -> Iterator[Stay]:
        """Yield what stays here of the people with these addresses when they are erased; nothing, unless overridden."""
        yield from ()

    def holders(self, subject_ids: Sequence[int]) -> set[int]:
        """Return which of the people with these keys have rows here."""
        return set(self._held_of(subject_ids).order_by().values_list(self.subject, flat=True).distinct())

    def of(self, person: models.OuterRef) -> models.QuerySet[Any, Any]:
        """Return the query for the rows of a person whom the query around it names."""
        return self._held().filter(**{self.subject: person})

    def count(self, people: models.QuerySet[DataSubject]) -> int:
        """Return how many rows `erase` would delete for these people."""
        return self._held().filter(**{f"{self.subject}__in": people.values("pk")}).count()

    def _held(self) -> models.QuerySet[Any, Any]:
        return self.model._base_manager.filter(self.only or models.Q())

    def _held_of(self, subject_ids: Sequence[int]) -> models.QuerySet[Any, Any]:
        return self._held().filter(among(self.subject, subject_ids))

    def rows_per_person(self, subject_ids: Sequence[int]) -> models.QuerySet[Any, Any]:
        """Return the query for how many rows each of these people has: their key as `person`, and `rows`."""
        found = self._held_of(subject_ids).order_by()
        grouped: models.QuerySet[Any, Any] = found.values(person=models.F(self.subject)).annotate(rows=models.Count("*"))
        return grouped


def among(name: str, keys: Sequence[int]) -> models.Func:
    """Return the condition that `name` is one of `keys`: one parameter, where the ORM's `__in` makes one for each key."""
    return models.Func(
        models.F(name),
        models.Value(array(keys)),
        template="%(expressions)s::bigint[])",
        arg_joiner=" = ANY (",
        output_field=models.BooleanField(),
    )


def array(keys: Sequence[int]) -> str:
    """Return keys as PostgreSQL writes an array; for many, several times as fast as letting the driver do it."""
    return _array(tuple(keys))


# A batch of the expiry asks some thirty queries about the same people.
@lru_cache(maxsize=2)
def _array(keys: tuple[int, ...]) -> str:
    return f"{{{','.join(map(str, keys))}}}"


#: Key of the rule that ends a person, and with them every source that has no clock of its own.
PERSON_RULE = "relations"


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A class of data that ends by itself, by a rule of the published statement (law.md D1).

    Args:
        key: stable name, as of a source.
        label: what a layman calls these data.
        rule: key of the register's retention rule.
        model: the model.
        start: name of the field from which the period is counted.
        start_event: what that field is; the rule in the statement must say the same.
        action: what `end` does; likewise.
        only: which rows; all when None.
        subject: name of the field with the data subject's key, where a hold or restriction keeps the row; "" for none.
        goes_with: name of the field with the data subject's key, where the row ends with its person if it has not yet; "" for
            none, as `subject` when None.
        end: given keys of rows that are locked, ends them and returns how many; deletes them in one statement when None.
        along: models whose rows go with these.
        verb: given the moment of the decision (aware) and a function, ends all that is due and tells the function, in each
            transaction, how many rows it ended; for a class of which more than its own rows goes, so that its room takes the
            locks. `end` then has no say.
        takes: given the query for rows that are due, returns the query for the people who go along with them, for the dry run.
    """

    key: str
    label: str | _StrPromise
    rule: str
    model: type[models.Model]
    start: str
    start_event: str = "recorded"
    action: str = "erase"
    only: models.Q | None = None
    subject: str = ""
    goes_with: str | None = None
    end: Callable[[Sequence[Any]], int] | None = None
    along: Sequence[type[models.Model]] = ()
    verb: Callable[[datetime, Callable[[int], None]], object] | None = None
    takes: Callable[[models.QuerySet[Any, Any]], models.QuerySet[DataSubject]] | None = None

    def outlives(self, people: models.QuerySet[DataSubject], rows: models.QuerySet[Any, Any]) -> models.QuerySet[Any, Any]:
        """Return which of `rows` are still there when these people are erased."""
        name = self.subject if self.goes_with is None else self.goes_with
        return rows.exclude(**{f"{name}__in": people.values("pk")}) if name else rows

    def rows(self) -> models.QuerySet[Any, Any]:
        """Return the query for these rows, due or not."""
        return self.model._base_manager.filter(self.only or models.Q())

    def finish(self, keys: Sequence[Any]) -> int:
        """End the rows with these keys; return how many."""
        if self.end:
            return self.end(keys)
        rows = self.model._base_manager.filter(pk__in=keys)
        return rows._raw_delete(rows.db)


@dataclass(frozen=True, kw_only=True)
class Scrubbed:
    """Texts that staff or the site wrote for themselves, and from which an erased person is taken out (law.md I2, I4).

    Args:
        model: the model.
        only: which rows; what else names the person is a text of the company's own, and an editor's to change.
        parts: JSON field -> keys of it that are staff's own also in the other rows.
        is_proof: whether PostgreSQL refuses to change the rows (`privacy.immutable`), so that they are written anew.
    """

    model: type[models.Model]
    only: models.Q | None = None
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_proof: bool = False


#: A moment (aware), or an SQL expression for one of each person's own.
Moment: TypeAlias = "datetime | Combinable"

#: Given a moment: the condition under which a `DataSubject` may not be erased then.
Hold = Callable[[Moment], models.Q]

#: Given people's keys: the query for key and address of each address that was theirs before.
Former = Callable[[Sequence[int]], models.QuerySet[Any, Any]]


@dataclass
class Registry:
    """All sources and all exemptions of the running site."""

    sources: dict[str, Source] = field(default_factory=dict)
    exemptions: dict[type[models.Model], dict[str, str]] = field(default_factory=dict)
    holds: list[Hold] = field(default_factory=list)
    former: list[Former] = field(default_factory=list)
    clocks: dict[str, Clock] = field(default_factory=dict)
    outside: dict[type[models.Model], str] = field(default_factory=dict)
    scrubbed: dict[type[models.Model], Scrubbed] = field(default_factory=dict)

    def register(self, source: Source) -> None:
        """Add `source`; raise `ValueError` when its key is taken or it names a field that its model hasn't got."""
        if source.key in self.sources:
            raise ValueError(f"Two sources of personal data are called {source.key!r}.")
        self._require_fields(source.model, source.fields)
        self.sources[source.key] = source

    def exempt(self, model: type[models.Model], fields: Sequence[str], *, reason: str) -> None:
        """Say that `fields` of `model` hold no personal data, and why. May be called several times for one model."""
        self._require_fields(model, fields)
        self.exemptions.setdefault(model, {}).update(dict.fromkeys(fields, reason))

    def clock(self, clock: Clock) -> None:
        """Add a class of data that ends by itself; raise `ValueError` when its key is taken or it has no such field."""
        if clock.key in self.clocks:
            raise ValueError(f"Two clocks are called {clock.key!r}.")
        self._require_fields(clock.model, [clock.start])
        self.clocks[clock.key] = clock

    def leave(self, *left: type[models.Model], reason: str) -> None:
        """Say that these models of Django or Wagtail need no rule, and why."""
        self.outside.update(dict.fromkeys(left, reason))

    def scrub(self, scrubbed: Scrubbed) -> None:
        """Have people who are erased be taken out of the texts of a model."""
        self.scrubbed[scrubbed.model] = scrubbed

    def hold(self, condition: Hold) -> None:
        """Add a reason to leave people alone, for a room above this one (an open request, a dispute)."""
        self.holds.append(condition)

    def once_known(self, addresses: Former) -> None:
        """Say where addresses stand that people had before: texts may name them by those as well."""
        self.former.append(addresses)

    def in_order(self) -> list[Source]:
        """Return the sources in the order in which they are erased."""
        return sorted(self.sources.values(), key=lambda source: (source.order, source.key))

    def as_read(self) -> list[Source]:
        """Return the sources in the order in which a person reads them: what they sent themselves comes first."""
        return sorted(self.in_order(), key=lambda source: not source.provided)

    def label(self, key: str) -> str:
        """Return what a layman calls a class of data or a source; one that is gone since goes by its key."""
        known = self.clocks.get(key) or self.sources.get(key)
        return str(known.label) if known else key

    def source_label(self, key: str) -> str:
        """Return what a layman calls a source, as above its records; one that is gone since goes by its key."""
        return str(self.sources[key].label) if key in self.sources else key

    def declared(self, model: type[models.Model]) -> set[str]:
        """Return the names of the fields of `model` that are declared or exempted."""
        names = set(self.exemptions.get(model, ()))
        for source in self.sources.values():
            if source.model is model:
                names.update(source.fields)
        return names

    @staticmethod
    def _require_fields(model: type[models.Model], names: Any) -> None:
        known = {f.name for f in model._meta.local_concrete_fields}
        if unknown := sorted(set(names) - known):
            raise ValueError(f"{model._meta.label} has no field {', '.join(unknown)}.")


#: The registry of this process; filled by the apps' `personal_data.py` at start-up.
registry = Registry()
