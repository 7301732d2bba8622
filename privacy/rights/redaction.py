"""Leaving out of a copy what is about other people, stretch by stretch (art. 15(4); law.md C13)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from privacy.statement.facts import sha256
from privacy.subjects.registry import Record

from .models import DataRequest, Redaction


class Changed(Exception):
    """A text is not what it was when somebody looked at it; it must be looked at again."""


def as_text(value: Any) -> str:
    """Return a value as the text in which stretches are counted: several things on lines of their own, as they are shown."""
    return "\n".join(as_text(one) for one in value) if isinstance(value, (list, tuple)) else str(value)


def spans(text: str, words: str) -> list[tuple[int, int]]:
    """Return where `words` stand in `text`, to the letter; the end is the first character that stays."""
    found, start = [], 0
    while words and (start := text.find(words, start)) >= 0:
        found.append((start, start + len(words)))
        start += len(words)
    return found


def without(text: str, stretches: Iterable[tuple[int, int, str]]) -> str:
    """Return `text` with each stretch replaced by a mark that says why; stretches may touch and overlap.

    Args:
        text: the whole value.
        stretches: start, end and reason.
    """
    parts: list[str] = []
    place = 0
    for start, end, reason in sorted(stretches):
        if end <= place:
            continue
        parts += [text[place : max(start, place)], _("[weggelaten: %(reason)s]") % {"reason": reason}]
        place = end
    return "".join([*parts, text[place:]])


class Copy:
    """The records of a request as they may be handed out.

    Args:
        request: the request whose redactions count; None for a copy without any.
        is_final: whether it is handed out; somebody who looks at it sees a text that changed as it is.
    """

    def __init__(self, request: DataRequest | None, *, is_final: bool = True) -> None:
        self._is_final = is_final
        self._by_value: dict[tuple[str, str, str], list[Redaction]] = {}
        for row in request.redactions.all() if request else ():
            self._by_value.setdefault((row.source, row.reference, row.label), []).append(row)
        self.sources = {source for source, _reference, _label in self._by_value}

    def of(self, source: str, record: Record) -> Record:
        """Return the record without what is to be left out.

        Raises:
            Changed: a value is no longer what was looked at.
        """
        return replace(
            record,
            values={label: self._value(source, record.reference, label, value) for label, value in record.values.items()},
        )

    def _value(self, source: str, reference: str, label: str, value: Any) -> Any:
        found = self._by_value.get((source, reference, label))
        if not found:
            return value
        text = as_text(value)
        known = [row for row in found if row.text_sha256 == sha256(text)]
        if self._is_final and known != found:
            raise Changed(reference)
        return without(text, [(row.start, row.end, row.reason) for row in known]) if known else value
