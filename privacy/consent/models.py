"""WHAT THEY AGREED TO: one row per act of giving or withdrawing, never changed afterwards; and what hangs on these acts."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision

from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject


class Method(models.TextChoices):
    """How a person let us know; the word that proof needs beside "when" and "what" (EDPB 05/2020, p. 107)."""

    FORM = "form", _("zelf aangekruist op het formulier")
    LINK = "link", _("op de eigen pagina, via de link uit een mail")
    UNSUBSCRIBE = "unsubscribe", _("met de afmeldknop van het mailprogramma")
    MAIL = "mail", _("per mail aan ons laten weten")
    PHONE = "phone", _("per telefoon aan ons laten weten")
    PAPER = "paper", _("op papier aan ons laten weten")


class ConsentEventQuerySet(models.QuerySet["ConsentEvent"]):
    """Named scopes."""

    def last_acts(self) -> ConsentEventQuerySet:
        """Return the events that decide: of each person, for each purpose, the last one."""
        later = ConsentEvent.objects.filter(
            subject=OuterRef("subject"), purpose=OuterRef("purpose"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(later))


class Asked(models.Model):
    """What was asked, where and when: the same for a consent that counts and for one that waits to be confirmed."""

    subject = models.ForeignKey(DataSubject, verbose_name=_("betrokkene"), on_delete=models.PROTECT)
    purpose = models.CharField(_("doel"), max_length=50, help_text=_("Sleutel van het doel in de verklaring."))
    wording = models.TextField(_("tekst bij het vakje"))
    version = models.ForeignKey(
        StatementVersion, verbose_name=_("versie van de verklaring"), on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(_("taal"), max_length=10)
    # Held as the version's revision is: `purge_revisions` would otherwise delete what the form was (law.md A22).
    page = models.ForeignKey(Page, verbose_name=_("pagina"), on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.ForeignKey(
        Revision, verbose_name=_("revisie van de pagina"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    place = models.CharField(_("waar"), max_length=200, help_text=_("Pad van het formulier, of het kanaal."))
    at = models.DateTimeField(_("wanneer"))

    class Meta:
        abstract = True


class ConsentEvent(Asked):
    """One act: a person gave or withdrew consent for one purpose (art. 7(1), 7(3)).

    Append-only: PostgreSQL refuses UPDATE, and DELETE outside an erasure. `wording` is what stood beside the box, to the
    letter; `version` leads to the very text of the statement that was shown, `revision` to the form. No IP address and no
    user agent: they would prove nothing that the rest does not (EDPB 05/2020, p. 106). The events of one person form a
    chain (`chain.py`): `number` counts them, `sha256` covers the content and the event before.
    """

    class Action(models.TextChoices):
        """What the person did."""

        GIVEN = "given", _("gegeven")
        WITHDRAWN = "withdrawn", _("ingetrokken")

    wagtail_reference_index_ignore = True

    subject = models.ForeignKey(
        DataSubject, verbose_name=_("betrokkene"), on_delete=models.PROTECT, related_name="consent_events"
    )
    number = models.PositiveIntegerField(_("volgnummer bij deze persoon"))
    action = models.CharField(_("handeling"), max_length=10, choices=Action)
    method = models.CharField(_("hoe"), max_length=20, choices=Method)
    confirmed_at = models.DateTimeField(
        _("adres bevestigd"), null=True, blank=True, help_text=_("Wanneer de link in de bevestigingsmail werd gebruikt.")
    )
    wording_sha256 = models.CharField(_("SHA-256 van de tekst"), max_length=64)
    previous_sha256 = models.CharField(_("SHA-256 van de vorige handeling"), max_length=64, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    objects = ConsentEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("toestemming")
        verbose_name_plural = _("toestemmingen")
        ordering = ["-pk"]
        permissions = [("record_consentevent", _("Kan een intrekking of bezwaar vastleggen"))]
        indexes = [models.Index(fields=["subject", "purpose", "-number"], name="privacy_consent_last_act")]
        constraints = [models.UniqueConstraint(fields=["subject", "number"], name="privacy_consent_one_chain")]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"ConsentEvent #{self.pk}"


#: Key of the retention rule of boxes that nobody confirmed; the link in the mail works as long.
UNCONFIRMED = "unconfirmed"


class UnconfirmedConsent(Asked):
    """A ticked box for a purpose whose address must be confirmed first (double opt-in, law.md B11).

    No event: nothing may be done on the strength of it. Confirming makes it one; unconfirmed it goes after
    the period of the rule `UNCONFIRMED`.
    """

    wagtail_reference_index_ignore = True

    subject = models.ForeignKey(
        DataSubject, verbose_name=_("betrokkene"), on_delete=models.PROTECT, related_name="unconfirmed_consents"
    )

    class Meta:
        verbose_name = _("onbevestigde toestemming")
        verbose_name_plural = _("onbevestigde toestemmingen")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["subject", "purpose"], name="privacy_consent_one_unconfirmed")]
        indexes = [models.Index(fields=["at"], name="privacy_consent_unconfirmed_at")]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"UnconfirmedConsent #{self.pk}"


class ConsentLink(models.Model):
    """A key to one person's page `/toestemming/<token>/`; works until it is revoked.

    The database knows the token's SHA-256 only. `nonce` is half of what the token is made of; the other half is a key that
    is not in the database (`links.py`).
    """

    wagtail_reference_index_ignore = True

    subject = models.ForeignKey(
        DataSubject, verbose_name=_("betrokkene"), on_delete=models.PROTECT, related_name="consent_links"
    )
    nonce = models.CharField(max_length=64)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("gemaakt"))
    revoked_at = models.DateTimeField(_("ingetrokken"), null=True, blank=True)

    class Meta:
        verbose_name = _("link naar toestemmingen")
        verbose_name_plural = _("links naar toestemmingen")
        ordering = ["-pk"]
        permissions = [("revoke_consentlink", _("Kan een link naar toestemmingen beëindigen"))]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"ConsentLink #{self.pk}"


class ErasureDue(models.Model):
    """What must still be deleted because of a withdrawal (art. 17(1)(b)): a job, gone when it is done."""

    wagtail_reference_index_ignore = True

    subject = models.ForeignKey(DataSubject, verbose_name=_("betrokkene"), on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(_("sinds"))

    class Meta:
        verbose_name = _("te wissen na intrekking")
        verbose_name_plural = _("te wissen na intrekking")
        ordering = ["pk"]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"ErasureDue #{self.pk}"


class UnwrittenLine(models.Model):
    """A withdrawal or an objection whose line the ledger could not take (see `ledger.py`): a job, gone when it is written.

    Holds what the line will say and no more. Outlives the person, as the line does.
    """

    wagtail_reference_index_ignore = True

    address_hash = models.CharField(_("kenmerk van het adres"), max_length=64)
    purpose = models.CharField(_("doel"), max_length=50, blank=True)
    method = models.CharField(_("hoe"), max_length=20, choices=Method)
    at = models.DateTimeField(_("wanneer"))

    class Meta:
        verbose_name = _("regel die nog in het wislogboek moet")
        verbose_name_plural = _("regels die nog in het wislogboek moeten")
        ordering = ["pk"]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"UnwrittenLine #{self.pk}"


class Suppression(models.Model):
    """An address that objected to direct marketing (art. 21(2)-(3)): no mailing goes there any more.

    Outlives the person: who objected, was erased and turns up again on some list is still left alone. Therefore no address
    but its keyed hash, which says nothing to whoever hasn't got `ERASURE_KEY`.
    """

    wagtail_reference_index_ignore = True

    address_hash = models.CharField(_("kenmerk van het adres"), max_length=64, unique=True)
    at = models.DateTimeField(_("sinds"))

    class Meta:
        verbose_name = _("bezwaar tegen mailings")
        verbose_name_plural = _("bezwaren tegen mailings")
        ordering = ["-pk"]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"Suppression #{self.pk}"
