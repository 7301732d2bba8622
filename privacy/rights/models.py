"""WHAT THEY ASK: requests, what happened to them, the letters about them, and what was done because of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.register.periods import Period, past
from privacy.statement.promises import promised
from privacy.storage import private_storage
from privacy.subjects.models import DataSubject

from . import clock
from .letter_kinds import LetterKind
from .states import FINAL, PENDING, RUNNING, TOLD, State

#: Keys of the retention rules of an archive that waits to be taken, and of a request that was answered.
EXPORTS, REQUESTS = "exports", "requests"

#: Characters in the subject of a letter.
HEADING_LENGTH = 200


def archive_period() -> Period:
    """Return how long an archive waits and its link works, by the statement in force."""
    return promised(EXPORTS, until_then=settings.EXPORT_KEEP_DAYS)


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    """Named scopes."""

    def pending(self) -> DataRequestQuerySet:
        """Requests that still wait for their answer; while one is, its person is not erased by the clock."""
        return self.filter(state__in=PENDING)

    def running(self) -> DataRequestQuerySet:
        """Requests whose clock runs."""
        return self.filter(state__in=RUNNING)

    def overdue(self, at: datetime) -> DataRequestQuerySet:
        """Requests whose legal term is over at `at` (aware) without an answer (law.md C2)."""
        return self.running().filter(due_on__lt=timezone.localdate(at))

    def stopped(self) -> DataRequestQuerySet:
        """Requests for an archive that the site does not go on with by itself: somebody must look first."""
        return self.filter(state=State.COLLECTING, next_attempt_at=None)

    def to_collect(self, at: datetime) -> DataRequestQuerySet:
        """Requests for an archive that the site itself goes on with at `at` (aware)."""
        wanted = self.filter(kind__in=DataRequest.WITH_ARCHIVE, subject__isnull=False)
        return wanted.filter(Q(state=State.OPEN) | Q(state=State.COLLECTING, next_attempt_at__lte=at))

    def with_expired_archive(self, at: datetime) -> DataRequestQuerySet:
        """Requests whose archive must go at `at` (aware): past its period, or taken a day ago (law.md C14)."""
        old = Q(pk__in=past(self.exclude(archive=""), "built_at", period=archive_period(), as_of=at).values("pk"))
        taken = Q(
            links__used_at__lte=at - timedelta(hours=settings.DOWNLOAD_AGAIN_HOURS), links__opens=OneTimeLink.Opens.ARCHIVE
        )
        return self.exclude(archive="").filter(old | taken).distinct()


class DataRequest(models.Model):
    """One request under art. 15-22, however it came in, with its clock.

    `email` is where the answer goes. It goes away when the answer was that nobody is known by it, when nobody confirmed it,
    and with the person; what is left then says that something was asked and answered, and not by whom (5(2); law.md C16).
    """

    class Kind(models.TextChoices):
        """Which right."""

        ACCESS = "access", _("inzage")
        RECTIFICATION = "rectification", _("verbetering")
        ERASURE = "erasure", _("wissen")
        RESTRICTION = "restriction", _("beperking")
        PORTABILITY = "portability", _("meenemen")
        OBJECTION = "objection", _("bezwaar")

    class Channel(models.TextChoices):
        """How it came in (law.md C1: any channel counts)."""

        WEBSITE = "website", _("website")
        MAIL = "mail", _("e-mail")
        PHONE = "phone", _("telefoon")
        LETTER = "letter", _("brief")
        PERSON = "person", _("in persoon")

    class Identity(models.TextChoices):
        """How we know who asks; never a copy of a document (law.md C5)."""

        LINK = "link", _("eenmalige link naar het bekende e-mailadres")
        REPLY = "reply", _("antwoord vanaf het bekende e-mailadres")
        CALLBACK = "callback", _("teruggebeld op het bekende nummer")
        QUESTIONS = "questions", _("vragen over eerder contact")
        KNOWN = "known", _("in persoon herkend")
        SEEN = "seen", _("legitimatie gezien, niets bewaard")

    #: Answered with an archive.
    WITH_ARCHIVE = (Kind.ACCESS, Kind.PORTABILITY)

    wagtail_reference_index_ignore = True

    kind = models.CharField(_("soort verzoek"), max_length=15, choices=Kind, default=Kind.ACCESS)
    channel = models.CharField(_("hoe binnengekomen"), max_length=10, choices=Channel, default=Channel.WEBSITE)
    state = models.CharField(_("stand"), max_length=12, choices=State, default=State.OPEN)
    email = models.EmailField(_("e-mailadres voor het antwoord"), max_length=320, blank=True, default="")
    # Not theirs yet: they have still to show that it is.
    new_email = models.EmailField(_("nieuw e-mailadres, te bevestigen"), max_length=320, blank=True, default="")
    subject = models.ForeignKey(
        DataSubject,
        verbose_name=_("betrokkene"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="data_requests",
    )
    language = models.CharField(_("taal"), max_length=10, default=settings.LANGUAGE_CODE)
    message = models.TextField(_("toelichting"), blank=True, default="")
    received_at = models.DateTimeField(_("ontvangen"))
    identity = models.CharField(_("hoe wij weten wie het is"), max_length=10, choices=Identity, blank=True, default="")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("behandelaar"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
    )
    # The clock.
    due_on = models.DateField(_("uiterlijk volgens de wet"))
    extended_months = models.PositiveSmallIntegerField(_("verlengd met maanden"), default=0)
    paused_days = models.PositiveSmallIntegerField(_("dagen gewacht op de betrokkene"), default=0)
    waiting_since = models.DateField(_("wacht sinds"), null=True, blank=True)
    closed_at = models.DateTimeField(_("afgerond"), null=True, blank=True)
    # The search and the archive.
    searched = models.JSONField(_("waar gezocht is"), default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(_("pogingen"), default=0)
    next_attempt_at = models.DateTimeField(_("volgende poging"), null=True, blank=True)
    built_at = models.DateTimeField(_("samengesteld"), null=True, blank=True)
    archive = models.FileField(_("archief"), storage=private_storage, upload_to="inzage/", blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    records = models.PositiveIntegerField(_("gegevens"), null=True, blank=True)
    # Of what the officer saw and approved (law.md C13); an archive that would hold something else does not go out.
    reviewed_sha256 = models.CharField(max_length=64, blank=True, default="")
    # Names the line of the erasure ledger, and so the certificate; it names nobody.
    erasure = models.CharField(_("kenmerk van de wissing"), max_length=40, blank=True, default="")

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("verzoek")
        verbose_name_plural = _("verzoeken")
        ordering = ["-pk"]
        permissions = [("handle_datarequest", _("Kan verzoeken van betrokkenen behandelen"))]
        indexes = [
            # What the sweeps, the dashboard and the monitoring look at: few rows, however many were ever answered.
            models.Index(fields=["due_on"], name="privacy_rights_pending", condition=Q(state__in=PENDING)),
            models.Index(fields=["built_at"], name="privacy_rights_archives", condition=~Q(archive="")),
            models.Index(
                fields=["state"], name="privacy_rights_strangers", condition=Q(subject=None) & ~Q(email="", message="")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="privacy_rights_waiting_has_since",
                condition=Q(state=State.WAITING, waiting_since__isnull=False)
                | (~Q(state=State.WAITING) & Q(waiting_since__isnull=True)),
            ),
            models.CheckConstraint(
                name="privacy_rights_closed_has_time",
                condition=Q(state__in=FINAL, closed_at__isnull=False) | (~Q(state__in=FINAL) & Q(closed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"DataRequest #{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row; a new one with its legal term."""
        if self.due_on is None:
            self.reckon()
        super().save(*args, **kwargs)

    @property
    def called(self) -> str:
        """The number by which letters, mails and screens call it."""
        return f"V{self.pk}"

    @property
    def asked_for(self) -> str:
        """What was asked, as it follows on “you asked us for:”, in the active language."""
        return str(_ASKED_FOR[DataRequest.Kind(self.kind)])

    @property
    def told_state(self) -> str:
        """How far it is, in words for whose request it is."""
        return str(TOLD[State(self.state)])

    @property
    def received_on(self) -> date:
        """The day of receipt on the local clock."""
        return timezone.localdate(self.received_at)

    @property
    @admin.display(description=_("beloofd"))
    def promised_on(self) -> date:
        """The day by which we promised the answer: the statement (law.md C3), or the letter about a longer term (C4)."""
        if self.extended_months:
            return self.due_on
        return clock.promised_on(self.received_on, days=settings.ANSWER_WITHIN_DAYS, paused_days=self.paused_days)

    def reckon(self) -> None:
        """Set the legal term anew from the receipt, the extension and the days waited."""
        self.due_on = clock.due_on(self.received_on, extended_months=self.extended_months, paused_days=self.paused_days)

    def days_left(self, at: datetime) -> int:
        """Return how many days remain at `at` (aware) until the legal term; negative when it is over."""
        return (self.due_on - timezone.localdate(at)).days

    def missing(self) -> list[str]:
        """Return the keys of the sources that did not answer."""
        return sorted(key for key, found in self.searched.items() if found["state"] == "unreachable")

    @property
    def is_stopped(self) -> bool:
        """The same of this row as the scope `stopped`."""
        return self.state == State.COLLECTING and self.next_attempt_at is None

    @property
    def goes_by_itself(self) -> bool:
        """Whether the site is at work on it: gathering the data or sending the answer, with nothing for anybody to do."""
        is_collected = self.kind in self.WITH_ARCHIVE and self.subject_id is not None
        gathers = self.state in {State.OPEN, State.COLLECTING} and not self.is_stopped and not self.missing()
        return self.state == State.READY or (is_collected and gathers)

    def is_overdue(self, at: datetime) -> bool:
        """Say the same of this row as the scope `overdue`."""
        return self.state in RUNNING and self.days_left(at) < 0

    def last_event_id(self) -> int:
        """Return the key of what happened last: whoever acts on an older one acts on what they did not see."""
        latest: int | None = self.events.order_by("-pk").values_list("pk", flat=True).first()
        return latest or 0


_ASKED_FOR = {
    DataRequest.Kind.ACCESS: _("inzage in uw gegevens"),
    DataRequest.Kind.RECTIFICATION: _("verbetering van uw gegevens"),
    DataRequest.Kind.ERASURE: _("het wissen van uw gegevens"),
    DataRequest.Kind.RESTRICTION: _("beperking van het gebruik van uw gegevens"),
    DataRequest.Kind.PORTABILITY: _("uw gegevens, om mee te nemen"),
    DataRequest.Kind.OBJECTION: _("te stoppen met een gebruik van uw gegevens (bezwaar)"),
}


class Letter(models.Model):
    """One letter about a request, as it was sent (law.md C16); the link to an archive is not in it."""

    wagtail_reference_index_ignore = True

    request = models.ForeignKey(DataRequest, verbose_name=_("verzoek"), on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(_("soort"), max_length=20, choices=LetterKind)
    language = models.CharField(_("taal"), max_length=10)
    heading = models.CharField(_("onderwerp"), max_length=HEADING_LENGTH)
    body = models.TextField(_("tekst"))
    written_at = models.DateTimeField(_("geschreven"))

    class Meta:
        verbose_name = _("brief")
        verbose_name_plural = _("brieven")
        ordering = ["pk"]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"Letter #{self.pk}"


class RequestEvent(models.Model):
    """One thing that happened to a request: who, when, why, with which letter (law.md C16).

    Append-only: PostgreSQL refuses to change a row, and to delete one outside an erasure. It outlives the person, so it
    never names them.
    """

    class Actor(models.TextChoices):
        """Who did it."""

        PERSON = "person", _("de betrokkene")
        OFFICER = "officer", _("medewerker")
        SITE = "site", _("de website")

    wagtail_reference_index_ignore = True

    request = models.ForeignKey(DataRequest, verbose_name=_("verzoek"), on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("wanneer"))
    actor = models.CharField(_("wie"), max_length=10, choices=Actor)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("medewerker"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    from_state = models.CharField(_("van"), max_length=12, choices=State, blank=True)
    to_state = models.CharField(_("naar"), max_length=12, choices=State)
    reason = models.TextField(_("reden"), blank=True, default="")
    letter = models.ForeignKey(
        Letter, verbose_name=_("brief"), on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )

    class Meta:
        verbose_name = _("gebeurtenis")
        verbose_name_plural = _("gebeurtenissen")
        ordering = ["pk"]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"RequestEvent #{self.pk}"

    @property
    def told_state(self) -> str:
        """How far the request was after it, in words for whose request it is."""
        return str(TOLD[State(self.to_state)])


class OneTimeLink(models.Model):
    """A link that was mailed: what it opens and until when. The link itself is nowhere but in the mail.

    `selector` is its first part, by which it is found; `token_sha256` the hash of all of it. `nonce` makes the mail of a
    second attempt show the same link, together with a key that is not in the database; the link to an archive has none,
    since it holds the only key to it.
    """

    class Opens(models.TextChoices):
        """What it is for."""

        SESSION = "session", _("mijn gegevens")
        ARCHIVE = "archive", _("archief")
        ADDRESS = "address", _("nieuw e-mailadres")

    wagtail_reference_index_ignore = True

    request = models.ForeignKey(DataRequest, verbose_name=_("verzoek"), on_delete=models.PROTECT, related_name="links")
    opens = models.CharField(_("opent"), max_length=10, choices=Opens)
    nonce = models.CharField(max_length=64, blank=True, default="")
    selector = models.CharField(max_length=12, unique=True)
    token_sha256 = models.CharField(max_length=64)
    expires_at = models.DateTimeField(_("geldig tot"))
    failed_tries = models.PositiveSmallIntegerField(_("mislukte pogingen"), default=0)
    used_at = models.DateTimeField(_("gebruikt"), null=True, blank=True)

    class Meta:
        verbose_name = _("eenmalige link")
        verbose_name_plural = _("eenmalige links")
        ordering = ["pk"]
        indexes = [models.Index(fields=["expires_at"], name="privacy_rights_links")]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"OneTimeLink #{self.pk}"


class LetterTemplate(models.Model):
    """The words of one kind of letter in one language, for editors to change."""

    kind = models.CharField(_("soort"), max_length=20, choices=LetterKind)
    language = models.CharField(_("taal"), max_length=10, choices=settings.LANGUAGES)
    heading = models.CharField(_("onderwerp"), max_length=HEADING_LENGTH)
    body = models.TextField(
        _("tekst"),
        help_text=_("Tussen accolades staat wat vanzelf wordt ingevuld, zoals {ontvangen}. Een lege regel begint een alinea."),
    )

    class Meta:
        verbose_name = _("briefsjabloon")
        verbose_name_plural = _("briefsjablonen")
        ordering = ["kind", "-language"]
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="privacy_rights_one_text_per_letter")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language})"

    def clean(self) -> None:
        """Refuse a placeholder that nothing fills in, and a letter without what the law wants in it."""
        from .letters import check_words  # the letters need these models

        check_words(LetterKind(self.kind), heading=self.heading, body=self.body)


class Correction(models.Model):
    """One value that was put right, with what stood there before (art. 16; law.md C17)."""

    #: In place of a source that corrects: the address by which the person is known (see `new_address`).
    ADDRESS = "subjects.person"

    wagtail_reference_index_ignore = True

    request = models.ForeignKey(DataRequest, verbose_name=_("verzoek"), on_delete=models.PROTECT, related_name="corrections")
    subject = models.ForeignKey(DataSubject, verbose_name=_("betrokkene"), on_delete=models.PROTECT, related_name="corrections")
    source = models.CharField(_("bron"), max_length=50)
    reference = models.CharField(_("gegeven"), max_length=100)
    label = models.CharField(_("veld"), max_length=255)
    old = models.TextField(_("was"), blank=True)
    new = models.TextField(_("werd"), blank=True)
    at = models.DateTimeField(_("wanneer"))

    class Meta:
        verbose_name = _("verbetering")
        verbose_name_plural = _("verbeteringen")
        ordering = ["pk"]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"Correction #{self.pk}"


class Redaction(models.Model):
    """One stretch of text that is left out of a copy because it is about somebody else (15(4); law.md C13).

    Only the place and the reason are kept. `text_sha256` is the hash of the whole value that was looked at: a value that
    has changed since must be looked at again.
    """

    wagtail_reference_index_ignore = True

    request = models.ForeignKey(DataRequest, verbose_name=_("verzoek"), on_delete=models.PROTECT, related_name="redactions")
    source = models.CharField(_("bron"), max_length=50)
    reference = models.CharField(_("gegeven"), max_length=100)
    label = models.CharField(_("veld"), max_length=255)
    start = models.PositiveIntegerField(_("vanaf teken"))
    end = models.PositiveIntegerField(_("tot teken"))
    text_sha256 = models.CharField(max_length=64)
    reason = models.CharField(_("reden"), max_length=200)

    class Meta:
        verbose_name = _("weglating")
        verbose_name_plural = _("weglatingen")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="privacy_rights_redaction_is_a_span", condition=Q(start__lt=models.F("end")))
        ]

    def __str__(self) -> str:
        """Return a reference without personal data."""
        return f"Redaction #{self.pk}"


class RecipientNotice(models.Model):
    """One recipient who must be told that data were corrected, erased or restricted (art. 19; law.md C19)."""

    wagtail_reference_index_ignore = True

    request = models.ForeignKey(DataRequest, verbose_name=_("verzoek"), on_delete=models.PROTECT, related_name="notices")
    recipient = models.CharField(_("ontvanger"), max_length=150)
    created_at = models.DateTimeField(_("ontstaan"))
    done_at = models.DateTimeField(_("gedaan"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("door"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
    )
    outcome = models.CharField(_("uitkomst"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("melding aan ontvanger")
        verbose_name_plural = _("meldingen aan ontvangers")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["request", "recipient"], name="privacy_rights_one_notice_each")]

    def __str__(self) -> str:
        return f"RecipientNotice #{self.pk}"
