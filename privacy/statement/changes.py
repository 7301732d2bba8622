"""What changed between two versions: in the facts, row by row, and in the text, word by word."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from lxml import html
from lxml.html.diff import htmldiff

#: A row, and the facts it stands in.
_Row: TypeAlias = tuple[dict[str, Any], dict[str, Any]]

#: Part of the facts -> its name, and the fields that count with theirs. What is derived (labels) does not count twice.
_PARTS: dict[str, tuple[Promise, dict[str, Promise]]] = {
    "purposes": (
        _("Doel"),
        {
            "name": _("naam"),
            "description": _("waarvoor precies"),
            "persons": _("betrokkenen"),
            "legal_basis": _("grondslag"),
            "interest": _("belang"),
            "law": _("wet"),
            "consent_wording": _("tekst bij het vakje"),
            "needs_confirmation": _("adres eerst bevestigen"),
            "categories": _("gegevens"),
            "systems": _("systemen"),
            "recipients": _("ontvangers"),
            "retention": _("bewaartermijn"),
        },
    ),
    "categories": (
        _("Soort gegevens"),
        {
            "name": _("naam"),
            "description": _("wat eronder valt"),
            "is_special": _("bijzonder"),
            "source": _("waar ze vandaan komen"),
            "origin": _("bron"),
            "is_required": _("verplicht"),
            "consequence": _("wat er gebeurt zonder"),
        },
    ),
    "retention": (
        _("Bewaartermijn"),
        {
            "name": _("wat"),
            "months": _("termijn"),
            "days": _("termijn in dagen"),
            "start_event": _("gerekend vanaf"),
            "action": _("daarna"),
            "reason": _("waarom"),
            "owner": _("wie erop toeziet"),
            "notice_days": _("bericht vooraf, in dagen"),
        },
    ),
    "recipients": (
        _("Ontvanger"),
        {
            "name": _("naam"),
            "role": _("rol"),
            "service": _("dienst"),
            "country": _("land"),
            "transfer": _("waarborg buiten de EER"),
            "agreement": _("overeenkomst"),
            "agreement_date": _("datum van de overeenkomst"),
            "agreement_ends_on": _("einde van de overeenkomst"),
            "agreement_version": _("versie van de overeenkomst"),
            "agreement_url": _("adres van de overeenkomst"),
            "sub_processors": _("subverwerkers"),
            "url": _("privacybeleid"),
        },
    ),
    "systems": (
        _("Systeem"),
        {"name": _("naam"), "kind": _("soort"), "location": _("waar"), "security": _("beveiliging")},
    ),
    "security": (_("Beveiligingsmaatregel"), {"name": _("naam"), "public_text": _("tekst")}),
    "cookies": (
        _("Cookie"),
        {"purpose": _("waarvoor"), "lifetime": _("hoe lang"), "audience": _("voor wie")},
    ),
}
_CONTROLLER = {
    "name": _("handelsnaam"),
    "legal_form": _("rechtsvorm"),
    "kvk_number": _("KvK-nummer"),
    "is_vat_registered": _("heeft een btw-id"),
    "vat_id": _("btw-id"),
    "address": _("adres"),
    "email": _("e-mailadres"),
    "phone": _("telefoon"),
    "has_dpo": _("heeft een functionaris voor gegevensbescherming"),
    "dpo_name": _("naam van de functionaris"),
    "dpo_email": _("e-mailadres van de functionaris"),
    "automated_decisions": _("besluiten door een computer"),
}
_RIGHTS = {
    "answer_within_days": _("antwoord binnen dagen"),
    "access": _("inzage"),
    "rectification": _("rectificatie"),
    "erasure": _("wissen"),
    "restriction": _("beperken"),
    "portability": _("overdragen"),
    "withdrawal": _("toestemming intrekken"),
    "how_to_ask": _("hoe iemand erom vraagt"),
    "objection": _("bezwaar"),
    "complaint": _("klachten"),
    "authority_name": _("toezichthouder"),
    "authority_url": _("adres van de toezichthouder"),
}
#: Fields that hold a code -> where the facts hold the words for it.
_IN_WORDS = {
    "legal_basis": "legal_basis_label",
    "months": "period_label",
    "start_event": "start_event_label",
    "action": "action_label",
    "role": "role_label",
    "agreement_date": "agreement_date_label",
    "agreement_ends_on": "agreement_ends_on_label",
    "source": "source_label",
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One fact that changed, in words for a reader.

    Args:
        what: the kind of row and its name.
        field: the field; empty when the row as a whole came or went.
        old: as it was; empty for a new row.
        new: as it is; empty for a row that went.
    """

    what: str
    field: str
    old: str
    new: str


def changed_facts(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return what changed in the facts; rows are the same when their keys are.

    Args:
        old: facts of the earlier version.
        new: facts of the later one.
    """
    return [
        *_fields(str(_("Verantwoordelijke")), _CONTROLLER, (old["controller"], old), (new["controller"], new)),
        *_fields(str(_("Rechten")), _RIGHTS, (old["rights"], old), (new["rights"], new)),
        *(change for part in _PARTS for change in _rows(part, old, new)),
    ]


def _rows(part: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    label, fields = _PARTS[part]
    before, after = ({row["key"]: row for row in facts.get(part, ())} for facts in (old, new))
    for key in dict.fromkeys([*before, *after]):
        if key not in after:
            yield Change(what=str(label), field="", old=before[key]["name"], new="")
        elif key not in before:
            yield Change(what=str(label), field="", old="", new=after[key]["name"])
        else:
            yield from _fields(f"{label} “{after[key]['name']}”", fields, (before[key], old), (after[key], new))


def _fields(what: str, fields: Mapping[str, str | Promise], old: _Row, new: _Row) -> Iterator[Change]:
    for field, label in fields.items():
        # Facts that are older than a field have nothing in it, and nothing is also what an unticked box holds.
        if (old[0].get(field) or "") != (new[0].get(field) or ""):
            yield Change(what=what, field=str(label), old=_shown(field, *old), new=_shown(field, *new))


def _shown(field: str, row: dict[str, Any], facts: dict[str, Any]) -> str:
    value = row.get(_IN_WORDS.get(field, field), "")
    if isinstance(value, bool):
        return str(_("ja") if value else _("nee"))
    if field in _PARTS:  # it holds keys of that part
        names = {other["key"]: other["name"] for other in facts[field]}
        return ", ".join(names.get(key, key) for key in ([value] if isinstance(value, str) else value))
    return str(value)


def in_one_language(earlier: Any, later: Any, language: str | None) -> tuple[Any, Any]:
    """Return the words of two versions in a language, or in their own where one of them never had it.

    Args:
        earlier: a `StatementVersion`.
        later: another.
        language: language code.
    """
    old, new = (one.in_language(language) for one in (earlier, later))
    # Two languages cannot be compared word by word.
    return (old, new) if old.language == new.language else (earlier, later)


def changed_text(old: Any, new: Any) -> str:
    """Return the later version's HTML with `<ins>` and `<del>` where its words differ from the earlier one's.

    Versions never change, so a comparison is made once and kept.

    Args:
        old: the earlier `StatementVersion`, or a translation of it.
        new: the later one, in the same language.
    """
    key = f"statement-difference-{old.html_sha256}-{new.html_sha256}"
    return str(cache.get_or_set(key, lambda: compared(old.html, new.html), timeout=None))


#: "(2 jaar)" changes as a whole, and not up to the middle of its brackets: its space is another character meanwhile.
_PERIOD = re.compile(r"\((\d+) (\w+)\)")
_TIED = "\ue000"


def compared(old: str, new: str) -> str:
    """Return the later HTML with `<ins>` and `<del>` where its words differ from the earlier one's."""
    whole, again = (_PERIOD.sub(rf"(\1{_TIED}\2)", _without_contents(one)) for one in (old, new))
    found = str(htmldiff(whole, again)).replace(_TIED, " ")
    # What was comes before what is, as people tell it; lxml says it the other way round.
    return re.sub(r"(<ins>[^<]*</ins>)(\s*)(<del>[^<]*</del>)", r"\3\2\1", found)


def _without_contents(article: str) -> str:
    """Leave out the table of contents: it says once more what the headings say, and would be compared once more."""
    root = html.fromstring(article)
    for contents in root.findall(".//nav"):
        contents.drop_tree()
    return str(html.tostring(root, encoding="unicode"))
