"""The publish gate: what a statement still lacks before it may bind anybody (law.md A).

Objects are checked, not prose. The list is shown to the editor, printed by `manage.py statement_check`, and refuses
the freeze itself, so that no way of publishing gets round it.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue

from privacy.register.models import Controller, DataCategory, Processor, Purpose, RetentionRule, RightsTexts
from privacy.register.words import all_rows, untranslated
from privacy.subjects.registry import PERSON_RULE, Clock, Source, registry

from .changes import changed_facts
from .facts import RIGHTS, Facts, has_agreement
from .places import Place
from .wording import faults

logger = logging.getLogger(__name__)

#: What Wagtail's command `publish_scheduled` calls its publications in its log.
SCHEDULED = "wagtail.publish.scheduled"

#: Key of the rule that ends everything held about a person: the job reads it, so no statement may lack it.
RELATIONS = PERSON_RULE


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


class PublicationRefused(ValidationError):
    """The gate refuses; nothing went live.

    Args:
        page_id: key of the statement page.
        problems: what is missing.
    """

    def __init__(self, page_id: int, problems: Sequence[Missing]) -> None:
        super().__init__([problem.message for problem in problems])
        self.page_id = page_id
        self.problems = list(problems)


@contextmanager
def live_or_not_at_all(log_action: Any) -> Iterator[None]:
    """Let a page go live whole or not at all, around its `publish()`; Wagtail itself would save it before it is refused.

    Only where the clock publishes, a refusal is logged instead: that command takes one page after the other, and the next
    ones must not wait for this one. The page stays planned, and every run of the command tries again.

    Args:
        log_action: what Wagtail's `publish()` was given under that name.

    Raises:
        PublicationRefused: raised in the block, and somebody waits for the answer.
    """
    try:
        with transaction.atomic():
            yield
    except PublicationRefused as refusal:
        if log_action != SCHEDULED:
            raise
        codes = ", ".join(problem.code for problem in refusal.problems)
        logger.warning("The planned publication of page %s is refused: %s", refusal.page_id, codes)


def refused(
    facts: dict[str, Any],
    body: StreamValue | None,
    *,
    editorial: bool = False,
    previous: dict[str, Any] | None = None,
    languages: Collection[str] = (),
    effective_on: date | None = None,
    live_on: date | None = None,
) -> list[Missing]:
    """Return everything that keeps a statement from being published; an empty list means it may be.

    Args:
        facts: the register's facts.
        body: the sections of the page; None when they could not be read at all, which the form says by itself.
        editorial: whether the editor calls this a change of text alone.
        previous: the facts of the newest version; None before the first.
        languages: the languages in which the statement is then in force.
        effective_on: the day that the editor chose; None when nothing was chosen.
        live_on: the day that it goes live, before which it cannot hold.
    """
    return [
        *_languages(languages),
        *missing(facts),
        *(_sections(body) if body is not None else ()),
        *(_wording(body) if body is not None else ()),
        *(_material(facts, previous) if editorial else ()),
        *(_effective(effective_on, live_on) if effective_on and live_on else ()),
    ]


def _languages(languages: Collection[str]) -> Iterator[Missing]:
    """Refuse a statement that would say less in one language than in the other (law.md A17; art. 12(1))."""
    for language in languages:
        if language != settings.LANGUAGE_CODE:
            for row, column in untranslated(all_rows(), language):
                yield Missing(
                    "A17.words",
                    _("Vul bij “%(row)s” de vertaling in: %(column)s.") % {"row": row, "column": column.verbose_name},
                    Place(type(row), getattr(row, "key", ""), f"id_{column.name}"),
                )


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


def _material(facts: dict[str, Any], previous: dict[str, Any] | None) -> Iterator[Missing]:
    """Refuse a change of facts that calls itself editorial (invariant 8)."""
    if previous is None or changed_facts(previous, facts):
        yield Missing(
            "A20.material",
            _("De feiten zijn veranderd, dus dit is een wezenlijke wijziging en geen redactionele."),
            Place(anchor="id_kind"),
        )


def _effective(effective_on: date, live_on: date) -> Iterator[Missing]:
    """Refuse a version that would hold before anybody could read it."""
    if effective_on < live_on:
        yield Missing(
            "A20.effective",
            _("De verklaring kan niet eerder gelden dan zij gepubliceerd wordt: kies %(day)s of later.")
            % {"day": date_format(live_on, "j F Y")},
            Place(anchor="id_effective_on"),
        )


def not_described() -> Missing:
    """Return that nobody has said what changed (A20)."""
    return Missing("A20.note", _("Vertel eerst wat er verandert, en waarom."), Place(anchor="id_change_note"))


def outdated() -> Missing:
    """Return that what would be frozen is not what the editor saw when describing it (A20)."""
    return Missing(
        "A20.outdated", _("Het register is intussen veranderd. Kijk opnieuw wat er verandert."), Place(anchor="id_change_note")
    )


def concerns_the_change(problem: Missing) -> bool:
    """Say whether a problem is put right where the change is described, and not in the text or the register."""
    return problem.code.startswith("A20.")


#: The blocks without which a statement does not say what the law wants said -> the criteria in law.md.
_REQUIRED_BLOCKS = {
    "identity": "A1.block",
    "purposes": "A3.block",
    "categories": "A12.block",
    "recipients": "A5.block",
    "retention": "A7.block",
    "rights": "A9.block",
    "complaint": "A11.block",
    "automated": "A13.block",
}


#: Our id of all sections in the form (`forms.SectionsPanel`): Wagtail's own is made from a heading, whatever its language.
SECTIONS = "statement-sections"
#: Wagtail's id of one section.
_SECTION = "block-%s-section"


def _sections(body: StreamValue) -> Iterator[Missing]:
    present = {block.block_type for block in body}
    for name, code in _REQUIRED_BLOCKS.items():
        if name not in present:
            label = body.stream_block.child_blocks[name].label
            yield Missing(code, _("Zet het blok “%(label)s” in de verklaring.") % {"label": label}, Place(anchor=SECTIONS))


def _wording(body: StreamValue) -> Iterator[Missing]:
    for fault in faults(body):
        yield Missing(
            fault.code,
            _("In “%(heading)s” staat “%(found)s”. %(reason)s")
            % {"heading": fault.heading, "found": fault.found, "reason": fault.reason},
            Place(anchor=_SECTION % fault.block_id if fault.block_id else SECTIONS),
        )


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
    rule = Facts(facts).rule(RELATIONS)
    at = partial(_field, RetentionRule, RELATIONS)
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
