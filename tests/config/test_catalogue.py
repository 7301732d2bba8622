"""The English catalogue: complete, true to the code, and compiled."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from config import catalogue
from django.utils import translation
from django.utils.html import strip_tags

PO = catalogue.PO.read_bytes()
CATALOG = catalogue.updated(PO)


def test_matches_the_code() -> None:
    """A17: nothing missing, nothing left over, nothing fuzzy; `make messages` writes this very file."""
    assert catalogue.as_po(CATALOG).decode() == PO.decode()


def test_every_text_is_in_english() -> None:
    """A17."""
    assert catalogue.untranslated(CATALOG) == []


def test_no_text_hides_behind_another_name() -> None:
    """Texts are found by the name of what translates them: it has its own, or an underscore."""
    files = [file for folder in catalogue.FOLDERS for file in (catalogue.ROOT / folder).rglob("*.py")]
    renamed = re.compile(r"gettext(?:_lazy|_noop)? as (?!_$)", re.MULTILINE)
    assert files
    assert [file.name for file in files if renamed.search(file.read_text())] == []


def test_the_compiled_file_is_that_of_the_catalogue() -> None:
    assert catalogue.MO.read_bytes() == catalogue.as_mo(CATALOG)


def test_what_is_filled_in_is_the_same_in_both_languages() -> None:
    for message in read_po(BytesIO(PO), locale="en"):
        assert list(message.check()) == [], message.id


def test_markup_is_the_same_in_both_languages() -> None:
    """A translation changes words, never where a link leads."""
    for message in CATALOG:
        if message.id and isinstance(message.id, str):
            tags = [text for text in (message.id, message.string) if strip_tags(text) != text]
            assert len(tags) in {0, 2}, message.id
            if tags:
                assert _tags(message.id) == _tags(message.string), message.id


def _tags(text: str) -> list[str]:
    return sorted(part.split(">")[0] for part in text.split("<")[1:])


class TestExtraction:
    """What Django looks up when a page is shown is what stands in the catalogue."""

    TEMPLATE = """{% load i18n %}
    <p>Geen {% translate "Eén" %} {% trans 'Twee' %} {{ _("Drie")|upper }} {% panel heading=_("Vier") %}
      {{ x|default:_("Vijf") }}
      {% translate "Zes" context "maand" %}
    {% comment %}{% translate "Niet" %}{% endcomment %}
    {% blocktranslate trimmed with name=x.name count n=n %}
      {{ n }} ding,
      van {{ name }}
    {% plural %}
      {{ n }} dingen van {{ name }}, 100%
    {% endblocktranslate %}</p>
    """
    MODULE = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext_lazy, pgettext
x = [_("a"), gettext_lazy("b" "c"), ngettext_lazy("d", "e", "n"), pgettext("f", "g"), "niet"]
"""

    @pytest.fixture(autouse=True)
    def _root(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(catalogue, "ROOT", tmp_path)
        for path, text in {
            "home/templates/x.html": self.TEMPLATE,
            "home/x.py": self.MODULE,
            "home/migrations/x.py": '_("niet")',
            "home/static/x.html": self.TEMPLATE.replace("Eén", "Niet"),
        }.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)

    def test_finds_all_texts_and_no_others(self) -> None:
        found = {(message.id, message.context) for message in catalogue.extracted() if message.id}
        assert found == {
            ("Eén", None),
            ("Twee", None),
            ("Drie", None),
            ("Vier", None),
            ("Vijf", None),
            ("Zes", "maand"),
            (("%(n)s ding, van %(name)s", "%(n)s dingen van %(name)s, 100%%"), None),
            ("a", None),
            ("bc", None),
            (("d", "e"), None),
            ("g", "f"),
        }

    def test_keeps_what_was_translated_and_drops_what_is_gone(self) -> None:
        po = b'msgid "a"\nmsgstr "A"\n\nmsgid "weg"\nmsgstr "gone"\n\nmsgid "d"\nmsgstr "one form"\n'
        catalog = catalogue.updated(po)
        assert catalog.get("a").string == "A"
        assert catalog.get("weg") is None
        assert catalog.get("d").string == ("", "")
        assert "weg" not in catalogue.as_po(catalog).decode()
        assert len(catalogue.untranslated(catalog)) == 10


def test_django_finds_it() -> None:
    with translation.override("en"):
        assert translation.gettext("Bewaartermijnen") == "Retention periods"
        assert translation.ngettext("%(n)s maand", "%(n)s maanden", 2) % {"n": 2} == "2 months"
    with translation.override("nl"):
        assert translation.gettext("Bewaartermijnen") == "Bewaartermijnen"
