"""The contact page, its fields, and what visitors send with it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField, AbstractFormSubmission
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page, Revision

from privacy.register.models import DataCategory, Purpose
from privacy.statement.gate import SCHEDULED, PublicationRefused, live_or_not_at_all
from privacy.statement.models import StatementVersion
from privacy.storage import private_storage
from privacy.subjects.models import DataSubject

from .coverage import uncovered_parts
from .fields import FIELD_TYPES, ContactFormBuilder
from .forms import ContactPageForm
from .virus import Verdict

#: The words of a message, for the search of the inbox: as typed, in no language's grammar, since a name has none.
WORDS = models.Func(
    models.F("form_data"), template="to_tsvector('simple'::regconfig, %(expressions)s)", output_field=SearchVectorField()
)


class ContactPage(RoutablePageMixin, AbstractForm):
    """The contact form: fields that editors arrange, and one box for each purpose that rests on consent."""

    class Captcha(models.TextChoices):
        """What a visitor's browser does to show that it is no robot. It only sorts: a message without is stored as well."""

        NONE = "none", _("geen")
        ALTCHA = "altcha", _("rekensom in de browser (ALTCHA), zonder derden")
        RECAPTCHA = "recaptcha", _("reCAPTCHA van Google, na een druk op de knop")

    intro = RichTextField(_("inleiding"), blank=True)
    captcha = models.CharField(
        _("controle tegen spam"),
        max_length=10,
        choices=Captcha,
        default=Captcha.ALTCHA,
        help_text=_("Wie haar overslaat, kan het bericht gewoon versturen; u vindt het dan onder mogelijke spam."),
    )
    notify_address = models.EmailField(
        _("melden aan"),
        blank=True,
        help_text=_("Wie een bericht krijgt dat er iets binnen is, zonder de inhoud. Leeg: het privacy-adres."),
    )

    form_builder = ContactFormBuilder
    base_form_class = ContactPageForm
    template = "contact/contact_page.html"
    landing_page_template = "contact/thanks.html"
    page_description = _("Het contactformulier, met toestemming per doel.")
    max_count = 1
    subpage_types: list[str] = []

    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        InlinePanel("form_fields", heading=_("Velden"), label=_("Veld")),
        InlinePanel("form_purposes", heading=_("Doelen en toestemmingen"), label=_("Doel")),
        FieldPanel("captcha"),
        FieldPanel("notify_address"),
    ]

    class Meta:
        verbose_name = _("contactpagina")
        verbose_name_plural = _("contactpagina's")

    def publish(self, revision: Revision, user: Any = None, **kwargs: Any) -> None:
        """Go live if the statement in force covers all that the form asks (law.md A15; art. 13(3)).

        The editor's form says so beforehand. This is for the ways that have no form: an approval in a workflow, several
        pages at once, the clock. A script may publish a form ahead of its statement; it stays closed until it is covered.

        Args:
            revision: what goes live.
            user: who publishes; None for a script and the clock.
            **kwargs: as Wagtail has them.

        Raises:
            PublicationRefused: the statement does not cover it, and a person publishes.
        """
        log_action = kwargs.get("log_action")
        with live_or_not_at_all(log_action):
            super().publish(revision, user=user, **kwargs)
            # As it is stored now: what `self` holds is half the revision's and half its own.
            page = ContactPage.objects.get(pk=self.pk)
            if (user or log_action == SCHEDULED) and page.live:
                problems = list(uncovered_parts(page, StatementVersion.objects.in_force()))
                if problems:
                    raise PublicationRefused(page.pk, problems)

    @cached_property
    def asked(self) -> list[FormPurpose]:
        """The purposes of this form, fetched once: whether it is open and what it shows both follow from them."""
        return list(self.form_purposes.select_related("purpose"))

    @cached_property
    def _fields(self) -> list[FormField]:
        return list(self.form_fields.select_related("category", "purpose"))

    def get_form_fields(self) -> list[FormField]:
        """Return the fields, fetched once with what they are bound to: the form is made, checked and explained from them."""
        return self._fields

    def get_submission_class(self) -> type[Submission]:
        """Tell Wagtail's listing where the messages are."""
        return Submission

    @path("")
    def show_form(self, request: HttpRequest) -> HttpResponse:
        """Show the form, or take what was sent."""
        from . import views  # the views need these models

        return views.contact_form(request, self)

    @path(_("bedankt/"))
    def thanks(self, request: HttpRequest) -> HttpResponse:
        """Thank, and say by which date the message is deleted."""
        from . import views

        return views.thanks(request, self)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show editors the draft of the form or the thank-you page."""
        from . import views

        return views.thanks(request, self) if mode_name == "landing" else views.preview(request, self)


class FormField(AbstractFormField):
    """One field of the form, bound to the kind of data that it collects and to the purpose that the answer serves."""

    page = ParentalKey(ContactPage, on_delete=models.CASCADE, related_name="form_fields")
    field_type = models.CharField(_("soort veld"), max_length=16, choices=FIELD_TYPES)
    # As in Wagtail: a preview cannot make a field without it.
    field_type.required_on_save = True  # type: ignore[attr-defined]
    category = models.ForeignKey(DataCategory, verbose_name=_("soort gegevens"), on_delete=models.PROTECT, related_name="+")
    purpose = models.ForeignKey(
        Purpose,
        verbose_name=_("doel"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Waarvoor u dit vraagt; het staat bij het veld. Kies een van de doelen van dit formulier."),
    )

    panels = [
        FieldPanel("label", help_text=_("De vraag, zoals de bezoeker die leest.")),
        FieldPanel("help_text"),
        FieldPanel("required"),
        FieldPanel("field_type", required_on_save=True),
        FieldPanel("choices", help_text=_("Elke keuze op een eigen regel. Alleen voor vakjes, keuzerondjes en keuzelijsten.")),
        FieldPanel("default_value", help_text=_("Wat er al staat als de bezoeker het formulier opent. Meestal niets.")),
        FieldPanel("category"),
        FieldPanel("purpose"),
    ]

    class Meta(AbstractFormField.Meta):
        verbose_name = _("veld")
        verbose_name_plural = _("velden")


class FormPurpose(Orderable):
    """One purpose of this form: with a box where it rests on consent, with a notice otherwise."""

    page = ParentalKey(ContactPage, on_delete=models.CASCADE, related_name="form_purposes")
    purpose = models.ForeignKey(Purpose, verbose_name=_("doel"), on_delete=models.PROTECT, related_name="+")
    required = models.BooleanField(
        _("nodig om te versturen"),
        default=False,
        help_text=_("Alleen voor het doel waarvoor dit formulier bestaat; bied mail en telefoon als andere weg."),
    )

    panels = [FieldPanel("purpose"), FieldPanel("required")]

    class Meta(Orderable.Meta):
        verbose_name = _("toestemming")
        verbose_name_plural = _("toestemmingen")
        constraints = [models.UniqueConstraint(fields=["page", "purpose"], name="contact_one_box_per_purpose")]


class Submission(AbstractFormSubmission):
    """One message, as it was sent.

    `submission_id` is made with the form, so that sending it twice stores it once. `labels` keeps the questions as they
    were asked. `suspicions` says what made it possible spam when it came in, until somebody judges otherwise.
    """

    class State(models.TextChoices):
        """What became of it."""

        NEW = "new", _("nieuw")
        ANSWERED = "answered", _("beantwoord")
        CLOSED = "closed", _("afgesloten")
        SPAM = "spam", _("mogelijke spam")

    wagtail_reference_index_ignore = True

    # Not CASCADE as in Wagtail: deleting a page must never delete what people sent with it (law.md I1).
    page = models.ForeignKey(Page, verbose_name=_("pagina"), on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(
        DataSubject, verbose_name=_("betrokkene"), on_delete=models.PROTECT, related_name="submissions", db_index=False
    )
    submission_id = models.UUIDField(_("kenmerk"), unique=True, default=uuid.uuid4)
    # Pairs of name and label, in the order asked (PostgreSQL keeps no order of keys).
    labels = models.JSONField(_("vragen"), default=list)
    version = models.ForeignKey(
        StatementVersion, verbose_name=_("versie van de verklaring"), on_delete=models.PROTECT, related_name="+"
    )
    submit_time = models.DateTimeField(_("ontvangen"))
    state = models.CharField(_("stand"), max_length=10, choices=State, default=State.NEW)
    suspicions = models.JSONField(
        _("aanwijzingen voor spam"), default=list, blank=True, help_text=_("Codes van `contact.spam.Suspicion`.")
    )

    objects: models.Manager[Submission] = models.Manager()

    class Meta(AbstractFormSubmission.Meta):
        abstract = False
        verbose_name = _("bericht")
        verbose_name_plural = _("berichten")
        ordering = ["-pk"]
        # What the nightly job and the inbox look for, however many other messages there are.
        indexes = [
            # In place of the key's own: one person's messages are read in their order, and nothing has to be sorted.
            models.Index(fields=["subject", "id"], name="contact_of_subject"),
            models.Index(fields=["submit_time"], condition=models.Q(state="spam"), name="contact_possible_spam"),
            models.Index(fields=["id"], condition=models.Q(state="new"), name="contact_new"),
            models.Index(fields=["id"], condition=~models.Q(state="spam"), name="contact_inbox"),
            GinIndex(WORDS, name="contact_words"),
        ]
        permissions = [
            ("handle_submission", _("Kan berichten beantwoorden, afsluiten en uit de mogelijke spam halen")),
            ("erase_submission", _("Kan mogelijke spam wissen")),
            ("export_submission", _("Kan de lijst van berichten downloaden")),
        ]

    def __str__(self) -> str:
        """Return a reference: Wagtail's own prints all answers, into logs (law.md I2)."""
        return f"Submission #{self.pk}"

    def answers(self) -> list[tuple[str, Any]]:
        """Return label and answer of each field, as asked and in the order asked."""
        return [(label, _as_shown(self.form_data.get(name, ""))) for name, label in self.labels]


def _as_shown(answer: Any) -> Any:
    """Return an answer as its sender would read it: choices side by side, a tick in words."""
    if isinstance(answer, bool):
        return str(_("Ja") if answer else _("Nee"))
    return ", ".join(answer) if isinstance(answer, list) else answer


class Attachment(models.Model):
    """A file that came with a message, in the private storage under a random name (art. 32; law.md I7)."""

    wagtail_reference_index_ignore = True

    submission = models.ForeignKey(Submission, verbose_name=_("bericht"), on_delete=models.PROTECT, related_name="attachments")
    label = models.CharField(_("vraag"), max_length=255, help_text=_("Zoals zij gesteld is."))
    # Empty once a virus was found in it.
    file = models.FileField(_("bestand"), storage=private_storage, upload_to="contact/", blank=True)
    filename = models.CharField(_("bestandsnaam"), max_length=120)
    content_type = models.CharField(_("soort"), max_length=100)
    size = models.PositiveIntegerField(_("grootte"), help_text=_("In bytes."))
    sha256 = models.CharField("SHA-256", max_length=64)
    scan = models.CharField(_("virussen"), max_length=8, choices=Verdict, default=Verdict.UNKNOWN)

    objects: models.Manager[Attachment] = models.Manager()

    class Meta:
        verbose_name = _("bijlage")
        verbose_name_plural = _("bijlagen")
        ordering = ["pk"]
        indexes = [models.Index(fields=["id"], condition=models.Q(scan="unknown"), name="contact_attachment_unscanned")]

    def __str__(self) -> str:
        """Return a reference: the name of a file says whose it is as often as not."""
        return f"Attachment #{self.pk}"


class Opening(models.Model):
    """That somebody of staff opened a message or one of its files: who, which, when (art. 32; append-only, see migrations).

    It names the message by number, so that it says who read what also after possible spam has gone, and hangs on the person,
    with whom it goes.
    """

    wagtail_reference_index_ignore = True

    subject = models.ForeignKey(DataSubject, verbose_name=_("betrokkene"), on_delete=models.PROTECT, related_name="openings")
    message = models.PositiveBigIntegerField(_("bericht"), help_text=_("Nummer van het bericht."))
    attachment = models.PositiveBigIntegerField(
        _("bijlage"), null=True, help_text=_("Nummer van het bestand; leeg: het bericht.")
    )
    # As in Wagtail's log: an account that goes takes no line along and changes none.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("medewerker"),
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    at = models.DateTimeField(_("wanneer"))

    objects: models.Manager[Opening] = models.Manager()

    class Meta:
        verbose_name = _("geopend bericht")
        verbose_name_plural = _("geopende berichten")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["message"], name="contact_opening_message")]

    def __str__(self) -> str:
        """Return a reference."""
        return f"Opening #{self.pk}"

    @property
    def what(self) -> str:
        """What was opened, as a reference."""
        return f"Attachment #{self.attachment}" if self.attachment else f"Submission #{self.message}"

    @property
    def who(self) -> str:
        """Who opened it; of an account that has gone the number is left."""
        try:
            known = self.user
        except ObjectDoesNotExist:
            known = None
        if known:
            return str(known)
        return str(_("account %(number)s") % {"number": self.user_id} if self.user_id else _("onbekend"))
