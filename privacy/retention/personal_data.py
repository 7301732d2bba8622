"""What this room holds about people: nothing, only counts; and when that, and what Django and Wagtail keep, ends."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.subjects.registry import Clock, registry

from . import site_data
from .models import ClassRun, RetentionRun, UnfinishedNight

registry.exempt(
    RetentionRun,
    [
        "id",
        "started_at",
        "finished_at",
        "progress_at",
        "taken_up_at",
        "erased_before",
        "as_of",
        "state",
        "version",
        "months",
        "due",
        "erased",
        "held",
        "by_source",
    ],
    reason="Counts and times: proof of deletion without the data (art. 5(2)).",
)
registry.exempt(
    ClassRun,
    ["id", "source", "rule", "months", "days", "version", "as_of", "started_at", "finished_at", "rows"],
    reason="Counts and times: proof of deletion without the data (art. 5(2)).",
)
registry.exempt(
    UnfinishedNight, ["id", "as_of", "version"], reason="That a clean-up is under way; a time, and gone when it is through."
)
#: Key of the rule for the proof that we keep to the others.
PROOF = "proof"
registry.clock(
    Clock(
        key="retention.runs",
        label=_("Opschoningen: aantallen en tijden"),
        rule=PROOF,
        model=RetentionRun,
        start="finished_at",
        only=Q(state__in=[RetentionRun.State.FINISHED, RetentionRun.State.STOPPED]),
    )
)
registry.clock(
    Clock(
        key="retention.class_runs",
        label=_("Opschoningen per soort: aantallen en tijden"),
        rule=PROOF,
        model=ClassRun,
        # So that a run's own row is never due in it.
        start="as_of",
    )
)
site_data.declare()
