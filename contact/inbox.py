"""The inbox: which messages it shows, and the verb `move` that says how far the work on them is.

Possible spam is apart: it is in no view unless somebody asks for it. Where the search looks and what it costs:
docs/decisions/0261-searching-messages.md.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import django_filters
from django.contrib.postgres.search import SearchQuery
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.widgets.boolean_radio_select import BooleanRadioSelect

from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject

from .models import WORDS, Attachment, Submission

State = Submission.State

#: Between these a message moves by hand; possible spam has verbs of its own.
HANDLED = (State.NEW, State.ANSWERED, State.CLOSED)


def held(at: datetime) -> Exists:
    """Return the condition that the person of a message is held, restricted or has a request open at `at` (aware)."""
    return Exists(DataSubject.objects.held(at).filter(pk=OuterRef("subject_id")))


def counts() -> dict[str, int]:
    """Return how many messages are new and how many are possible spam; an index holds each."""
    return {state.value: Submission.objects.filter(state=state.value).count() for state in (State.NEW, State.SPAM)}


def search(messages: QuerySet[Submission], typed: str) -> QuerySet[Submission]:
    """Keep the messages that have words beginning with all that was typed, or whose sender's address contains it.

    Args:
        messages: where to look.
        typed: what stands in the search box.
    """
    text = typed.replace("\0", "").strip()
    begins = " & ".join("'{}':*".format(word.replace("\\", "\\\\").replace("'", "''")) for word in text.split())
    if not begins:
        return messages
    by_words = Submission.objects.annotate(words=WORDS).filter(words=SearchQuery(begins, config="simple", search_type="raw"))
    by_sender = Submission.objects.filter(subject__in=DataSubject.objects.filter(email__contains=text.lower()))
    # Each by its own index; an OR of the two would read every message.
    return messages.filter(pk__in=by_words.order_by().values("pk").union(by_sender.order_by().values("pk")))


class InboxFilterSet(WagtailFilterSet):
    """Narrows the inbox down; without a state, possible spam is not in it."""

    state = django_filters.ChoiceFilter(label=_("Stand"), choices=State.choices)
    submit_time = django_filters.DateFromToRangeFilter(label=_("Ontvangen"), widget=DateRangePickerWidget)
    # By hand, since Wagtail's own would load the text of every version.
    version = django_filters.ModelChoiceFilter(
        label=_("Versie van de verklaring"), queryset=lambda request: StatementVersion.objects.only("number")
    )
    subject = django_filters.NumberFilter(label=_("Nummer van de betrokkene"), field_name="subject_id")
    has_files = django_filters.BooleanFilter(label=_("Met bestanden"), method="with_files", widget=BooleanRadioSelect)
    on_hold = django_filters.BooleanFilter(label=_("Aangehouden"), method="when_held", widget=BooleanRadioSelect)

    class Meta:
        model = Submission
        fields = ["state", "submit_time", "version", "subject"]

    def filter_queryset(self, queryset: QuerySet[Submission]) -> QuerySet[Submission]:
        """Leave possible spam out, unless it is asked for."""
        found: QuerySet[Submission] = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.exclude(state=State.SPAM)

    def with_files(self, messages: QuerySet[Submission], name: str, value: bool) -> QuerySet[Submission]:
        """Keep messages that came with files, or without."""
        files = Exists(Attachment.objects.filter(submission=OuterRef("pk")))
        return messages.filter(files if value else ~files)

    def when_held(self, messages: QuerySet[Submission], name: str, value: bool) -> QuerySet[Submission]:
        """Keep messages of people who are held, or of the others."""
        condition = held(timezone.now())
        return messages.filter(condition if value else ~condition)


def listed(request: Any) -> QuerySet[Submission]:
    """Return what the inbox lists for the filters and the search in an address, on all its pages."""
    filters = InboxFilterSet(request.GET, queryset=Submission.objects.all(), request=request)
    found = filters.filter_queryset(filters.queryset) if filters.is_valid() else Submission.objects.none()
    return search(found, request.GET.get("q", ""))


@transaction.atomic
def move(ids: Sequence[int], *, to: str) -> list[Submission]:
    """Say how far the work on messages is; return those that were not there yet.

    Possible spam does not move by this. May run twice, and two at once: the second waits, and finds nothing to do.

    Args:
        ids: keys of messages.
        to: one of `HANDLED`.

    Raises:
        ValueError: `to` is none of them.
    """
    if to not in HANDLED:
        raise ValueError(to)
    # In one order, so that two who move the same messages do not wait for each other.
    rows = Submission.objects.select_for_update().filter(pk__in=ids, state__in=HANDLED).exclude(state=to).order_by("pk")
    found = list(rows.only("pk", "state"))
    Submission.objects.filter(pk__in=[message.pk for message in found]).update(state=to)
    for message in found:
        message.state = to
    return found
