"""The company's own pages. The only people on them are clients of whom a case tells; what visitors send lives in `contact`."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Page, PageManager, Revision
from wagtail.query import PageQuerySet

from privacy.statement.gate import PublicationRefused, live_or_not_at_all
from privacy.subjects.models import DataSubject

from .blocks import CONTENT_BLOCKS, HOME_BLOCKS
from .forms import CasePageForm
from .grounds import Claim, Ground, lacking


class HomePage(Page):
    """The front door: one per site (and one per language), with all other pages below it."""

    body = StreamField(HOME_BLOCKS, verbose_name=_("inhoud"), blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("body")]
    page_description = _("De beginpagina van de site.")
    template = "home/home_page.html"
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = [
        "home.ContentPage",
        "home.CaseIndexPage",
        "contact.ContactPage",
        "privacy_statement.PrivacyStatementPage",
    ]

    class Meta:
        verbose_name = _("beginpagina")
        verbose_name_plural = _("beginpagina's")


class ContentPage(Page):
    """A page of text: about us, general terms."""

    intro = models.TextField(
        _("inleiding"), blank=True, max_length=400, help_text=_("Eén of twee zinnen, groter gezet onder de titel.")
    )
    revised_on = models.DateField(
        _("laatst herzien op"),
        null=True,
        blank=True,
        help_text=_("Staat boven de tekst. Vul dit in bij teksten met een datum, zoals algemene voorwaarden."),
    )
    show_contents = models.BooleanField(
        _("inhoudsopgave tonen"), default=False, help_text=_("Maakt links van alle koppen. Handig bij een lange tekst.")
    )
    body = StreamField(CONTENT_BLOCKS, verbose_name=_("inhoud"), blank=True)

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("revised_on"),
        FieldPanel("show_contents"),
        FieldPanel("body"),
    ]
    page_description = _("Een pagina met tekst, zoals Over ons of de algemene voorwaarden.")
    template = "home/content_page.html"
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.ContentPage"]
    subpage_types: ClassVar[list[str]] = ["home.ContentPage"]

    class Meta:
        verbose_name = _("tekstpagina")
        verbose_name_plural = _("tekstpagina's")

    @property
    def contents(self) -> list[Any]:
        """Return the sections for the table of contents; none when the editor wants no such table."""
        if not self.show_contents:
            return []
        return [block.value for block in self.body if block.block_type == "section"]


class CaseIndexPage(Page):
    """All cases, in the order in which editors put them."""

    intro = models.TextField(
        _("inleiding"), blank=True, max_length=400, help_text=_("Eén of twee zinnen, groter gezet onder de titel.")
    )

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]
    page_description = _("Het overzicht van uw werk. De casussen staan eronder; hun volgorde bepaalt u met Sorteren.")
    template = "home/case_index_page.html"
    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["home.CasePage"]

    class Meta:
        verbose_name = _("overzicht van casussen")
        verbose_name_plural = _("overzichten van casussen")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the cases."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {"cases": CasePage.objects.shown_under(self)}


class CaseQuerySet(PageQuerySet):
    """Named scopes."""

    def shown_under(self, index: Page) -> "CaseQuerySet":
        """Return what readers see below that page, with its pictures; four queries, however many there are."""
        shown = self.child_of(index).live().public().order_by("path")
        found: CaseQuerySet = shown.select_related("picture", "picture_by_night").prefetch_related(
            "picture__renditions", "picture_by_night__renditions"
        )
        return found


class CasePage(Page):
    """A piece of our work. One about a client is live only while its ground holds (`home.grounds`)."""

    intro = models.TextField(
        _("inleiding"), max_length=300, help_text=_("Wat was de vraag, en wat is het geworden? Staat ook in het overzicht.")
    )
    picture = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("beeld"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Liggend, minstens 1200 pixels breed. Geen mensen zonder hun toestemming."),
    )
    picture_by_night = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("beeld op een donker scherm"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Hetzelfde beeld in donkere kleuren. Leeg: het gewone beeld, gedempt."),
    )
    picture_alt = models.CharField(
        _("beschrijving van het beeld"),
        max_length=200,
        blank=True,
        help_text=_("Voor wie het niet ziet: wat staat erop dat ertoe doet?"),
    )
    picture_is_decorative = models.BooleanField(_("het beeld is alleen versiering"), default=False)
    body = StreamField(CONTENT_BLOCKS, verbose_name=_("inhoud"), blank=True)
    client = models.CharField(
        _("klant"),
        max_length=100,
        blank=True,
        help_text=_("De naam zoals hij op de website komt. Leeg: er wordt geen klant genoemd."),
    )
    website = models.URLField(_("website"), blank=True, help_text=_("Waar het werk te zien is; mag leeg blijven."))
    ground = models.CharField(
        _("grond"),
        max_length=10,
        choices=Ground,
        default=Ground.NO_CLIENT,
        help_text=_("Waarom u deze klant mag laten zien. Vervalt de grond, dan gaat de casus vanzelf van de website."),
    )
    subject = models.ForeignKey(
        DataSubject,
        verbose_name=_("klant die toestemming gaf"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    contract = models.CharField(
        _("overeenkomst"),
        max_length=200,
        blank=True,
        help_text=_("Welke, en van welke datum. Alleen voor een organisatie: aan een mens vraagt u toestemming."),
    )
    contract_ends_on = models.DateField(
        _("mag tot en met"), null=True, blank=True, help_text=_("De laatste dag waarop het mag; leeg als er geen einde is.")
    )

    objects = PageManager.from_queryset(CaseQuerySet)()

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("intro"),
        MultiFieldPanel(
            [
                FieldPanel("picture"),
                FieldPanel("picture_by_night"),
                FieldPanel("picture_alt"),
                FieldPanel("picture_is_decorative"),
            ],
            heading=_("Beeld"),
        ),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("client"),
                FieldPanel("website"),
                FieldPanel("ground"),
                FieldPanel("client_email"),
                FieldPanel("contract"),
                FieldPanel("contract_ends_on"),
            ],
            heading=_("De klant, en waarom u hem mag laten zien"),
        ),
    ]
    base_form_class = CasePageForm
    page_description = _("Eén stuk werk: de vraag, wat u maakte en wat het opleverde.")
    template = "home/case_page.html"
    parent_page_types: ClassVar[list[str]] = ["home.CaseIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("casus")
        verbose_name_plural = _("casussen")

    def __str__(self) -> str:
        """Return a reference for a case about a person: Wagtail's log keeps what this says (law.md I2)."""
        return f"CasePage #{self.pk}" if self.subject_id else str(self.title)

    @property
    def claim(self) -> Claim:
        """What the page says of its ground."""
        return Claim(
            ground=self.ground,
            client=self.client,
            subject=self.subject,
            contract=self.contract,
            ends_on=self.contract_ends_on,
        )

    def publish(self, revision: Revision, user: Any = None, **kwargs: Any) -> None:
        """Go live if the ground holds, whoever or whatever publishes (law.md B3).

        Args:
            revision: what goes live.
            user: who publishes; None for a script and the clock.
            **kwargs: as Wagtail has them.

        Raises:
            PublicationRefused: the ground does not hold; see `live_or_not_at_all` for the clock.
        """
        with live_or_not_at_all(kwargs.get("log_action")):
            # The person before the page, as a withdrawal locks them.
            list(DataSubject.objects.select_for_update().filter(pk=revision.content.get("subject")))
            super().publish(revision, user=user, **kwargs)
            page = CasePage.objects.get(pk=self.pk)
            if page.live and (problems := lacking(page.claim)):
                raise PublicationRefused(page.pk, problems)
