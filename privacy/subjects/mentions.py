"""Where people are named in texts that are not their own: log entries, remarks, old drafts, pages (law.md I2, I4).

Such texts hang on nobody, so no key leads to them, and looking through all of them for each of half a million people is out
of the question. Therefore triggers keep a register of the addresses in them (`Mention`): one row an address and text. It is
about as big as the number of times an editor or a log names somebody, and the expiry asks it once a batch. The triggers are
made from the list of models, after every `migrate`, on every table with a text that is neither a source nor exempt by name
here; so a new table cannot escape, nor can a row that some other program writes.

A name or a telephone number is no key: many people have the same, and a number is spelled in many ways. They are looked for
in the texts themselves, which is only done for a few people at a time: a request, not the expiry (decision 0200).

What is found goes one of two ways. Texts that staff or the site wrote for themselves are scrubbed (`registry.scrub`). All
others are the company's own published texts and drafts, which no machine may rewrite: they are reported.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from .emails import spellings
from .models import DataSubject, DoomedFile, Mention
from .registry import Scrubbed, array, registry

#: What stands where somebody was named.
GONE = "[gewist]"

#: Names and telephone numbers are looked for when no more people than this go at once.
FEW = 10

_SCRUBBED = (models.CharField, models.TextField, models.JSONField)

# Where a word begins and ends, for Python and PostgreSQL alike; the end of a line is a letter in JSON.
_BEGIN, _END = r"(?:(?<![\w.+-])|(?<=\\[nrt]))", r"(?![\w-])"

#: Texts that no register need be kept of -> why.
_UNWATCHED = {
    "django_session": "Sealed, and of staff; gone within two weeks.",
    "wagtailsearch_indexentry": "Made of pages, and made anew with them.",
    "wagtailcore_referenceindex": "Numbers and names of fields.",
    "privacy_statement_statementversion": "The published statement: the company's own, and proof.",
    "privacy_statement_statementtranslation": "The same in another language.",
}

# What JSON writes for the end of a line would otherwise be a letter of the address. `FROM CURRENT`: also in a restore.
_FUNCTIONS = r"""
    CREATE OR REPLACE FUNCTION privacy_addresses(text) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
        SELECT DISTINCT lower(found[1]) FROM regexp_matches(
            regexp_replace(regexp_replace($1, '\\+[nrt]', ' ', 'g'), '%40|&#64;', '@', 'gi'),
            '([[:alnum:]_][[:alnum:]._%+''~-]*@[[:alnum:]-]+(?:[.][[:alnum:]-]+)+)', 'g'
        ) AS found WHERE $1 ~ '@|%40|&#64;'
    $$;
    CREATE OR REPLACE FUNCTION privacy_note_mentions() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            DELETE FROM privacy_subjects_mention WHERE place = TG_TABLE_NAME AND "row" = to_jsonb(OLD)->>TG_ARGV[0];
        END IF;
        IF TG_OP <> 'DELETE' THEN
            INSERT INTO privacy_subjects_mention (place, "row", address)
            SELECT TG_TABLE_NAME, to_jsonb(NEW)->>TG_ARGV[0], named FROM privacy_addresses(to_jsonb(NEW)::text) AS named;
        END IF;
        RETURN NULL;
    END $$;
"""


def watched() -> dict[str, type[models.Model]]:
    """Return the models whose texts may name somebody, by their table."""
    own = {source.model for source in registry.in_order()} | {Mention, DoomedFile, DataSubject}
    return {
        model._meta.db_table: model
        for model in apps.get_models()
        if model._meta.managed
        and model not in own
        and model._meta.db_table not in _UNWATCHED
        and any(_holds_text(field) for field in model._meta.local_concrete_fields)
    }


def _holds_text(field: "models.Field[Any, Any]") -> bool:
    column = field.db_type(connection) or ""
    return column.endswith("[]") or column.startswith(("varchar", "text", "char", "citext", "json", "bytea", "inet", "hstore"))


def keep_register(**kwargs: Any) -> None:
    """Put the triggers where they are missing and write down what the texts name already.

    Args:
        **kwargs: what the signal `post_migrate` passes; not used.
    """
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'privacy_mentions'")
        there = {name.strip('"') for (name,) in cursor.fetchall()}
        existing = set(connection.introspection.table_names(cursor))
        new = {table: model for table, model in watched().items() if table in existing - there}
        if Mention._meta.db_table not in existing:
            return
        cursor.execute(_FUNCTIONS)
        for table, model in new.items():
            key = str(model._meta.pk.column)
            cursor.execute(
                f"CREATE TRIGGER privacy_mentions AFTER INSERT OR UPDATE OR DELETE ON {quote(table)}"
                f" FOR EACH ROW EXECUTE FUNCTION privacy_note_mentions('{key}')"
            )
            cursor.execute(
                f"""
                INSERT INTO privacy_subjects_mention (place, "row", address)
                SELECT %s, {quote(key)}::text, named
                FROM {quote(table)} AS text_of, privacy_addresses(to_jsonb(text_of)::text) AS named
                """,  # noqa: S608 (names of our own models)
                [table],
            )


@dataclass(kw_only=True)
class Named:
    """Where people are named.

    Args:
        rows: table -> keys of rows, as text.
        words: pattern of everything that is to be taken out.
    """

    rows: dict[str, set[str]]
    words: "re.Pattern[str]"


def find(ids: Sequence[int]) -> Named | None:
    """Return where these people are named, or None; to be asked while they are still there.

    Args:
        ids: keys of the people.
    """
    rows: dict[str, set[str]] = defaultdict(set)
    addresses = set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT place, "row", address FROM {Mention._meta.db_table} JOIN {DataSubject._meta.db_table} AS who
            ON who.email = address WHERE who.id = ANY (%s::bigint[])
            """,  # noqa: S608 (our own tables)
            [array(ids)],
        )
        for place, row, address in cursor.fetchall():
            rows[place].add(row)
            addresses.add(address)
    words = [_address(address) for address in addresses]
    if len(ids) <= FEW:
        words = [_address(email) for email in DataSubject.objects.filter(pk__in=ids).values_list("email", flat=True)]
        words += _other_words(ids)
        for table, row in _search("|".join(words)):
            rows[table].add(row)
    return Named(rows=rows, words=re.compile("|".join(words), re.IGNORECASE)) if rows else None


def scrub(named: Named) -> dict[type[models.Model], list[str]]:
    """Take people out of the texts that may be scrubbed; return the keys of the others, which name them still.

    To be called inside `privacy.immutable.erasing`.
    """
    left: dict[type[models.Model], list[str]] = {}
    models_by_table = watched()
    for table, keys in named.rows.items():
        model = models_by_table[table]
        rows = model._base_manager.filter(pk__in=keys)
        rule = registry.scrubbed.get(model)
        whole = set(rows.filter(rule.only or models.Q()).values_list("pk", flat=True)) if rule else set()
        # Those that have gone with the person are not there any more.
        for row in rows.order_by("pk"):
            if rule:
                _scrub(rule, row, named.words, is_whole=row.pk in whole)
            if row.pk not in whole and named.words.search(_as_text(row)):
                left.setdefault(model, []).append(str(row.pk))
    return left


def _as_text(row: models.Model) -> str:
    values = [getattr(row, field.attname) for field in row._meta.local_concrete_fields]
    return "\n".join(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str) for value in values
    )


def _scrub(rule: Scrubbed, row: models.Model, words: "re.Pattern[str]", *, is_whole: bool) -> None:
    changed = {}
    for field in rule.model._meta.local_concrete_fields:
        before = getattr(row, field.attname)
        after = before
        if is_whole and isinstance(field, _SCRUBBED) and not field.choices:
            after = _without(before, words)
        elif field.name in rule.parts:
            after = before | {key: _without(before[key], words) for key in rule.parts[field.name] if key in before}
        if after != before:
            changed[field.attname] = after
            setattr(row, field.attname, after)
    if not changed:
        return
    same = rule.model._base_manager.filter(pk=row.pk)
    if rule.is_proof:
        # PostgreSQL refuses to change it; while erasing it may be deleted, and so written anew.
        same._raw_delete(same.db)
        rule.model._base_manager.bulk_create([row])
    else:
        same.update(**changed)


def _without(value: Any, words: "re.Pattern[str]") -> Any:
    if isinstance(value, str):
        return words.sub(GONE, value)
    return json.loads(words.sub(GONE, json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)), strict=False)


def _search(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield table and key of every watched row in which the pattern is found; one statement."""
    quote = connection.ops.quote_name
    parts = [
        f"SELECT '{table}', {quote(str(model._meta.pk.column))}::text FROM {quote(table)} AS text_of"  # noqa: S608 (names of our own models)
        " WHERE to_jsonb(text_of)::text ~* %s"
        for table, model in watched().items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [pattern] * len(parts))
        yield from cursor.fetchall()


def _other_words(ids: Sequence[int]) -> list[str]:
    """Return patterns of the names and telephone numbers by which the sources know these people."""
    known = {text.strip() for source in registry.in_order() if source.known_by for text in source.known_by(ids)}
    return [pattern for text in sorted(known) if (pattern := _phone(text) or _name(text))]


def _address(email: str) -> str:
    """Return the pattern of an address as texts, addresses of pages and data in JSON spell it."""
    name = email.rpartition("@")[0]
    domains = "|".join(re.escape(domain) for domain in {spelled.rpartition("@")[2] for spelled in spellings(email)})
    plus = re.escape(name).replace(r"\+", r"(?:\+|%2B)")
    return rf"{_BEGIN}{plus}(?:@|%40|&#64;)(?:{domains}){_END}"


def _phone(text: str) -> str | None:
    """Return the pattern of a telephone number, however its digits are spaced, abroad or not; None for no number."""
    digits = re.sub(r"\D", "", text)
    if len(digits) < 9 or re.search(r"[^\d\s()+./-]", text):
        return None
    between = r"[ ()./%+-]*"
    return rf"(?<!\d)[+(]?\d{{0,4}}{between}" + between.join(digits[-9:]) + r"(?!\d)"


def _name(text: str) -> str | None:
    """Return the pattern of a full name; None for a single word, by which too many others would be meant."""
    words = re.findall(r"[^\W\d_][\w'’.-]*", text)
    if len(words) < 2 or len(words) > 8:
        return None
    return _BEGIN + r"(?:\s|\+|%20|&nbsp;|_|-)+".join(re.escape(word) for word in words) + _END
