"""Words that a statement must not hold, as a table of rules (law.md A18). Another rule is another row.

Each pattern is looked for in the editor's own sentences, in lower case, without mark-up. A reason says what to write
instead, and stands beside the refused publication.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamValue
from wagtail.models import Page


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


RULES = [
    Rule(
        "A18.implied_consent",
        r"(door|bij|met) (het )?(gebruik|gebruiken|bezoek|bezoeken)\b[^.]{0,120}(akkoord|instem|stemt u in|toestemming)"
        r"|by (using|visiting|continuing)[^.]{0,120}(agree|consent|accept)",
        _("Wie de site gebruikt, stemt daarmee nergens in toe (art. 4 lid 11 AVG). Vraag toestemming met een vakje."),
    ),
    Rule(
        "A18.liability",
        r"niet aansprakelijk|geen (enkele )?aansprakelijkheid|geen rechten (worden )?(aan )?(ontle|ontleend)"
        r"|not (be )?liable|no liability",
        _("Aansprakelijkheid voor schade door verwerking is niet uit te sluiten (art. 82 AVG). Haal de zin weg."),
    ),
    Rule(
        "A18.check_regularly",
        r"(te allen tijde|op elk moment|zonder (voorafgaande )?(aankondiging|kennisgeving))[^.]{0,80}(wijzig|aanpass)"
        r"|(controleer|raadpleeg|bekijk)[^.]{0,80}(regelmatig|geregeld)|check[^.]{0,60}(regularly|from time to time)",
        _("Lezers hoeven niet zelf te kijken of er iets verandert (WP260, p. 29). Elke wijziging wordt hier een versie."),
    ),
    Rule(
        "A18.third_parties",
        r"(nooit|niet|geen)( \w+){0,4} (aan|met|door) derden|never[^.]{0,60}third part",
        _("Er zijn ontvangers: zij staan in het register (art. 13 lid 1 onder e AVG). Verwijs daarnaar."),
    ),
    Rule(
        "A7.as_long_as_needed",
        r"zo ?lang (als |dit |dat |het )*nodig|as long as (is )?necessary",
        _("Een termijn heeft een getal (art. 13 lid 2 onder a AVG). De termijnen staan in het register."),
    ),
    Rule(
        "A18.placeholder",
        r"\[[^\]\d][^\]]{0,60}\]|\bx{3,}\b|lorem ipsum|\btodo\b|\bn\.?t\.?b\.?\b|_{3,}|\.{4,}|<<[^>]+>>",
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
    for block in body:
        heading, text = block.value["heading"], block.value["text"]
        source = text.source if text else ""
        # The end of a paragraph ends a sentence, also where the editor typed no full stop.
        plain = strip_tags(re.sub(r"</(p|li|h3)>", "\n.\n", f"{heading}.\n{source}")).lower()
        for rule in RULES:
            if found := re.search(rule.pattern, plain):
                yield Fault(rule.code, heading, found.group(0), rule.reason, block.id or "")
        yield from _dead_links(heading, source, block.id or "")


def _dead_links(heading: str, source: str, block_id: str) -> Iterator[Fault]:
    links = (tag for tag in re.findall(r"<a [^>]*>", source) if 'linktype="page"' in tag)
    wanted = {int(found.group(1)) for tag in links if (found := re.search(r'\bid="(\d+)"', tag))}
    live = set(Page.objects.live().filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    for pk in sorted(wanted - live):
        reason = _("Deze link leidt naar een pagina die er niet (meer) is.")
        yield Fault("A18.dead_link", heading, str(pk), reason, block_id)
