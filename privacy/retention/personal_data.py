"""What this room holds about people: nothing, only counts."""

from privacy.subjects.registry import registry

from .models import RetentionRun

registry.exempt(
    RetentionRun,
    [
        "id",
        "started_at",
        "finished_at",
        "progress_at",
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
