"""The keys by which rows end with their person: `ON DELETE CASCADE`, in PostgreSQL itself.

Django's own keys do not cascade in the database. Deleting half a million people then costs one statement a table and, on
top of it, a look at every table for every person, to see that nothing is left; PostgreSQL's own cascade is that look and
the deletion in one (decision 0160). The ORM keeps its `PROTECT`: code that deletes a person any other way than through
`erase()` is still refused.

Which keys these are the registry knows, so no migration can forget one: after every `migrate` they are made as they must
be, which is one query when they are already.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models, transaction

from .registry import registry


def keys_to_people() -> Iterator["models.ForeignKey[Any, Any]"]:
    """Yield the foreign keys by which sources hang on a person, or on a source that does."""
    for source in registry.in_order():
        name = source.subject.partition("__")[0]
        if name and name != "pk":
            field = source.model._meta.get_field(name)
            if not isinstance(field, models.ForeignKey):
                raise FieldDoesNotExist(f"{source.key}: {source.model._meta.label}.{name} is no foreign key.")
            yield field


def cascade_in_database(**kwargs: Any) -> None:
    """Give these keys their `ON DELETE CASCADE` where they have not got it yet.

    Args:
        **kwargs: what the signal `post_migrate` passes; not used.
    """
    quote = connection.ops.quote_name
    for field in keys_to_people():
        table, target = field.model._meta.db_table, field.remote_field.model._meta
        column, key = field.column, str(target.pk.column)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT con.conname FROM pg_constraint AS con
                JOIN pg_attribute AS att ON att.attrelid = con.conrelid AND att.attnum = ALL (con.conkey)
                WHERE con.contype = 'f' AND con.confdeltype <> 'c'
                  AND con.conrelid = to_regclass(%s) AND con.confrelid = to_regclass(%s) AND att.attname = %s
                """,
                [quote(table), quote(target.db_table), column],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(
                    f"ALTER TABLE {quote(table)} DROP CONSTRAINT {quote(name)}, ADD CONSTRAINT {quote(name)}"
                    f" FOREIGN KEY ({quote(column)}) REFERENCES {quote(target.db_table)} ({quote(key)})"
                    " ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"
                )
