"""WHO: one row per person whose data the site holds."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .registry import Moment, registry


class DataSubjectQuerySet(models.QuerySet["DataSubject"]):
    """Named scopes, so that no other module spells out when a person must be left alone."""

    def held(self, at: datetime) -> DataSubjectQuerySet:
        """People whose data may not be erased at `at` (aware): restricted (art. 18), on hold, or with a request open."""
        return self.filter(kept_back(at))

    def free(self, at: datetime) -> DataSubjectQuerySet:
        """People whom nothing keeps from being erased at `at` (aware)."""
        return self.exclude(kept_back(at))


def kept_back(at: Moment) -> Q:
    """Return the condition under which a person's data may not be erased.

    Args:
        at: when (aware), or an expression for a moment of each person's own.
    """
    # Whether there is a hold at all comes first: a moment of each person's own costs more than that.
    condition = Q(restricted_at__isnull=False) | (Q(hold_until__isnull=False) & Q(hold_until__gt=at))
    for added in registry.holds:
        condition |= added(at)
    return condition


class DataSubject(models.Model):  # type: ignore[django-manager-missing]  # of a class that inherits from Wagtail's
    """A person, known by a normalised e-mail address (see `emails.normalise_email`).

    `last_contact_at` is the one clock from which the retention period of relations is counted. A restriction (art. 18)
    and a hold (a dispute, art. 17(3)(e)) stop the expiry; a hold always has a reason and an end.
    """

    # Submissions refer to people by number; Wagtail need not index who refers to whom.
    wagtail_reference_index_ignore = True

    email = models.EmailField(_("e-mailadres"), max_length=320, unique=True)
    created_at = models.DateTimeField(_("bekend sinds"))
    last_contact_at = models.DateTimeField(_("laatste contact"))
    restricted_at = models.DateTimeField(
        _("beperkt sinds"), null=True, blank=True, help_text=_("Beperking van de verwerking (art. 18 AVG).")
    )
    hold_until = models.DateTimeField(
        _("vastgehouden tot"), null=True, blank=True, help_text=_("Tot dit moment wordt niets gewist, met reden.")
    )
    hold_reason = models.CharField(_("reden van vasthouden"), max_length=200, blank=True, default="")

    # The end of the person's chain of consents, kept by the room of consent (`consent/chain.py`): here and not in a table of
    # its own, so that as long as there is a person there is a claim of how many events they have. Defaults of the database,
    # since `touch` writes people without knowing of consents.
    consent_count = models.PositiveIntegerField(_("aantal toestemmingen"), default=0, db_default=0, editable=False)
    consent_head = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    consent_seal = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

    objects = DataSubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("betrokkene")
        verbose_name_plural = _("betrokkenen")
        ordering = ["pk"]
        # The expiry walks along it, batch after batch, and never over what it has already been past.
        indexes = [models.Index(fields=["last_contact_at", "id"], name="privacy_subjects_clock")]
        constraints = [
            models.CheckConstraint(
                name="privacy_subjects_hold_has_reason_and_end",
                condition=Q(hold_until__isnull=True, hold_reason="") | (Q(hold_until__isnull=False) & ~Q(hold_reason="")),
                violation_error_message=_("Vasthouden kan alleen met een reden en een einddatum."),
            )
        ]

    def __str__(self) -> str:
        """Return a reference without personal data: Wagtail's log stores this text (law.md I2)."""
        return f"DataSubject #{self.pk}"


class Mention(models.Model):
    """An address that stands in a text of staff's or of the site's own, and where (see `mentions`).

    Kept by triggers of the database; nobody else writes here. An address is here for as long as the text has it.
    """

    wagtail_reference_index_ignore = True

    place = models.CharField(_("tabel"), max_length=63)
    row = models.CharField(_("rij"), max_length=64)
    address = models.TextField(_("adres"))

    class Meta:
        verbose_name = _("vermelding")
        verbose_name_plural = _("vermeldingen")
        indexes = [
            models.Index(fields=["address"], name="privacy_subjects_mention_of"),
            models.Index(fields=["place", "row"], name="privacy_subjects_mention_in"),
        ]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"Mention #{self.pk}"


class ContactMoment(models.Model):
    """A contact that left nothing on this site, taken down by staff: of what kind and when, and nothing of what was said.

    That is all the clock needs (art. 5(1)(c)); what was agreed on the telephone has its place in the file of the assignment.
    """

    class Kind(models.TextChoices):
        """How somebody was in contact."""

        PHONE = "phone", _("telefoongesprek")
        VISIT = "visit", _("bezoek")
        MAIL = "mail", _("mail of brief")

    wagtail_reference_index_ignore = True

    subject = models.ForeignKey(
        DataSubject, verbose_name=_("betrokkene"), on_delete=models.PROTECT, related_name="contact_moments"
    )
    kind = models.CharField(_("soort contact"), max_length=10, choices=Kind)
    at = models.DateTimeField(_("wanneer"))

    objects: models.Manager[ContactMoment] = models.Manager()

    class Meta:
        verbose_name = _("contactmoment")
        verbose_name_plural = _("contactmomenten")
        ordering = ["-at", "-pk"]
        # Two officers who take down the same call have taken down one.
        constraints = [models.UniqueConstraint(fields=["subject", "at", "kind"], name="privacy_subjects_one_moment")]

    def __str__(self) -> str:
        """Return a reference."""
        return f"ContactMoment #{self.pk}"


class ErasedInYear(models.Model):
    """How many people were erased in a calendar year, by the expiry or because somebody asked; counts, and nobody's.

    Written in the transactions that erase. Unknown senders of possible spam are not in it: they would be nearly all of it, and
    a robot's address is no person.
    """

    wagtail_reference_index_ignore = True

    year = models.PositiveSmallIntegerField(_("jaar"), primary_key=True)
    people = models.PositiveIntegerField(_("gewiste personen"), default=0)

    class Meta:
        verbose_name = _("gewist in een jaar")
        verbose_name_plural = _("gewist per jaar")

    def __str__(self) -> str:
        """Return a reference."""
        return f"ErasedInYear #{self.pk}"


class DoomedFile(models.Model):
    """A file in the private storage that must go, at once or unless a row claims it (see `privacy.files`).

    Written down before the file is, so that no crash leaves a file that nothing leads to.
    """

    wagtail_reference_index_ignore = True

    name = models.CharField(_("bestand"), max_length=100, unique=True, help_text=_("Willekeurige naam in de besloten opslag."))
    due_at = models.DateTimeField(_("weg na"), db_index=True)

    class Meta:
        verbose_name = _("te wissen bestand")
        verbose_name_plural = _("te wissen bestanden")
        ordering = ["due_at"]

    def __str__(self) -> str:
        """Return a reference; the name is random and says nothing either."""
        return f"DoomedFile #{self.pk}"
