"""The company's own pages. Nothing on them is personal data; what visitors send lives in `contact`."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from home.blocks import CONTENT_BLOCKS, HOME_BLOCKS


class HomePage(Page):
    """The front door: one per site (and one per language), with all other pages below it."""

    body = StreamField(HOME_BLOCKS, verbose_name=_("inhoud"), blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("body")]
    page_description = _("De beginpagina van de site.")
    template = "home/home_page.html"
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = [
        "home.ContentPage",
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
