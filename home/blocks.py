"""The blocks of the company's own pages. Labels, help texts and previews are for Dutch editors.

Every block has a `preview_value`: what an editor sees of it when choosing (`templates/wagtailcore/shared/block_preview.html`).
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock
from wagtail.models import Site

#: What editors may do in running text: structure and emphasis, no images, embeds or colours.
TEXT_FEATURES = ["h3", "bold", "italic", "link", "document-link", "ul", "ol", "blockquote"]
SHORT_FEATURES = ["bold", "italic", "link"]


def _button(text: str | Promise) -> dict[str, Any]:
    """Return a link for a preview: to the home page, which every site has."""
    site = Site.objects.filter(is_default_site=True).first()
    return {"text": text, "page": site.root_page if site else None}


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

    def get_preview_value(self) -> Any:
        """Return an example."""
        return self.normalize(
            {
                "heading": _("Een website die rustig leest"),
                "text": _("Wij bouwen websites en zorgen dat ze online staan."),
                "first_link": _button(_("Stel uw vraag")),
                "second_link": _button(_("Zo werken wij")),
            }
        )


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
        default="build",
        help_text=_("Staat boven de kop en kleurt mee met licht en donker."),
    )
    heading = blocks.CharBlock(label=_("Kop"), max_length=60)
    text = blocks.RichTextBlock(label=_("Tekst"), features=SHORT_FEATURES, help_text=_("Twee of drie zinnen."))

    class Meta:
        label = _("Dienst")
        icon = "cog"


class ServicesBlock(blocks.StructBlock):
    """What the company does, side by side."""

    heading = blocks.CharBlock(label=_("Kop"), max_length=80, default=_("Wat wij voor u doen"))
    text = blocks.TextBlock(label=_("Inleiding"), required=False, max_length=400, help_text=_("Mag leeg blijven."))
    services = blocks.ListBlock(
        ServiceBlock(), label=_("Diensten"), min_num=1, max_num=6, help_text=_("Twee, drie of vier staan het mooist.")
    )

    class Meta:
        label = _("Diensten")
        icon = "grip"
        template = "home/blocks/services.html"
        description = _("Wat u doet, naast elkaar, elk met een tekening.")

    def get_preview_value(self) -> Any:
        """Return an example."""
        return self.normalize(
            {
                "heading": self.child_blocks["heading"].get_default(),
                "text": _("Van het eerste gesprek tot lang na de start."),
                "services": [
                    {"symbol": "build", "heading": _("Websites bouwen"), "text": _("<p>Van begin tot eind.</p>")},
                    {"symbol": "host", "heading": _("Websites hosten"), "text": _("<p>Altijd te vinden.</p>")},
                    {"symbol": "care", "heading": _("Onderhoud"), "text": _("<p>Bijgewerkt en veilig.</p>")},
                ],
            }
        )


class WorkBlock(blocks.StructBlock):
    """The first cases of the overview, with a link to all of them."""

    heading = blocks.CharBlock(label=_("Kop"), max_length=80, default=_("Ons werk"))
    text = blocks.TextBlock(label=_("Inleiding"), required=False, max_length=400, help_text=_("Mag leeg blijven."))
    index = blocks.PageChooserBlock(
        label=_("Overzicht"),
        page_type="home.CaseIndexPage",
        help_text=_("De eerste drie casussen daaronder staan hier vanzelf; hun volgorde bepaalt u met Sorteren."),
    )
    link_text = blocks.CharBlock(label=_("Tekst van de link"), max_length=60, default=_("Bekijk al ons werk"))

    class Meta:
        label = _("Werk")
        icon = "image"
        template = "home/blocks/work.html"
        description = _("De eerste drie casussen, met beeld en een link naar het overzicht.")

    #: So many cases stand on the home page.
    AT_MOST = 3

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the cases; none while the overview is not live, and the block shows nothing."""
        from .models import CasePage  # the pages need these blocks

        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        index = value.get("index")
        if index and index.live:
            context["cases"] = CasePage.objects.shown_under(index)[: self.AT_MOST]
        return context

    def get_preview_value(self) -> Any:
        """Return an example; its cases come with the context."""
        defaults = {name: self.child_blocks[name].get_default() for name in ("heading", "link_text")}
        return self.normalize(defaults | {"text": _("Een greep uit wat wij maakten.")})

    def get_preview_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add cases that are nowhere on the site."""
        from .models import CasePage

        titles = (_("Een winkel die zichzelf bijhoudt"), _("Sneller geladen, vaker gelezen"), _("Van drie websites naar één"))
        intro = str(_("Wat was de vraag, en wat is het geworden?"))
        return (parent_context or {}) | {"cases": [CasePage(title=str(title), intro=intro) for title in titles]}


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

    heading = blocks.CharBlock(label=_("Kop"), max_length=80, default=_("Zo gaan wij met uw gegevens om"))
    text = blocks.RichTextBlock(label=_("Inleiding"), features=SHORT_FEATURES, required=False, help_text=_("Mag leeg blijven."))
    promises = blocks.ListBlock(
        PromiseBlock(), label=_("Beloften"), min_num=1, max_num=5, help_text=_("Alleen wat deze site ook echt doet.")
    )
    link = LinkBlock(label=_("Link naar de privacyverklaring"))

    class Meta:
        label = _("Zo gaan wij met gegevens om")
        icon = "lock"
        template = "home/blocks/promises.html"
        description = _("Korte beloften over gegevens, met een link naar de privacyverklaring.")

    def get_preview_value(self) -> Any:
        """Return an example."""
        return self.normalize(
            {
                "heading": self.child_blocks["heading"].get_default(),
                "text": _("<p>Onze privacyverklaring is geen kleine lettertjes achteraf.</p>"),
                "promises": [
                    {"heading": _("U leest hier ongestoord"), "text": _("Zonder cookies en zonder volgers.")},
                    {"heading": _("U mag het zien"), "text": _("Vraag gerust wat wij van u hebben.")},
                ],
                "link": _button(_("Lees de privacyverklaring")),
            }
        )


class CallBlock(blocks.StructBlock):
    """An invitation to get in touch."""

    heading = blocks.CharBlock(label=_("Kop"), max_length=80, default=_("Hebt u een vraag of een plan?"))
    text = blocks.TextBlock(label=_("Tekst"), required=False, max_length=300, help_text=_("Mag leeg blijven."))
    link = LinkBlock(label=_("Knop"))

    class Meta:
        label = _("Uitnodiging")
        icon = "mail"
        template = "home/blocks/call.html"
        description = _("Een korte vraag of uitnodiging met één knop.")

    def get_preview_value(self) -> Any:
        """Return an example."""
        return self.normalize(
            {
                "heading": self.child_blocks["heading"].get_default(),
                "text": _("Een paar zinnen zijn genoeg om mee te beginnen."),
                "link": _button(_("Naar het contactformulier")),
            }
        )


class SectionValue(blocks.StructValue):
    """A section of running text."""

    @property
    def anchor(self) -> str:
        """Return the name by which a link on the page finds this section."""
        return slugify(str(self["heading"]))


class SectionBlock(blocks.StructBlock):
    """A heading with text; the table of contents is made from these."""

    heading = blocks.CharBlock(
        label=_("Kop"), max_length=120, help_text=_("Zegt waar het stuk over gaat; de inhoudsopgave bestaat uit deze koppen.")
    )
    text = blocks.RichTextBlock(label=_("Tekst"), features=TEXT_FEATURES)

    class Meta:
        label = _("Tekst met kop")
        icon = "title"
        template = "home/blocks/section.html"
        value_class = SectionValue
        description = _("Een kop met tekst eronder. De gewone bouwsteen van een tekstpagina.")
        preview_value = {
            "heading": _("Zo pakken wij het aan"),
            "text": _("<p>Wij luisteren eerst en zeggen dan eerlijk wat nodig is. Daarna maken wij het netjes af.</p>"),
        }


class NoticeBlock(blocks.StructBlock):
    """Something the reader should not miss."""

    text = blocks.RichTextBlock(label=_("Tekst"), features=SHORT_FEATURES)
    is_warning = blocks.BooleanBlock(
        label=_("Als waarschuwing tonen"), required=False, help_text=_("Voor wat iemand geld, tijd of gegevens kan kosten.")
    )

    class Meta:
        label = _("Let op")
        icon = "info-circle"
        template = "home/blocks/notice.html"
        description = _("Een kader met iets dat de lezer niet mag missen.")
        preview_value = {"text": _("<p>Stuur ons geen wachtwoorden per mail.</p>"), "is_warning": True}


class PictureBlock(blocks.StructBlock):
    """A picture with, if wanted, a line under it. Alternative text is required unless the picture is decoration (H2)."""

    image = ImageBlock(label=_("Beeld"), help_text=_("Beschrijf wat erop staat dat ertoe doet, of zeg dat het versiering is."))
    caption = blocks.CharBlock(
        label=_("Onderschrift"), max_length=160, required=False, help_text=_("Mag leeg blijven. Herhaalt de beschrijving niet.")
    )

    class Meta:
        label = _("Beeld")
        icon = "image"
        template = "home/blocks/picture.html"
        description = _("Een beeld over de breedte van de tekst, met een onderschrift.")
        preview_value = {"image": None, "caption": _("Zo ziet een onderschrift eruit.")}


HOME_BLOCKS = [
    ("opening", OpeningBlock()),
    ("services", ServicesBlock()),
    ("work", WorkBlock()),
    ("promises", PromisesBlock()),
    ("call", CallBlock()),
    ("section", SectionBlock(template="home/blocks/home_section.html")),
]

CONTENT_BLOCKS = [
    ("section", SectionBlock()),
    (
        "text",
        blocks.RichTextBlock(
            label=_("Tekst"),
            icon="pilcrow",
            features=TEXT_FEATURES,
            template="home/blocks/text.html",
            description=_("Tekst zonder kop."),
            preview_value=_("<p>Een alinea, een <b>nadruk</b> en een lijst:</p><ul><li>kort</li><li>helder</li></ul>"),
        ),
    ),
    ("picture", PictureBlock()),
    ("notice", NoticeBlock()),
]
