"""The parts of a statement: its sections with their anchors, of which the table of contents is made (law.md A23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.utils.text import slugify
from wagtail.blocks import StreamValue

#: Frozen HTML outlives the templates around it, so its anchors have a namespace of their own: no id of a page begins so.
#: A fixed id inside a section is its anchor, two dashes and a name; `slugify` never makes two dashes.
_PREFIX = "par"


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section as the article shows it.

    Args:
        block: the bound block that renders it.
        heading: its heading.
        anchor: its id, unique in the article.
        is_summary: whether it is the short version on top of a long text.
    """

    block: Any
    heading: str
    anchor: str
    is_summary: bool


def sections(body: StreamValue) -> list[Section]:
    """Return the sections of a statement in order; a text of the editor's own that stands first is the summary.

    Args:
        body: the page's blocks.
    """
    headings = [block.value["heading"] or "" for block in body]
    return [
        Section(
            block=block,
            heading=heading,
            anchor=anchor,
            is_summary=place == 0 and len(headings) > 1 and block.block_type == "text",
        )
        for place, (block, heading, anchor) in enumerate(zip(body, headings, anchors(headings), strict=True))
    ]


def anchors(headings: Sequence[str]) -> list[str]:
    """Return one id per heading, made from its words alone: a link to it holds wherever the section moves.

    Only headings that make the same id are told apart by their order; the number is one that no other heading asks for.

    Args:
        headings: the headings, in order.
    """
    wanted = [f"{_PREFIX}-{words}" if (words := slugify(heading)) else _PREFIX for heading in headings]
    taken, given = set(wanted), list[str]()
    for name in wanted:
        unique = name
        if name in given:
            unique = next(numbered for n in count(2) if (numbered := f"{name}-{n}") not in taken)
            taken.add(unique)
        given.append(unique)
    return given
