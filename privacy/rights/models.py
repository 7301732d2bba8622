"""WHAT THEY ASK: requests for inzage, and the archives built for them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.storage import private_storage
from privacy.subjects.models import DataSubject


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    """Named scopes."""

    def open(self) -> DataRequestQuerySet:
        """Requests that still wait for their answer; while one is open its person is not erased by the clock."""
        return self.filter(state=DataRequest.State.OPEN)

    def with_expired_archive(self, at: datetime) -> DataRequestQuerySet:
        """Requests whose archive was built so long before `at` (aware) that it must go."""
        return self.filter(built_at__lte=at - timedelta(days=settings.EXPORT_KEEP_DAYS)).exclude(archive="")


class DataRequest(models.Model):
    """One request for inzage (art. 15), however it came in, with the archive that answers it."""

    class State(models.TextChoices):
        """How far the request is."""

        OPEN = "open", _("wordt samengesteld")
        READY = "ready", _("klaar om te geven")
        EXPIRED = "expired", _("archief verwijderd")

    wagtail_reference_index_ignore = True

    subject = models.ForeignKey(
        DataSubject, verbose_name=_("betrokkene"), on_delete=models.PROTECT, related_name="data_requests"
    )
    received_at = models.DateTimeField(_("ontvangen"))
    state = models.CharField(_("stand"), max_length=10, choices=State, default=State.OPEN)
    built_at = models.DateTimeField(_("samengesteld"), null=True, blank=True)
    archive = models.FileField(_("archief"), storage=private_storage, upload_to="inzage/", blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    records = models.PositiveIntegerField(_("gegevens"), null=True, blank=True)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("inzageverzoek")
        verbose_name_plural = _("inzageverzoeken")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="privacy_rights_ready_has_archive",
                condition=~Q(state="ready") | (Q(built_at__isnull=False) & ~Q(archive="")),
            )
        ]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"DataRequest #{self.pk}"

    @property
    @admin.display(description=_("antwoord beloofd voor"))
    def promised_by(self) -> datetime:
        """When the answer is promised: `ANSWER_WITHIN_DAYS` days after receipt."""
        return self.received_at + timedelta(days=settings.ANSWER_WITHIN_DAYS)
