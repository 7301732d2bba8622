"""What the facts of a statement lack before it may bind anybody (law.md A): objects are checked, not prose."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.register.models import Controller, DataCategory, Processor, Purpose, RetentionRule, RightsTexts
from privacy.subjects.registry import PERSON_RULE, Clock, Source, registry

from .facts import RIGHTS, Facts, has_agreement
from .places import Place


@dataclass(frozen=True)
class Missing:
    """One thing the statement lacks.

    Args:
        code: stable name of the criterion, with its number in law.md.
        message: what to do, for the editor; plain text.
        place: where to do it.
    """

    code: str
    message: str
    place: Place


def missing(facts: dict[str, Any]) -> list[Missing]:
    """Return what these facts lack; an empty list means they may be published."""
    return [
        *_controller(facts),
        *_rights(facts),
        *_purposes(facts),
        *_categories(facts),
        *_relations(facts),
        *_sources(facts),
        *_clocks(facts),
        *_transfers(facts),
        *_agreements(facts),
    ]


def _controller(facts: dict[str, Any]) -> Iterator[Missing]:
    labels = {
        "name": _("de handelsnaam"),
        "legal_form": _("de rechtsvorm"),
        "kvk_number": _("het KvK-nummer"),
        "address": _("het adres"),
        "email": _("het e-mailadres voor privacyvragen"),
    }
    controller = facts["controller"]
    for field, label in labels.items():
        if not controller[field].strip():
            yield _at_controller("A1.controller", field, label)
    if controller["is_vat_registered"] and not controller["vat_id"].strip():
        yield _at_controller("A1.vat", "vat_id", _("het btw-id"))
    if controller["has_dpo"] and not controller["dpo_email"].strip():
        yield _at_controller("A2.dpo", "dpo_email", _("het e-mailadres van de functionaris voor gegevensbescherming"))
    if not controller["automated_decisions"].strip():
        yield _at_controller("A13.automated", "automated_decisions", _("of een computer alleen over mensen besluit"))


def _at_controller(code: str, field: str, label: str) -> Missing:
    return Missing(
        code,
        _("Vul %(field)s in bij Privacy > Register > Wie wij zijn.") % {"field": label},
        Place(Controller, anchor=f"id_{field}"),
    )


def _rights(facts: dict[str, Any]) -> Iterator[Missing]:
    """Refuse a statement that leaves out a right, how to use it, or where to complain (art. 13(2)(b)-(d))."""
    on_consent = any(purpose["legal_basis"] == Purpose.Basis.CONSENT for purpose in facts["purposes"])
    needed = {
        **dict.fromkeys(RIGHTS, "A9.right"),
        "how_to_ask": "A9.how",
        **({"withdrawal": "A10.withdrawal"} if on_consent else {}),
        **dict.fromkeys(("complaint", "authority_name", "authority_url"), "A11.complaint"),
    }
    for field, code in needed.items():
        if not facts["rights"][field].strip():
            label = RightsTexts._meta.get_field(field).verbose_name
            yield Missing(
                code,
                _("Schrijf de tekst bij “%(field)s” bij Privacy > Register > Rechten en klachten.") % {"field": label},
                Place(RightsTexts, anchor=f"id_{field}"),
            )


def _purposes(facts: dict[str, Any]) -> Iterator[Missing]:
    if not facts["purposes"]:
        yield Missing("A3.purposes", _("Leg bij Privacy > Register > Doelen minstens één doel vast."), Place(Purpose))
    for purpose in facts["purposes"]:
        name = {"name": purpose["name"]}
        at = partial(_field, Purpose, purpose["key"])
        basis = purpose["legal_basis"]
        if basis == Purpose.Basis.LEGITIMATE_INTEREST and not purpose["interest"].strip():
            yield Missing("A4.interest", _("Noem bij het doel “%(name)s” welk belang het dient.") % name, at("interest"))
        if basis == Purpose.Basis.LEGAL_OBLIGATION and not purpose["law"].strip():
            yield Missing("A4.law", _("Noem bij het doel “%(name)s” de wet die het vraagt.") % name, at("law"))
        if basis == Purpose.Basis.CONSENT and not purpose["consent_wording"].strip():
            yield Missing(
                "B4.wording", _("Schrijf bij het doel “%(name)s” de tekst voor het vakje.") % name, at("consent_wording")
            )
        if not purpose["categories"]:
            yield Missing(
                "A7.categories", _("Kies bij het doel “%(name)s” welke gegevens het gebruikt.") % name, at("categories")
            )


def _categories(facts: dict[str, Any]) -> Iterator[Missing]:
    """Refuse what must be given without a word on what happens otherwise, and a source that is not named."""
    for category in facts["categories"]:
        name = {"name": category["name"]}
        at = partial(_field, DataCategory, category["key"])
        if category["is_required"] and not category["consequence"].strip():
            yield Missing(
                "A12.consequence",
                _("Schrijf bij de gegevens “%(name)s” wat er gebeurt als iemand ze niet geeft.") % name,
                at("consequence"),
            )
        if category["source"] == DataCategory.Source.ELSEWHERE and not category["origin"].strip():
            yield Missing("A14.source", _("Noem bij de gegevens “%(name)s” van wie ze komen.") % name, at("origin"))


def _field(model: type[Model], key: str, name: str) -> Place:
    return Place(model, key, f"id_{name}")


def _relations(facts: dict[str, Any]) -> Iterator[Missing]:
    rule = Facts(facts).rule(PERSON_RULE)
    at = partial(_field, RetentionRule, PERSON_RULE)
    if rule is None or rule["start_event"] != RetentionRule.StartEvent.LAST_CONTACT:
        yield Missing(
            "A7.relations",
            _(
                "Er is geen bewaartermijn met sleutel “relations” die vanaf het laatste contact telt; "
                "de nachtelijke opschoning volgt die."
            ),
            at("start_event"),
        )
    elif rule["months"] < 1:
        # The form asks for one at least; the job would erase everybody at once.
        yield Missing("A7.period", _("De bewaartermijn “relations” moet minstens één maand zijn."), at("months"))
    elif rule["action"] != RetentionRule.Action.ERASE:
        yield Missing("A7.relations", _("De bewaartermijn “relations” moet eindigen met wissen."), at("action"))


def undeclared(facts: dict[str, Any]) -> Iterator[tuple[Source | Clock, type[Model], str]]:
    """Yield what the site stores and these facts do not know: the class of data, the model of the register, and the key."""
    known = Facts(facts)
    for source in registry.in_order():
        yield from ((source, Purpose, key) for key in source.purposes if known.purpose(key) is None)
        kinds = sorted({key for keys in source.fields.values() for key in keys})
        yield from ((source, DataCategory, key) for key in kinds if known.category(key) is None)
        if known.rule(source.rule) is None:
            yield source, RetentionRule, source.rule
    for clock in registry.clocks.values():
        if known.rule(clock.rule) is None:
            yield clock, RetentionRule, clock.rule


def _sources(facts: dict[str, Any]) -> Iterator[Missing]:
    said = {
        Purpose: (
            "A15.purpose",
            _("De site bewaart “%(source)s” voor het doel “%(key)s”, dat niet in het register staat."),
        ),
        DataCategory: (
            "A15.category",
            _("De site bewaart in “%(source)s” gegevens van de soort “%(key)s”, die niet in het register staat."),
        ),
        RetentionRule: ("A7.rule", _("Voor “%(source)s” is er geen bewaartermijn “%(key)s” in het register.")),
    }
    for source, model, key in undeclared(facts):
        code, message = said[model]
        yield Missing(code, message % {"source": source.label, "key": key}, Place(model))


def _clocks(facts: dict[str, Any]) -> Iterator[Missing]:
    """Refuse a rule that says anything else than what the job can do: another start, or another end (law.md A8)."""
    for clock in registry.clocks.values():
        rule = Facts(facts).rule(clock.rule)
        if rule is None:
            continue
        for field, wanted, labels, name in (
            ("start_event", clock.start_event, RetentionRule.StartEvent, _("gerekend vanaf")),
            ("action", clock.action, RetentionRule.Action, _("daarna")),
        ):
            if rule[field] != wanted:
                yield Missing(
                    "A8.rule",
                    _("De bewaartermijn “%(rule)s” geldt voor “%(what)s”: zet “%(field)s” op “%(wanted)s”.")
                    % {
                        "rule": rule["name"],
                        "what": clock.label,
                        "field": name,
                        "wanted": labels(wanted).label,
                    },
                    _field(RetentionRule, clock.rule, field),
                )


#: The European Economic Area, as editors write it; elsewhere a safeguard must be named (art. 44).
# fmt: off
_EEA = {
    "nederland", "eu", "eer", "europese unie", "europese economische ruimte", "belgië", "bulgarije", "cyprus",
    "denemarken", "duitsland", "estland", "finland", "frankrijk", "griekenland", "hongarije", "ierland", "italië",
    "kroatië", "letland", "litouwen", "luxemburg", "malta", "oostenrijk", "polen", "portugal", "roemenië", "slovenië",
    "slowakije", "spanje", "tsjechië", "zweden", "ijsland", "liechtenstein", "noorwegen",
}
# fmt: on


def _transfers(facts: dict[str, Any]) -> Iterator[Missing]:
    for recipient in facts["recipients"]:
        if recipient["country"].strip().casefold() not in _EEA and not recipient["transfer"].strip():
            yield Missing(
                "A6.transfer",
                _("Noem bij ontvanger “%(name)s” (%(country)s) de waarborg voor doorgifte buiten de EER.")
                % {"name": recipient["name"], "country": recipient["country"]},
                _field(Processor, recipient["key"], "transfer"),
            )


def _agreements(facts: dict[str, Any]) -> Iterator[Missing]:
    """Refuse a processor without a current agreement: that is an infringement of both sides (art. 28(3), 28(9))."""
    today = timezone.localdate()
    for recipient in facts["recipients"]:
        if has_agreement(recipient, on=today):
            continue
        name, at = {"name": recipient["name"]}, partial(_field, Processor, recipient["key"])
        if has_agreement({**recipient, "agreement_ends_on": ""}, on=today):
            ended = {**name, "date": recipient["agreement_ends_on_label"]}
            yield Missing(
                "E4.agreement",
                _("De overeenkomst met verwerker “%(name)s” liep tot en met %(date)s. Leg de nieuwe vast.") % ended,
                at("agreement_ends_on"),
            )
        else:
            yield Missing(
                "E3.agreement", _("Noem bij verwerker “%(name)s” de overeenkomst en haar datum.") % name, at("agreement_date")
            )
