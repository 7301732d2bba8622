"""Words that a statement must not hold, as a table of rules (law.md A18). Another rule is another row.

Each pattern is looked for in the editor's own sentences, in lower case, without mark-up. A reason says what to write
instead, and stands beside the refused publication.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape

from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamValue
from wagtail.models import Page

from .sections import anchors


@dataclass(frozen=True)
class Rule:
    """One kind of sentence that does not belong in a statement.

    Args:
        code: stable name.
        pattern: what gives it away; Dutch and English.
        reason: why not, and what to do.
    """

    code: str
    pattern: str
    reason: str | Promise


#: Parts of the rule about changes. "You may change your data at any time" is innocent, so either the sentence names the text,
#: or it does not speak of the reader.
_WHENEVER = r"(te allen tijde|op (elk|ieder) moment|zonder (voorafgaande )?(aankondiging|kennisgeving|bericht))"
_AT_ANY_TIME = r"(at any time|without (prior )?notice)"
_TEXT = r"(verklaring|tekst|beleid|pagina|statement|policy|notice|text|page)"
_NOT_THE_READER = r"(?:^|\.)(?![^.]*\b(u|uw|je|jouw|you|your)\b)[^.]*?"

RULES = [
    Rule(
        "A18.implied_consent",
        r"((door|bij|met) (het |de |uw )?(gebruik|gebruiken|bezoek|bezoeken)\b"
        r"|door\b[^.]{0,60}\bte (blijven )?(gebruiken|bezoeken)\b)[^.]{0,120}(akkoord|instem|stemt u in|toestemming|aanvaardt)"
        r"|by (using|visiting|continuing|accessing|browsing)[^.]{0,120}(agree|consent|accept)",
        _("Wie de site gebruikt, stemt daarmee nergens in toe (art. 4 lid 11 AVG). Vraag toestemming met een vakje."),
    ),
    Rule(
        "A18.liability",
        r"(niet|nooit) (aansprakelijk|verantwoordelijk voor (schade|fouten|verlies))|geen( \w+)? aansprakelijkheid"
        r"|aansprakelijkheid[^.]{0,80}(uitgesloten|beperkt)|sluit\w*[^.]{0,60}aansprakelijkheid"
        r"|geen rechten (worden )?(aan )?(ontle|ontleend)|op eigen risico"
        r"|not (be )?(held )?(liable|responsible for (any )?(damage|loss|error))|no liability"
        r"|liability[^.]{0,60}(excluded|limited)|at your own risk",
        _("Aansprakelijkheid voor schade door verwerking is niet uit te sluiten (art. 82 AVG). Haal de zin weg."),
    ),
    Rule(
        "A18.check_regularly",
        rf"{_NOT_THE_READER}{_WHENEVER}[^.]{{0,80}}(wijzig|aanpass)"
        rf"|{_NOT_THE_READER}(wijzig|aanpass|aan te passen)[^.]{{0,80}}{_WHENEVER}"
        rf"|{_TEXT}[^.]{{0,80}}{_WHENEVER}[^.]{{0,80}}(wijzig|aanpass)|{_TEXT}[^.]{{0,80}}(wijzig|aanpass)[^.]{{0,80}}{_WHENEVER}"
        r"|(controleer|raadpleeg|bekijk|lees)[^.]{0,80}(regelmatig|geregeld|van tijd tot tijd)"
        rf"|{_TEXT}[^.]{{0,60}}(change|amend|update|modif)[^.]{{0,60}}{_AT_ANY_TIME}"
        rf"|(change|amend|update|modify)[^.]{{0,30}}{_TEXT}[^.]{{0,60}}{_AT_ANY_TIME}"
        r"|(check|review|visit|consult)[^.]{0,60}(regularly|periodically|from time to time)",
        _("Lezers hoeven niet zelf te kijken of er iets verandert (WP260, p. 29). Elke wijziging wordt hier een versie."),
    ),
    Rule(
        "A18.third_parties",
        r"(nooit|niet|geen)( \w+){0,4} (aan|met|door) (derden|derde partijen)"
        r"|(never|not)\b[^.]{0,60}\b(with|to|by) (any )?third[ -]part|no third part(y|ies) (receive|get|see|will|can|ha)",
        _("Er zijn ontvangers: zij staan in het register (art. 13 lid 1 onder e AVG). Verwijs daarnaar."),
    ),
    Rule(
        "A7.as_long_as_needed",
        r"(zo ?lang|langer dan) (als |dit |dat |het )*(nodig|noodzakelijk)"
        r"|(as|so) long as( it)?( is)? (necessary|needed|required)|longer than( is)? (necessary|needed|required)",
        _("Een termijn heeft een getal (art. 13 lid 2 onder a AVG). De termijnen staan in het register."),
    ),
    Rule(
        "A18.placeholder",
        r"\[[^\]\d][^\]]{0,60}\]|\{[^}]{0,60}\}|<<[^>]+>>|_{3,}|\.{4,}|…{2,}"
        r"|\bx{3,}\b|lorem ipsum|\btodo\b|\bn\.?t\.?b\.?\b|\btb[ad]\b",
        _("Hier staat nog een open plek. Vul haar in of haal haar weg."),
    ),
]


@dataclass(frozen=True)
class Fault:
    """One sentence that a rule refuses, or a link that leads nowhere.

    Args:
        code: of the rule.
        heading: of the section it stands in.
        found: the words that gave it away.
        reason: why not, and what to do.
        block_id: of the section; empty for one that was never saved.
    """

    code: str
    heading: str
    found: str
    reason: str | Promise
    block_id: str


def faults(body: StreamValue) -> Iterator[Fault]:
    """Yield what is wrong with the editor's own words.

    Args:
        body: the sections of the page.
    """
    ids = set(anchors([block.value["heading"] or "" for block in body]))
    for block in body:
        heading, text = block.value["heading"], block.value["text"]
        source = text.source if text else ""
        # The end of a paragraph ends a sentence, also where the editor typed no full stop.
        plain = unescape(strip_tags(re.sub(r"</(p|li|h3)>", "\n.\n", f"{escape(heading)}.\n{source}"))).lower()
        for rule in RULES:
            if found := re.search(rule.pattern, plain):
                yield Fault(rule.code, heading, found.group(0).strip(" .\n"), rule.reason, block.id or "")
        yield from _dead_links(heading, source, block.id or "", ids)


def _dead_links(heading: str, source: str, block_id: str, ids: set[str]) -> Iterator[Fault]:
    links = re.findall(r"<a [^>]*>", source)
    wanted = {int(found[1]) for tag in links if 'linktype="page"' in tag and (found := re.search(r'\bid="(\d+)"', tag))}
    live = set(Page.objects.live().filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    for pk in sorted(wanted - live):
        reason = _("Deze link leidt naar een pagina die er niet (meer) is.")
        yield Fault("A18.dead_link", heading, str(pk), reason, block_id)
    for anchor in sorted({unescape(found[1]) for tag in links if (found := re.search(r'\bhref="#([^"]*)"', tag))} - ids):
        yield Fault("A18.dead_link", heading, f"#{anchor}", _("Deze link leidt naar een kop die er niet (meer) is."), block_id)
