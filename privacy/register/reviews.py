"""What is looked at again every so many months: security measures, agreements and periods (E3, E5; art. 5(1)(e), 32(1)(d))."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from .periods import months_after

#: Name of the action in Wagtail's log.
REVIEWED = "privacy.reviewed"


class ReviewedQuerySet(models.QuerySet[Any]):
    """Rows that are reviewed."""

    def due(self, on: date) -> ReviewedQuerySet:
        """Return the rows to be reviewed on that day or before, and those that never were.

        Args:
            on: a day on the clock of the reader.
        """
        # By PostgreSQL's calendar, which clamps month ends as `months_after` does.
        months = models.Func(
            "review_months", template="make_interval(months => %(expressions)s)", output_field=models.DurationField()
        )
        next_on = Cast(
            models.ExpressionWrapper(models.F("last_reviewed_on") + months, models.DateTimeField()), models.DateField()
        )
        rows: ReviewedQuerySet = self.alias(_next_on=next_on).filter(
            models.Q(last_reviewed_on=None) | models.Q(_next_on__lte=on)
        )
        return rows


class Reviewed(models.Model):
    """A row that is reviewed every so many calendar months; one that never was is due at once."""

    review_months = models.PositiveSmallIntegerField(
        _("nalopen om de … maanden"), validators=[MinValueValidator(1)], default=12
    )
    last_reviewed_on = models.DateField(_("laatst nagelopen op"), null=True, blank=True)
    # Who left is no longer known here; Wagtail's log keeps who did it.
    last_reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("nagelopen door"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = ReviewedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def next_review_on(self) -> date | None:
        """The day on which it is due again; None when it was never reviewed, and so is due now."""
        return months_after(self.last_reviewed_on, self.review_months) if self.last_reviewed_on else None


def all_due(on: date) -> list[Reviewed]:
    """Return every row to be reviewed on that day or before, kind by kind.

    Args:
        on: a day on the clock of the reader.
    """
    return [row for model in Reviewed.__subclasses__() for row in model.objects.due(on).select_related("last_reviewed_by")]


@transaction.atomic
def mark_reviewed(*, row: Reviewed, by: Any, on: date) -> None:
    """Write down that `row` was reviewed, and log it. Nothing else about the row is touched.

    Args:
        row: what was looked at.
        by: the user who did.
        on: the day.
    """
    row.last_reviewed_on, row.last_reviewed_by = on, by
    row.save(update_fields=["last_reviewed_on", "last_reviewed_by"])
    log(instance=row, action=REVIEWED, user=by)
