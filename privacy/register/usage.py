"""Who uses a row of the register: nothing in use can be deleted (E1, A7, A15).

The answer comes from the tables themselves, through every foreign key and many-to-many relation that points at the row.
Rooms above this one (the contact form's fields) are found without being named, and Wagtail's reference index, which is
filled after the fact and may be stale, is not asked.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F, Model
from django.utils.translation import gettext as _
from modelcluster.fields import ParentalKey


def users_of(rows: Sequence[Model]) -> dict[Any, list[Model]]:
    """Return who uses each of `rows`, by primary key: in one query per relation, however many rows there are.

    A part of a larger whole (a field of a form) is answered for by the whole (the page): that is what an editor can open.

    Args:
        rows: saved rows of one model.
    """
    used: dict[Any, dict[Model, None]] = {row.pk: {} for row in rows}
    for model, field in _pointing_at(type(rows[0])) if rows else ():
        whole = next((key.name for key in model._meta.fields if isinstance(key, ParentalKey)), None)
        found = model._default_manager.filter(**{f"{field}__in": list(used)}).annotate(used_row=F(f"{field}__pk"))
        for user in found.select_related(whole) if whole else found:
            used[user.used_row][getattr(user, whole) if whole else user] = None
    return {pk: list(users) for pk, users in used.items()}


def in_words(users: Sequence[Model]) -> str:
    """Return the names of `users` by kind, such as "doelen: Factureren, Offertes; contactpagina: Contact"; "" for nobody."""
    kinds: defaultdict[type[Model], list[str]] = defaultdict(list)
    for user in users:
        kinds[type(user)].append(str(user))
    # A page and its translation may bear one name.
    named = {kind: list(dict.fromkeys(names)) for kind, names in kinds.items()}
    return "; ".join(
        f"{kind._meta.verbose_name_plural if len(names) > 1 else kind._meta.verbose_name}: {', '.join(names)}"
        for kind, names in named.items()
    )


def refusal(row: Model) -> str:
    """Return why `row` cannot be deleted, in words for the editor; "" when it can."""
    if users := in_words(users_of([row])[row.pk]):
        return _("“%(row)s” kan niet weg. Wordt gebruikt door: %(users)s. Haal het daar eerst weg.") % {
            "row": row,
            "users": users,
        }
    return ""


def _pointing_at(model: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """Yield each model and its field that points at `model`; a table behind a many-to-many is not a user by itself."""
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete:
            owner: Any = relation.related_model
            if not owner._meta.auto_created:
                yield owner, relation.field.name  # type: ignore[union-attr]
