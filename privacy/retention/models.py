"""WHEN IT ENDS: one row per expiry run and per class of data that ended, the proof of deletion without the data (law.md D4)."""

from __future__ import annotations

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.statement.facts import period_label
from privacy.statement.models import StatementVersion
from privacy.subjects.registry import registry


class RetentionRun(models.Model):
    """What one run of the expiry did: rule, counts, times, statement version; no personal data.

    The row is updated in the transaction that deletes, so its counts are exact whatever dies: a run that was killed is
    found unfinished and continued under its own number.
    """

    class State(models.TextChoices):
        """How far the run is."""

        RUNNING = "running", _("bezig")
        PAUSED = "paused", _("gepauzeerd")
        FINISHED = "finished", _("klaar")
        STOPPED = "stopped", _("afgebroken")

    wagtail_reference_index_ignore = True

    started_at = models.DateTimeField(_("begonnen"))
    finished_at = models.DateTimeField(_("klaar"), null=True, blank=True)
    progress_at = models.DateTimeField(_("laatst gewist om"), null=True, blank=True)
    #: When a process last took it up after a pause or a crash, and how many had gone by then: the speed is that since.
    taken_up_at = models.DateTimeField(_("verder gegaan"), null=True, blank=True)
    erased_before = models.PositiveIntegerField(_("toen al gewist"), default=0)
    as_of = models.DateTimeField(_("peilmoment"))
    state = models.CharField(_("stand"), max_length=10, choices=State, default=State.RUNNING)
    version = models.ForeignKey(
        StatementVersion, verbose_name=_("volgens verklaring"), on_delete=models.PROTECT, related_name="+"
    )
    months = models.PositiveSmallIntegerField(_("termijn in maanden"))
    due = models.PositiveIntegerField(_("aan de beurt"), help_text=_("Personen over hun termijn toen de run begon."))
    erased = models.PositiveIntegerField(_("gewist"), default=0)
    held = models.PositiveIntegerField(_("vastgehouden"), default=0)
    by_source = models.JSONField(_("per bron"), default=dict, help_text=_("Gewiste rijen per bron."))

    class Meta:
        verbose_name = _("opschoning")
        verbose_name_plural = _("opschoningen")
        ordering = ["-pk"]
        permissions = [("pause_retentionrun", _("Kan een opschoning pauzeren en hervatten"))]

    def __str__(self) -> str:
        return _("Opschoning %(number)s") % {"number": self.pk}

    @property
    def is_under_way(self) -> bool:
        """Whether it has not come to its end."""
        return self.state in {self.State.RUNNING, self.State.PAUSED}

    @property
    def progress(self) -> str:
        """How many of whom it found have gone, in words."""
        if not self.due:
            return str(_("niemand"))
        return _("%(erased)s van %(due)s") % {"erased": intcomma(self.erased), "due": intcomma(self.due)}

    @property
    def speed(self) -> int | None:
        """People erased per second, from when it was last taken up to the last batch; None before the first since."""
        since = self.taken_up_at or self.started_at
        if self.progress_at is None or self.progress_at <= since or self.erased <= self.erased_before:
            return None
        return round((self.erased - self.erased_before) / (self.progress_at - since).total_seconds())


class ClassRun(models.Model):
    """What one night ended of one class of data: rule, table, count, times, statement version; no personal data.

    Written in the transactions that end the rows, so its count is exact whatever dies. A night on which nothing of a class was
    due leaves none.
    """

    wagtail_reference_index_ignore = True

    source = models.CharField(_("wat"), max_length=50)
    rule = models.CharField(_("bewaartermijn"), max_length=50)
    months = models.PositiveSmallIntegerField(_("termijn in maanden"))
    days = models.PositiveSmallIntegerField(_("of in dagen"))
    version = models.ForeignKey(
        StatementVersion, verbose_name=_("volgens verklaring"), on_delete=models.PROTECT, related_name="+"
    )
    as_of = models.DateTimeField(_("peilmoment"))
    started_at = models.DateTimeField(_("begonnen"))
    finished_at = models.DateTimeField(_("klaar"))
    rows = models.PositiveIntegerField(_("gewiste rijen"), default=0)

    class Meta:
        verbose_name = _("opschoning van een soort")
        verbose_name_plural = _("opschoningen per soort")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return _("Opschoning van een soort %(number)s") % {"number": self.pk}

    @property
    def what(self) -> str:
        """What a layman calls these data."""
        return registry.label(self.source)

    @property
    def period(self) -> str:
        """How long they were kept, in words."""
        return period_label(self.months, self.days)


class UnfinishedNight(models.Model):
    """That the classes of data are being ended, or were when the process died: one row at most, gone when all are through.

    By it the sweep goes on with a night that died, and with nothing else: what is due since, or by another version of the
    statement, has its night before it.
    """

    wagtail_reference_index_ignore = True

    as_of = models.DateTimeField(_("peilmoment"))
    version = models.ForeignKey(
        StatementVersion, verbose_name=_("volgens verklaring"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("onvoltooide opschoning van soorten")
        verbose_name_plural = _("onvoltooide opschoningen van soorten")

    def __str__(self) -> str:
        return f"UnfinishedNight #{self.pk}"
