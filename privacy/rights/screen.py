"""What the work screen of a request shows besides its fields; where an act was refused, with what was typed for it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone

from privacy.subjects.registry import registry

from . import acts, review
from .archive import sources_for
from .forms import LeaveOutForm, ToldForm
from .letter_kinds import LetterKind
from .models import DataRequest
from .officer import steps_for
from .shown import number_of

#: The place of the form that leaves something out of any record.
ELSEWHERE = "elsewhere"


def place_of_record(source: str, reference: str) -> str:
    """Return the place of the form that leaves something out of one record, named by its reference or its number alone."""
    return f"record {source} {number_of(reference)}"


def place_of_notice(number: int) -> str:
    """Return the place of the form that takes down what a recipient said."""
    return f"notice {number}"


@dataclass(frozen=True, kw_only=True)
class Refused:
    """An act that did not happen, with its form as it was filled in: nobody types a letter twice.

    Args:
        why: what went wrong, in words for the officer.
        form: the form, with what was typed and what is wrong with it.
        places: where on the screen it can stand: the name of a step, or one of the places above; the first that is there now.
    """

    why: str
    form: forms.Form
    places: Collection[str]

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What was written in words, each with its label."""
        fields = [(field, field.value()) for field in self.form.visible_fields()]
        return [
            (str(field.label), value)
            for field, value in fields
            if isinstance(value, str) and value and not isinstance(field.field.widget, forms.Select)
        ]


class _Forms:
    """The forms of one screen: empty ones, and in its place the one that was refused."""

    def __init__(self, refused: Refused | None) -> None:
        self.refused = refused
        #: Where the refused one stands; empty where the screen has no place for it any more.
        self.place = ""

    def at(self, place: str, empty: forms.Form) -> forms.Form:
        """Return the form that stands there."""
        if self.refused is None or self.place or place not in self.refused.places:
            return empty
        self.place = place
        return self.refused.form


def context_of(found: DataRequest, *, may_handle: bool, refused: Refused | None = None) -> dict[str, Any]:
    """Return what the screen of a request shows besides its fields.

    Args:
        found: the request, as it is now.
        may_handle: whether whoever looks may act on it.
        refused: what they tried just now and did not happen.
    """
    now = timezone.now()
    stand = _Forms(refused)
    # Only while it is looked at: afterwards nobody needs what was left out.
    is_stopped = found.is_stopped
    sources = sources_for(found)
    texts = []
    for number, (named, record) in enumerate(review.texts_to_review(found) if is_stopped else [], start=1):
        initial = {"source": named.source.key, "reference": number_of(record.reference)}
        empty = LeaveOutForm(sources=sources, initial=initial, auto_id=f"weglaten-{number}-%s")
        texts.append((named, record, stand.at(place_of_record(**initial), empty)))
    answered = [source for source in sources if found.searched.get(source.key, {}).get("state") == "found"]
    elsewhere = LeaveOutForm(sources=answered, auto_id="elders-%s") if answered and may_handle and is_stopped else None
    return {
        "steps": [(name, step, stand.at(name, form)) for name, step, form in steps_for(found, now)] if may_handle else [],
        "may_handle": may_handle,
        "seen": found.last_event_id(),
        "days_left": found.days_left(now),
        "goes_by_itself": found.goes_by_itself,
        "is_overdue": found.is_overdue(now),
        "events": found.events.select_related("user", "letter"),
        "letters": found.letters.all(),
        "on_paper": _on_paper(found),
        "notices": [
            (notice, stand.at(place_of_notice(notice.pk), ToldForm(auto_id=f"ontvanger-{notice.pk}-%s")))
            if notice.done_at is None
            else (notice, None)
            for notice in found.notices.all()
        ],
        "corrections": found.corrections.all(),
        "redactions": found.redactions.all(),
        "missing": [registry.source_label(key) for key in found.missing()],
        "texts": texts,
        "elsewhere": stand.at(ELSEWHERE, elsewhere) if elsewhere else None,
        "has_preview": may_handle and is_stopped and found.subject_id is not None,
        "searched": [
            (registry.sources[key].label, looked) for key, looked in found.searched.items() if key in registry.sources
        ],
        "correctable": acts.correctable(found) if may_handle else [],
        "has_export": may_handle and found.subject_id is not None and found.kind in DataRequest.WITH_ARCHIVE,
        "refused": refused,
        "refused_at": stand.place,
    }


def _on_paper(found: DataRequest) -> set[int]:
    """Return the keys of the letters that no mail can bring."""
    if found.email:
        return set()
    # Of who was erased the address goes after the mail, and a recipient is told along another way.
    otherwise = [LetterKind.ERASED, LetterKind.NOTHING_HELD, LetterKind.RECIPIENT]
    return set(found.letters.exclude(body="").exclude(kind__in=otherwise).values_list("pk", flat=True))
