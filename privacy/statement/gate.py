"""The publish gate: everything that keeps a statement from binding anybody (law.md A), and the refusal itself.

What the facts lack (`completeness`), and what is wrong with the text and with what is said of the change. The list is shown
to the editor, printed by `manage.py statement_check`, and refuses the freeze itself: no way of publishing gets round it.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue

from privacy.register.words import all_rows, untranslated
from privacy.subjects.registry import PERSON_RULE

from .changes import changed_facts
from .completeness import Missing, missing
from .places import Place
from .wording import faults

logger = logging.getLogger(__name__)

#: What Wagtail's command `publish_scheduled` calls its publications in its log.
SCHEDULED = "wagtail.publish.scheduled"

#: Key of the rule that ends everything held about a person: the job reads it, so no statement may lack it.
RELATIONS = PERSON_RULE


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
