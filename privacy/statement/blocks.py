"""The blocks of which a statement is made: the editor's own text, and facts from the register."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

TEXT_FEATURES = ["h3", "bold", "italic", "link", "ul", "ol"]


class TextBlock(blocks.StructBlock):
    """A section in the editor's own words."""

    heading = blocks.CharBlock(label=_("Kop"), max_length=120)
    text = blocks.RichTextBlock(label=_("Tekst"), features=TEXT_FEATURES)

    class Meta:
        label = _("Tekst")
        icon = "pilcrow"
        template = "privacy_statement/blocks/text.html"


class RegisterBlock(blocks.StructBlock):
    """A section of which the facts come from the register; the editor gives heading and introduction.

    Templates get `facts` (see `facts.Facts`): frozen ones when a version is made, the register's in a preview.
    """

    heading = blocks.CharBlock(label=_("Kop"), max_length=120)
    text = blocks.RichTextBlock(label=_("Inleiding"), features=TEXT_FEATURES, required=False)


def register_block(name: str, *, label: Any, icon: str) -> RegisterBlock:
    """Return a `RegisterBlock` that renders with `privacy_statement/blocks/<name>.html`.

    Args:
        name: name of the template.
        label: name in the editor's chooser.
        icon: Wagtail's icon name.
    """
    return RegisterBlock(
        label=label,
        icon=icon,
        group=_("Uit het register"),
        template=f"privacy_statement/blocks/{name}.html",
        description=_("De feiten komen uit Privacy > Register."),
    )


STATEMENT_BLOCKS = [
    ("text", TextBlock()),
    ("identity", register_block("identity", label=_("Wie wij zijn"), icon="home")),
    ("purposes", register_block("purposes", label=_("Doelen en grondslagen"), icon="crosshairs")),
    ("categories", register_block("categories", label=_("Soorten gegevens"), icon="tag")),
    ("recipients", register_block("recipients", label=_("Ontvangers en systemen"), icon="group")),
    ("retention", register_block("retention", label=_("Bewaartermijnen"), icon="time")),
    ("security", register_block("security", label=_("Beveiliging"), icon="lock")),
    ("automated", register_block("automated", label=_("Besluiten door een computer"), icon="desktop")),
    ("cookies", register_block("cookies", label=_("Cookies"), icon="resubmit")),
    ("rights", register_block("rights", label=_("Rechten en bezwaar"), icon="key")),
    ("complaint", register_block("complaint", label=_("Klachten"), icon="warning")),
]
