"""The blocks of the company's own pages. Labels and help texts are for Dutch editors."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

#: What editors may do in running text: structure and emphasis, no images, embeds or colours.
TEXT_FEATURES = ["h3", "bold", "italic", "link", "document-link", "ul", "ol", "blockquote"]
SHORT_FEATURES = ["bold", "italic", "link"]


class LinkValue(blocks.StructValue):
    """A link: its address, and whether there is one."""

    @property
    def url(self) -> str:
        """Return the address of the chosen page, or "" when it is not on this site or not live."""
        page = self.get("page")
        return (page.url or "") if page is not None and page.live else ""


class LinkBlock(blocks.StructBlock):
    """A link to a page of this site, with words of its own. Text and page are both given, or neither."""

    text = blocks.CharBlock(
        label=_("Tekst van de knop"),
        max_length=60,
        required=False,
        help_text=_("Zeg wat er gebeurt, bijvoorbeeld: Stel uw vraag."),
    )
    page = blocks.PageChooserBlock(label=_("Pagina"), required=False)

    class Meta:
        label = _("Link")
        icon = "link"
        value_class = LinkValue

    def clean(self, value: Any) -> Any:
        """Refuse a text without a page and a page without a text."""
        cleaned = super().clean(value)
        if bool(cleaned["text"]) != bool(cleaned["page"]):
            missing = "page" if cleaned["text"] else "text"
            raise StructBlockValidationError(
                block_errors={missing: ValidationError(_("Vul de tekst en de pagina allebei in, of geen van beide."))}
            )
        return cleaned


class OpeningBlock(blocks.StructBlock):
    """The first screen of the home page: who we are and what we do, in one breath."""

    heading = blocks.CharBlock(label=_("Kop"), max_length=80, help_text=_("Eén korte zin: wat hebben bezoekers aan ons?"))
    text = blocks.TextBlock(label=_("Tekst"), max_length=300, help_text=_("Hooguit twee of drie zinnen."))
    first_link = LinkBlock(label=_("Eerste knop"))
    second_link = LinkBlock(label=_("Tweede knop"))

    class Meta:
        label = _("Opening")
        icon = "home"
        template = "home/blocks/opening.html"
        description = _("Het eerste scherm, met de grote kop en de tekening.")


class ServiceBlock(blocks.StructBlock):
    """One thing that the company does."""

    symbol = blocks.ChoiceBlock(
        label=_("Tekening"),
        choices=[
            ("build", _("Website bouwen")),
            ("host", _("Hosting")),
            ("care", _("Onderhoud")),
            ("advice", _("Advies")),
        ],
    )
    heading = blocks.CharBlock(label=_("Kop"), max_length=60)
    text = blocks.RichTextBlock(label=_("Tekst"), features=SHORT_FEATURES, help_text=_("Twee of drie zinnen."))

    class Meta:
        label = _("Dienst")
        icon = "cog"


class ServicesBlock(blocks.StructBlock):
    """What the company does, side by side."""

    heading = blocks.CharBlock(label=_("Kop"), max_length=80)
    text = blocks.TextBlock(label=_("Inleiding"), required=False, max_length=400)
    services = blocks.ListBlock(ServiceBlock(), label=_("Diensten"), min_num=1, max_num=6)

    class Meta:
        label = _("Diensten")
        icon = "grip"
        template = "home/blocks/services.html"
        description = _("Wat u doet, naast elkaar, elk met een tekening.")


class PromiseBlock(blocks.StructBlock):
    """One promise about personal data."""

    heading = blocks.CharBlock(label=_("Belofte"), max_length=80)
    text = blocks.TextBlock(
        label=_("Uitleg"),
        max_length=300,
        help_text=_("Noem hier geen termijnen: die staan alleen in de privacyverklaring, zodat ze altijd kloppen."),
    )

    class Meta:
        label = _("Belofte")
        icon = "check"


class PromisesBlock(blocks.StructBlock):
    """How the company treats personal data, in short; the statement says the rest.

    Periods and recipients do not belong here: only the published statement may state them (`docs/architecture.md`).
    """

    heading = blocks.CharBlock(label=_("Kop"), max_length=80)
    text = blocks.RichTextBlock(label=_("Inleiding"), features=SHORT_FEATURES, required=False)
    promises = blocks.ListBlock(PromiseBlock(), label=_("Beloften"), min_num=1, max_num=5)
    link = LinkBlock(label=_("Link naar de privacyverklaring"))

    class Meta:
        label = _("Zo gaan wij met gegevens om")
        icon = "lock"
        template = "home/blocks/promises.html"
        description = _("Korte beloften over gegevens, met een link naar de privacyverklaring.")


class CallBlock(blocks.StructBlock):
    """An invitation to get in touch."""

    heading = blocks.CharBlock(label=_("Kop"), max_length=80)
    text = blocks.TextBlock(label=_("Tekst"), required=False, max_length=300)
    link = LinkBlock(label=_("Knop"))

    class Meta:
        label = _("Uitnodiging")
        icon = "mail"
        template = "home/blocks/call.html"
        description = _("Een korte vraag of uitnodiging met één knop.")


class SectionValue(blocks.StructValue):
    """A section of running text."""

    @property
    def anchor(self) -> str:
        """Return the name by which a link on the page finds this section."""
        return slugify(str(self["heading"]))


class SectionBlock(blocks.StructBlock):
    """A heading with text; the table of contents is made from these."""

    heading = blocks.CharBlock(label=_("Kop"), max_length=120)
    text = blocks.RichTextBlock(label=_("Tekst"), features=TEXT_FEATURES)

    class Meta:
        label = _("Tekst met kop")
        icon = "title"
        template = "home/blocks/section.html"
        value_class = SectionValue


class NoticeBlock(blocks.StructBlock):
    """Something the reader should not miss."""

    text = blocks.RichTextBlock(label=_("Tekst"), features=SHORT_FEATURES)
    is_warning = blocks.BooleanBlock(label=_("Als waarschuwing tonen"), required=False)

    class Meta:
        label = _("Let op")
        icon = "info-circle"
        template = "home/blocks/notice.html"


HOME_BLOCKS = [
    ("opening", OpeningBlock()),
    ("services", ServicesBlock()),
    ("promises", PromisesBlock()),
    ("call", CallBlock()),
    ("section", SectionBlock(template="home/blocks/home_section.html")),
]

CONTENT_BLOCKS = [
    ("section", SectionBlock()),
    (
        "text",
        blocks.RichTextBlock(label=_("Tekst"), icon="pilcrow", features=TEXT_FEATURES, template="home/blocks/text.html"),
    ),
    ("notice", NoticeBlock()),
]
