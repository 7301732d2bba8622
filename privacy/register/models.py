"""WHAT and WHY: the rows from which the statement, the job, the inzage and the register of processing are made.

Changing a row changes nothing outside the admin: it is a draft until a statement that contains it is published. What is
in force is the frozen copy in `StatementVersion.facts`.
"""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Orderable

from privacy.storage import private_storage

from . import default_texts
from .documents import document_name, file_sha256
from .notice import NoticePanel
from .periods import Period
from .reviews import Reviewed
from .validators import key_validator, kvk_validator, validate_document_kind, validate_document_size, validate_vat_id
from .words import Sentence, english


class KeyField(models.CharField):  # type: ignore[type-arg]
    """The stable name by which code and frozen facts refer to a row; never shown to visitors as text."""

    def __init__(self, **kwargs: object) -> None:
        """Set what all keys have in common."""
        options = {
            "verbose_name": _("sleutel"),
            "max_length": 50,
            "unique": True,
            "validators": [key_validator],
            "help_text": _("Vaste naam voor de software, zoals “enquiry”. Niet meer wijzigen na publicatie."),
        }
        super().__init__(**{**options, **kwargs})  # type: ignore[arg-type]


@register_setting(icon="home")
class Controller(BaseSiteSetting):
    """Who is responsible (art. 13(1)(a)-(b); BW 3:15d), and whether a computer decides there (art. 13(2)(f))."""

    name = models.CharField(_("handelsnaam"), max_length=200, blank=True)
    legal_form = models.CharField(_("rechtsvorm"), max_length=100, blank=True)
    legal_form_en = english(legal_form)
    kvk_number = models.CharField(_("KvK-nummer"), max_length=8, blank=True, validators=[kvk_validator])
    is_vat_registered = models.BooleanField(_("heeft een btw-id"), default=False)
    vat_id = models.CharField(
        _("btw-id"), max_length=20, blank=True, validators=[validate_vat_id], help_text=_("Moet dan op de site staan.")
    )
    address = models.TextField(_("adres"), blank=True, help_text=_("Straat, postcode en plaats."))
    email = models.EmailField(_("e-mailadres voor privacyvragen"), blank=True)
    phone = models.CharField(_("telefoon"), max_length=30, blank=True)
    has_dpo = models.BooleanField(
        _("heeft een functionaris voor gegevensbescherming"), default=False, help_text=_("Art. 37 AVG.")
    )
    dpo_name = models.CharField(_("naam"), max_length=200, blank=True, help_text=_("Mag leeg blijven."))
    dpo_email = models.EmailField(
        _("e-mailadres van de functionaris"),
        blank=True,
        help_text=_("Komt in de verklaring als het vakje hierboven aan staat."),
    )
    automated_decisions = models.TextField(
        _("besluiten door een computer"),
        blank=True,
        help_text=_(
            "Beslist een computer alleen over mensen, of maakt u profielen? Zeg ook “nee” in een zin. Zo ja: hoe hij dat "
            "doet en wat het voor iemand betekent (art. 13 lid 2 onder f AVG)."
        ),
    )
    automated_decisions_en = english(automated_decisions)

    panels = [
        NoticePanel(),
        MultiFieldPanel(
            [
                FieldPanel("name"),
                FieldPanel("legal_form"),
                FieldPanel("legal_form_en"),
                FieldPanel("kvk_number"),
                FieldPanel("is_vat_registered"),
                FieldPanel("vat_id"),
            ],
            heading=_("Wie"),
        ),
        MultiFieldPanel([FieldPanel("address"), FieldPanel("email"), FieldPanel("phone")], heading=_("Bereikbaar")),
        MultiFieldPanel(
            [FieldPanel("has_dpo"), FieldPanel("dpo_name"), FieldPanel("dpo_email")],
            heading=_("Functionaris voor gegevensbescherming"),
        ),
        FieldPanel("automated_decisions"),
        FieldPanel("automated_decisions_en"),
    ]

    class Meta:
        # As in the statement: the law's own word is wider than a phone.
        verbose_name = _("wie wij zijn")


@register_setting(icon="key")
class RightsTexts(BaseSiteSetting):
    """What the statement says about rights and complaints (art. 13(2)(b)-(d); law.md A9-A11)."""

    access = models.TextField(_("inzage"), blank=True, default=Sentence(default_texts.ACCESS))
    access_en = english(access)
    rectification = models.TextField(_("rectificatie"), blank=True, default=Sentence(default_texts.RECTIFICATION))
    rectification_en = english(rectification)
    erasure = models.TextField(_("wissen"), blank=True, default=Sentence(default_texts.ERASURE))
    erasure_en = english(erasure)
    restriction = models.TextField(_("beperken"), blank=True, default=Sentence(default_texts.RESTRICTION))
    restriction_en = english(restriction)
    portability = models.TextField(_("overdragen"), blank=True, default=Sentence(default_texts.PORTABILITY))
    portability_en = english(portability)
    withdrawal = models.TextField(
        _("toestemming intrekken"),
        blank=True,
        default=Sentence(default_texts.WITHDRAWAL),
        help_text=_("Nodig zodra een doel op toestemming rust: dat het kan, hoe, en dat wat al gedaan is rechtmatig blijft."),
    )
    withdrawal_en = english(withdrawal)
    how_to_ask = models.TextField(_("hoe iemand erom vraagt"), blank=True, default=Sentence(default_texts.HOW_TO_ASK))
    how_to_ask_en = english(how_to_ask)
    objection = models.TextField(
        _("bezwaar"),
        blank=True,
        default=Sentence(default_texts.OBJECTION),
        help_text=_("Staat in een eigen kader (art. 21 lid 4 AVG)."),
    )
    objection_en = english(objection)
    complaint = models.TextField(
        _("klachten"),
        blank=True,
        default=Sentence(default_texts.COMPLAINT),
        help_text=_("De toezichthouder komt er met een link achter."),
    )
    complaint_en = english(complaint)
    authority_name = models.CharField(
        _("toezichthouder"), max_length=200, blank=True, default=Sentence(default_texts.AUTHORITY_NAME)
    )
    authority_name_en = english(authority_name)
    authority_url = models.URLField(_("adres van de toezichthouder"), blank=True, default=default_texts.AUTHORITY_URL)

    panels = [
        NoticePanel(),
        MultiFieldPanel(
            [
                HelpPanel(_("In elke tekst worden {naam}, {e-mail} en {dagen} ingevuld.")),
                *(FieldPanel(name) for name in default_texts.RIGHTS),
            ],
            heading=_("Rechten"),
        ),
        MultiFieldPanel(
            [FieldPanel("complaint"), FieldPanel("authority_name"), FieldPanel("authority_url")], heading=_("Klachten")
        ),
        MultiFieldPanel(
            [FieldPanel(f"{name}_en") for name in (*default_texts.RIGHTS, "complaint", "authority_name")],
            heading=_("In het Engels"),
        ),
    ]

    class Meta:
        verbose_name = _("rechten en klachten")


class DataCategory(Orderable):
    """A kind of data that a layman recognises ("uw naam", "uw telefoonnummers")."""

    class Source(models.TextChoices):
        """Where data come from: from the person (art. 13), of our own making, or from somebody else (art. 14)."""

        PERSON = "person", _("van de persoon zelf")
        OURS = "ours", _("door ons vastgelegd")
        ELSEWHERE = "elsewhere", _("van een ander")

    key = KeyField()
    name = models.CharField(_("naam"), max_length=100)
    name_en = english(name)
    description = models.TextField(_("wat eronder valt"), blank=True)
    description_en = english(description)
    is_special = models.BooleanField(_("bijzonder persoonsgegeven"), default=False, help_text=_("Art. 9 AVG."))
    source = models.CharField(_("waar ze vandaan komen"), max_length=20, choices=Source, default=Source.PERSON)
    origin = models.CharField(
        _("bron"),
        max_length=200,
        blank=True,
        help_text=_(
            "Komen ze van een ander, noem dan de bron en of die openbaar is (art. 14 AVG). Anders hoeft dit alleen als het "
            "meer zegt dan de keuze hierboven."
        ),
    )
    origin_en = english(origin)
    is_required = models.BooleanField(
        _("nodig"), default=False, help_text=_("Wie dit niet geeft, krijgt niet waar het om vraagt. Laat uit als het mag.")
    )
    consequence = models.CharField(
        _("wat er gebeurt zonder"),
        max_length=300,
        blank=True,
        help_text=_("In één zin, bij wat nodig is: “Zonder e-mailadres kunnen wij niet antwoorden.”"),
    )
    consequence_en = english(consequence)

    class Meta(Orderable.Meta):
        verbose_name = _("soort gegevens")
        verbose_name_plural = _("soorten gegevens")

    def __str__(self) -> str:
        return self.name


class System(Orderable):
    """A place where data is stored."""

    key = KeyField()
    name = models.CharField(_("naam"), max_length=100)
    name_en = english(name)
    kind = models.CharField(_("soort"), max_length=100, help_text=_("Bijvoorbeeld: administratie, telefoon, website."))
    kind_en = english(kind)
    location = models.CharField(_("waar"), max_length=200, blank=True)
    location_en = english(location)
    security = models.CharField(_("beveiliging in één zin"), max_length=300, blank=True)
    security_en = english(security)

    class Meta(Orderable.Meta):
        verbose_name = _("systeem")
        verbose_name_plural = _("systemen")

    def __str__(self) -> str:
        return self.name


class Processor(Reviewed, Orderable):
    """Somebody outside who receives data: a processor or another recipient (art. 13(1)(e), 28)."""

    class Role(models.TextChoices):
        """What the recipient is in law."""

        PROCESSOR = "processor", _("verwerker")
        CONTROLLER = "controller", _("zelfstandig verantwoordelijke")

    key = KeyField()
    name = models.CharField(_("naam"), max_length=150)
    name_en = english(name)
    role = models.CharField(_("rol"), max_length=20, choices=Role, default=Role.PROCESSOR)
    service = models.CharField(_("dienst"), max_length=200)
    service_en = english(service)
    country = models.CharField(_("land"), max_length=100)
    country_en = english(country)
    transfer = models.CharField(
        _("waarborg buiten de EER"),
        max_length=300,
        blank=True,
        help_text=_("Alleen buiten de EER: adequaatheidsbesluit of modelcontract, en hoe iemand een kopie krijgt."),
    )
    transfer_en = english(transfer)
    agreement = models.CharField(
        _("overeenkomst"), max_length=200, blank=True, help_text=_("De titel. Verplicht bij een verwerker (art. 28 AVG).")
    )
    agreement_en = english(agreement)
    agreement_date = models.DateField(_("datum"), null=True, blank=True, help_text=_("Verplicht bij een verwerker."))
    agreement_ends_on = models.DateField(
        _("loopt tot en met"), null=True, blank=True, help_text=_("Leeg als er geen einde is afgesproken.")
    )
    agreement_version = models.CharField(_("versie"), max_length=50, blank=True)
    agreement_url = models.URLField(_("waar te lezen"), blank=True, help_text=_("Als zij openbaar is."))
    agreement_file = models.FileField(
        _("document"),
        storage=private_storage,
        upload_to=document_name,
        blank=True,
        validators=[validate_document_kind, validate_document_size],
        help_text=_("De getekende overeenkomst. Alleen te lezen voor wie het register mag zien."),
    )
    agreement_sha256 = models.CharField(_("SHA-256 van het document"), max_length=64, blank=True, editable=False)
    agreement_instructions = models.BooleanField(_("alleen op onze instructie"), default=False)
    agreement_confidentiality = models.BooleanField(_("geheimhouding"), default=False)
    agreement_security = models.BooleanField(_("een bijlage over beveiliging"), default=False)
    agreement_assistance = models.BooleanField(_("hulp bij verzoeken en datalekken"), default=False)
    agreement_audit = models.BooleanField(_("wij mogen controleren"), default=False)
    agreement_deletion = models.BooleanField(_("wissen of teruggeven aan het eind"), default=False)
    sub_processors = models.TextField(
        _("subverwerkers"), blank=True, help_text=_("Wie de ontvanger zelf inschakelt, gescheiden door komma's.")
    )
    url = models.URLField(_("privacybeleid"), blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("ontvanger")
        verbose_name_plural = _("ontvangers")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Take the hash of a document that comes with the row; without a document there is none."""
        if not self.agreement_file:
            self.agreement_sha256 = ""
        elif not self.agreement_file._committed:  # type: ignore[attr-defined]  # new: what `FileField` asks itself
            self.agreement_sha256 = file_sha256(self.agreement_file)
        super().save(*args, **kwargs)


# The plugin of mypy meets this class, by its base in another module, before `Purpose` has a manager.
class RetentionRule(Reviewed, Orderable):  # type: ignore[django-manager-missing]
    """How long one class of data is kept, from when, and why (art. 13(2)(a))."""

    class StartEvent(models.TextChoices):
        """The event from which the period is counted."""

        LAST_CONTACT = "last_contact", _("het laatste contact")
        END_OF_CONTRACT = "end_of_contract", _("het einde van de opdracht")
        END_OF_YEAR = "end_of_year", _("het einde van het boekjaar")
        RECORDED = "recorded", _("het moment van vastleggen")
        CLOSED = "closed", _("het antwoord")

    class Action(models.TextChoices):
        """What happens when the period is over."""

        ERASE = "erase", _("wissen")
        ANONYMISE = "anonymise", _("anonimiseren")

    key = KeyField()
    name = models.CharField(_("wat"), max_length=150, help_text=_("De gegevens waarvoor de termijn geldt."))
    name_en = english(name)
    months = models.PositiveSmallIntegerField(
        _("termijn in maanden"), default=0, help_text=_("Kalendermaanden. Laat op 0 staan bij een termijn in dagen.")
    )
    days = models.PositiveSmallIntegerField(
        _("of in dagen"), default=0, db_default=0, help_text=_("Voor wat korter dan een maand blijft; anders 0.")
    )
    start_event = models.CharField(_("gerekend vanaf"), max_length=20, choices=StartEvent)
    action = models.CharField(_("daarna"), max_length=20, choices=Action, default=Action.ERASE)
    reason = models.TextField(_("waarom deze termijn"))
    reason_en = english(reason)
    owner = models.CharField(
        _("wie erop toeziet"),
        max_length=100,
        default=Sentence(default_texts.OWNER),
        help_text=_("Een functie en geen naam; staat in de verklaring."),
    )
    owner_en = english(owner)
    notice_days = models.PositiveSmallIntegerField(
        _("bericht vooraf, in dagen"),
        default=0,
        validators=[MaxValueValidator(90)],
        help_text=_(
            "Zoveel dagen voor het wissen krijgt de betrokkene een mail, en kan dan nog iets van zich laten horen. 0: geen "
            "bericht. Werkt bij termijnen vanaf het laatste contact, en staat in de verklaring als het aan is."
        ),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("bewaartermijn")
        verbose_name_plural = _("bewaartermijnen")
        constraints = [
            models.CheckConstraint(
                name="privacy_register_period_in_one_unit",
                condition=models.Q(months__gt=0, days=0) | models.Q(months=0, days__gt=0),
                violation_error_message=_("Geef een termijn van minstens één maand, of van minstens één dag; niet allebei."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def period(self) -> Period:
        """How long."""
        return Period(self.months, self.days)


class Purpose(Orderable):
    """What data are used for, on which legal basis (art. 13(1)(c)-(d))."""

    class Basis(models.TextChoices):
        """The legal bases of art. 6(1), by their letter."""

        CONSENT = "a", _("toestemming")
        CONTRACT = "b", _("uitvoering van een overeenkomst")
        LEGAL_OBLIGATION = "c", _("wettelijke plicht")
        VITAL_INTEREST = "d", _("vitaal belang")
        PUBLIC_TASK = "e", _("publieke taak")
        LEGITIMATE_INTEREST = "f", _("gerechtvaardigd belang")

    key = KeyField()
    name = models.CharField(_("doel"), max_length=150)
    name_en = english(name)
    description = models.TextField(_("waarvoor precies"))
    description_en = english(description)
    persons = models.CharField(
        _("betrokkenen"),
        max_length=200,
        help_text=_("Van wie de gegevens zijn, voor het verwerkingsregister: klanten, bezoekers."),
    )
    legal_basis = models.CharField(_("grondslag"), max_length=1, choices=Basis)
    interest = models.CharField(
        _("welk belang"), max_length=300, blank=True, help_text=_("Verplicht bij een gerechtvaardigd belang.")
    )
    interest_en = english(interest)
    law = models.CharField(_("welke wet"), max_length=200, blank=True, help_text=_("Verplicht bij een wettelijke plicht."))
    law_en = english(law)
    consent_wording = models.TextField(
        _("tekst bij het vakje"),
        blank=True,
        help_text=_(
            "Verplicht bij toestemming: wie, waarvoor, welke gegevens, hoe in te trekken. "
            "{termijn}, {naam} en {e-mail} worden ingevuld."
        ),
    )
    consent_wording_en = english(consent_wording)
    needs_confirmation = models.BooleanField(
        _("mailing: adres eerst laten bevestigen"),
        default=False,
        help_text=_(
            "Voor een nieuwsbrief of andere mailing. Wie het vakje aankruist, krijgt eerst een mail met een link; pas na een "
            "druk op de knop daar geldt de toestemming. Wie bezwaar maakte tegen mailings, krijgt er geen."
        ),
    )
    categories = models.ManyToManyField(DataCategory, verbose_name=_("gegevens"), related_name="purposes")
    systems = models.ManyToManyField(System, verbose_name=_("systemen"), related_name="purposes", blank=True)
    recipients = models.ManyToManyField(Processor, verbose_name=_("ontvangers"), related_name="purposes", blank=True)
    retention_rule = models.ForeignKey(
        RetentionRule, verbose_name=_("bewaartermijn"), on_delete=models.PROTECT, related_name="purposes"
    )

    class Meta(Orderable.Meta):
        verbose_name = _("doel")
        verbose_name_plural = _("doelen")

    def __str__(self) -> str:
        return self.name


class SecurityMeasure(Reviewed, Orderable):
    """What is done to keep data safe (art. 32), and when it is looked at again."""

    key = KeyField()
    name = models.CharField(_("maatregel"), max_length=150)
    name_en = english(name)
    public_text = models.CharField(
        _("tekst in de verklaring"), max_length=300, help_text=_("Kort en waar; niets waar een aanvaller iets aan heeft.")
    )
    public_text_en = english(public_text)

    class Meta(Orderable.Meta):
        verbose_name = _("beveiligingsmaatregel")
        verbose_name_plural = _("beveiligingsmaatregelen")

    def __str__(self) -> str:
        return self.name


class Cookie(Orderable):
    """A cookie that this site sets: named in the statement, also where the law asks for no consent (G4)."""

    name = models.CharField(
        _("naam"), max_length=100, unique=True, help_text=_("Zoals de browser hem toont, bijvoorbeeld “csrftoken”.")
    )
    purpose = models.CharField(_("waarvoor"), max_length=300, help_text=_("In één zin, voor wie de verklaring leest."))
    purpose_en = english(purpose)
    lifetime = models.CharField(_("hoe lang"), max_length=100, help_text=_("In woorden, bijvoorbeeld: tot u uw browser sluit."))
    lifetime_en = english(lifetime)
    audience = models.CharField(
        _("voor wie"), max_length=200, help_text=_("Wie hem krijgt, bijvoorbeeld: alleen wie het formulier opent.")
    )
    audience_en = english(audience)

    class Meta(Orderable.Meta):
        verbose_name = _("cookie")
        verbose_name_plural = _("cookies")

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """Its name to the letter: with a capital it would be another cookie."""
        return self.name
