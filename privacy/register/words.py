"""Words of the register in the languages of the site.

Dutch is the source and stands in the columns themselves. Beside a column `name` that readers see stands `name_en`, made
with `english(name)`. Facts (a period, a basis, a country's safeguard) have no such twin: they are the same in every language.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.deconstruct import deconstructible
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

_Field = TypeVar("_Field", bound="models.Field[Any, Any]")


@deconstructible
class Sentence:
    """A column's default in one language, whichever is active when the row is made.

    Args:
        text: the sentence in Dutch, marked for translation where it is written.
        language: language code.
    """

    def __init__(self, text: str, language: str = settings.LANGUAGE_CODE) -> None:
        self.text = text
        self.language = language

    def __call__(self) -> str:
        """Return the sentence in its language; in Dutch where nobody translated it."""
        with override(self.language):
            return gettext(self.text)


def english(field: _Field) -> _Field:
    """Return the column for the English words of `field`: alike, but free to be empty until somebody translates it.

    Args:
        field: the column with the Dutch words.
    """
    twin = field.clone()
    twin.blank = True
    twin.verbose_name = format_lazy("{name} ({language})", name=field.verbose_name, language=_("Engels"))
    twin.help_text = ""
    twin.validators = []
    if isinstance(twin.default, Sentence):
        twin.default = Sentence(twin.default.text, "en")
    return twin


def word(row: models.Model, field: str) -> Any:
    """Return a column in the active language; in Dutch where it has no words in that language.

    Args:
        row: a row of the register.
        field: name of the column with the Dutch words.
    """
    return getattr(row, f"{field}_{get_language()}", "") or getattr(row, field)


def translated_fields(model: type[models.Model]) -> list[str]:
    """Return the names of the columns of `model` that have an English twin."""
    names = [field.name for field in model._meta.local_concrete_fields]
    return [name for name in names if f"{name}_en" in names]


def all_rows() -> Iterator[models.Model]:
    """Yield every row of the register that has words to translate; one query per kind."""
    for model in apps.get_app_config("privacy_register").get_models():
        if translated_fields(model):
            yield from model._default_manager.all()


def untranslated(rows: Iterable[models.Model], language: str) -> Iterator[tuple[models.Model, "models.Field[Any, Any]"]]:
    """Yield row and empty column wherever there are Dutch words and none in `language`.

    Args:
        rows: rows of the register.
        language: language code; of the source language nothing is ever missing.
    """
    for row in rows:
        for field in translated_fields(type(row)):
            if getattr(row, field) and not getattr(row, f"{field}_{language}", True):
                column: Any = row._meta.get_field(f"{field}_{language}")
                yield row, column


def english_panel(model: type[models.Model]) -> MultiFieldPanel | None:
    """Return the group of English columns for a form; None where there is nothing to translate.

    Not collapsed: the gate leads to these fields, and a browser does not scroll to what is folded away.
    """
    fields = [FieldPanel(f"{name}_en") for name in translated_fields(model)]
    return MultiFieldPanel(fields, heading=_("In het Engels")) if fields else None
