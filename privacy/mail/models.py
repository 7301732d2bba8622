"""WHAT WE SEND: one row per mail, from the moment it is owed until it has gone out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from math import ceil

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.subjects.models import DataSubject

from . import builders
from .transport import in_words


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a mailing to many is.

    Args:
        sent: mails that the server took.
        waiting: mails still to be tried.
        failed: mails that were given up.
    """

    sent: int
    waiting: int
    failed: int

    @property
    def total(self) -> int:
        """How many mails there are; whoever was erased meanwhile is not among them."""
        return self.sent + self.waiting + self.failed

    @property
    def minutes_left(self) -> int:
        """How long the sweep still takes, at its pace and when nothing else waits."""
        return ceil(self.waiting / settings.MAIL_PER_SWEEP) * ceil(settings.MAIL_SWEEP_SECONDS / 60)


class MailQuerySet(models.QuerySet["Mail"]):
    """Named scopes."""

    def due(self, at: datetime) -> MailQuerySet:
        """Mails to be tried at `at` (aware): mass mailings after all others, then who waits longest first."""
        return self.filter(next_attempt_at__lte=at).order_by("is_bulk", "next_attempt_at", "pk")

    def failed(self) -> MailQuerySet:
        """Mails that were given up."""
        return self.filter(state=Mail.State.FAILED)

    def progress(self) -> Progress:
        """Count these mails by state, in one query."""
        counted = {
            name: models.Count("pk", filter=models.Q(state=state))
            for name, state in (("sent", Mail.State.SENT), ("waiting", Mail.State.PENDING), ("failed", Mail.State.FAILED))
        }
        return Progress(**self.aggregate(**counted))


class Mail(models.Model):
    """A mail that is owed or was sent: what it is about, never what it says or to which address it goes.

    `next_attempt_at` says when to try; it is empty when there is nothing to do any more. `last_error` is the name of the
    error and the server's number; the server's own words may quote the mail.
    """

    class State(models.TextChoices):
        """How far the mail is."""

        PENDING = "pending", _("wacht")
        SENT = "sent", _("verstuurd")
        FAILED = "failed", _("mislukt")
        CANCELLED = "cancelled", _("niet meer nodig")

    wagtail_reference_index_ignore = True

    kind = models.CharField(_("soort"), max_length=50, choices=builders.choices)
    reference = models.BigIntegerField(_("kenmerk"), help_text=_("Nummer van wat de mail betreft."))
    subject = models.ForeignKey(
        DataSubject, verbose_name=_("betrokkene"), on_delete=models.PROTECT, null=True, blank=True, related_name="mails"
    )
    is_bulk = models.BooleanField(_("aan velen"), default=False)
    state = models.CharField(_("stand"), max_length=10, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(_("gemaakt"))
    attempts = models.PositiveSmallIntegerField(_("pogingen"), default=0)
    next_attempt_at = models.DateTimeField(_("volgende poging"), null=True, blank=True)
    sent_at = models.DateTimeField(_("verstuurd"), null=True, blank=True)
    last_error = models.CharField(_("laatste fout"), max_length=100, blank=True, default="")
    message_id = models.UUIDField(editable=False, db_default=RandomUUID())

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-pk"]
        permissions = [("retry_mail", _("Kan mislukte mails opnieuw laten versturen"))]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "reference", "subject"], nulls_distinct=False, name="privacy_mail_one_of_each"
            ),
            models.CheckConstraint(
                name="privacy_mail_waits_until_settled",
                condition=models.Q(state="pending", next_attempt_at__isnull=False)
                | (~models.Q(state="pending") & models.Q(next_attempt_at__isnull=True)),
            ),
        ]
        indexes = [
            # The sweep's own order, over the few rows that wait and not over all that were ever sent.
            models.Index(
                fields=["is_bulk", "next_attempt_at", "id"],
                name="privacy_mail_waiting",
                condition=models.Q(next_attempt_at__isnull=False),
            ),
            models.Index(fields=["state"], name="privacy_mail_failed", condition=models.Q(state="failed")),
            # What the nightly job, and once a minute the count of what it left behind, look for.
            models.Index(fields=["created_at"], name="privacy_mail_settled", condition=models.Q(next_attempt_at__isnull=True)),
        ]

    def __str__(self) -> str:
        """Return a reference without personal data (law.md I2)."""
        return f"Mail #{self.pk}"

    @property
    def why(self) -> str:
        """The last error in words for a layman."""
        return in_words(self.last_error)

    @property
    def message_id_header(self) -> str:
        """The same at every attempt, so that a receiver who got it twice can tell."""
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        return f"<{self.message_id}@{domain}>"
