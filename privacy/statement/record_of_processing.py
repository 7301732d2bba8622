"""The record of processing activities (art. 30(1)(a)-(g), law.md E1), made from the facts of a version.

It reads what the statement and the JSON-LD read, so the three cannot say different things (E2). What the register has and
no published statement names is not in it: that is a draft.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .facts import Facts

#: One purpose: column -> a text, or several that stand side by side.
Row: TypeAlias = dict[str, str | list[str]]

#: Columns in order, with the part of art. 30(1) they answer; the basis is our own addition.
COLUMNS: dict[str, Promise] = {
    "controller": gettext_lazy("Verwerkingsverantwoordelijke"),  # (a)
    "contact": gettext_lazy("Contactgegevens"),  # (a)
    "purpose": gettext_lazy("Doel"),  # (b)
    "description": gettext_lazy("Waarvoor precies"),  # (b)
    "persons": gettext_lazy("Betrokkenen"),  # (c)
    "data": gettext_lazy("Gegevens"),  # (c)
    "legal_basis": gettext_lazy("Grondslag"),
    "recipients": gettext_lazy("Ontvangers"),  # (d)
    "transfers": gettext_lazy("Land en waarborg"),  # (e)
    "period": gettext_lazy("Bewaartermijn"),  # (f)
    "security": gettext_lazy("Beveiliging"),  # (g)
}


def rows(facts: Facts) -> list[Row]:
    """Return the record: one row per purpose, in the statement's order; every row has a `key` and all `COLUMNS`.

    Args:
        facts: of the version that the record is made from.
    """
    who = controller(facts)
    measures = [row["public_text"] for row in facts.raw["security"]]
    return [{"key": purpose["key"], **who, **_processing(purpose, measures)} for purpose in facts.purposes()]


def controller(facts: Facts) -> Row:
    """Return the columns that are the same for every purpose: who is responsible, and how to reach them."""
    who = facts.raw["controller"]
    return {
        "controller": _("%(name)s (%(form)s, KvK %(number)s)")
        % {"name": who["name"], "form": who["legal_form"], "number": who["kvk_number"]},
        "contact": [value for value in (who["email"], who["phone"], *who["address"].splitlines()) if value] + _officer(who),
    }


def _officer(who: dict[str, Any]) -> list[str]:
    # Versions from before the register asked for it name nobody.
    if not who.get("has_dpo"):
        return []
    reached = ", ".join(filter(None, [who["dpo_name"], who["dpo_email"]]))
    return [_("Functionaris voor gegevensbescherming: %(reached)s") % {"reached": reached}]


def cells(row: Row) -> Iterator[str]:
    """Yield a row's texts in the order of `COLUMNS`, for a spreadsheet."""
    for column in COLUMNS:
        value = row[column]
        yield value if isinstance(value, str) else "; ".join(value)


def _processing(purpose: dict[str, Any], measures: list[str]) -> Row:
    rule = purpose["rule"]
    return {
        "purpose": purpose["name"],
        "description": purpose["description"],
        # Versions from before the register asked for it do not say.
        "persons": purpose.get("persons", ""),
        "data": [
            _("%(data)s (bijzonder persoonsgegeven)") % {"data": category["name"]}
            if category["is_special"]
            else category["name"]
            for category in purpose["categories"]
        ],
        "legal_basis": _basis(purpose),
        "recipients": [
            f"{recipient['name']} ({recipient['role_label']}): {recipient['service']}" for recipient in purpose["recipients"]
        ]
        or [_("niemand buiten ons bedrijf")],
        "transfers": [
            ". ".join(filter(None, [f"{recipient['name']}: {recipient['country']}", recipient["transfer"]]))
            for recipient in purpose["recipients"]
        ],
        "period": _("%(period)s na %(start)s") % {"period": rule["period_label"], "start": rule["start_event_label"]},
        "security": [f"{system['name']}: {system['security']}" for system in purpose["systems"] if system["security"]]
        + measures,
    }


def _basis(purpose: dict[str, Any]) -> str:
    article = _("art. 6 lid 1 onder %(letter)s AVG") % {"letter": purpose["legal_basis"]}
    why = purpose["interest"] or purpose["law"]
    return f"{purpose['legal_basis_label']} ({article})" + (f": {why}" if why else "")
