"""WHAT THEY AGREED TO: one row per act of giving or withdrawing, never changed afterwards."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject


class ConsentEvent(models.Model):
    """One act: a person gave or withdrew consent for one purpose (art. 7(1), 7(3)).

    Append-only: PostgreSQL refuses UPDATE, and DELETE outside an erasure. `wording` is what stood beside the box, to the
    letter; `version` leads to the very text of the statement that was shown. No IP address and no user agent: they would
    prove nothing that the rest does not (EDPB 05/2020, p. 106).
    """

    class Action(models.TextChoices):
        """What the person did."""

        GIVEN = "given", _("gegeven")
        WITHDRAWN = "withdrawn", _("ingetrokken")

    wagtail_reference_index_ignore = True

    subject = models.ForeignKey(
        DataSubject, verbose_name=_("betrokkene"), on_delete=models.PROTECT, related_name="consent_events"
    )
    purpose = models.CharField(_("doel"), max_length=50, help_text=_("Sleutel van het doel in de verklaring."))
    action = models.CharField(_("handeling"), max_length=10, choices=Action)
    wording = models.TextField(_("tekst bij het vakje"))
    version = models.ForeignKey(
        StatementVersion, verbose_name=_("versie van de verklaring"), on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(_("taal"), max_length=10)
    place = models.CharField(_("waar"), max_length=200, help_text=_("Pad van het formulier, of het kanaal."))
    at = models.DateTimeField(_("wanneer"))

    class Meta:
        verbose_name = _("toestemming")
        verbose_name_plural = _("toestemmingen")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["subject", "purpose", "-id"], name="privacy_consent_latest")]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"ConsentEvent #{self.pk}"
