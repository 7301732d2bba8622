"""Brings the English catalogue (`site/locale/en`) up to date with the texts in the code, and compiles it: `make messages`.

Texts that are new come in empty, those that are gone go, translations that are there stay. The file names no place in the
code and no date, so it changes only when a text does; `tests/config/test_catalogue.py` compares. Babel does what gettext's own
tools would do where they are installed; Django turns a template into what Babel can read. For development only.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "site" / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
FOLDERS = ("contact", "home", "privacy", "site")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_COMMENT = """\
# English for the texts in the code, which are Dutch (docs/decisions/0010-texts-are-written-in-dutch.md).
# `make messages` brings this file up to date; only what stands behind msgstr is written by hand."""


class English(Catalog):
    """A catalogue whose head says what is needed to read it, and nothing about the day or the tool."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The lines of the head."""
        return [
            ("Language", "en"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
        ]


def sources() -> Iterator[Path]:
    """Yield every file that may hold texts: modules but migrations, and templates."""
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            is_module = path.suffix == ".py" and "migrations" not in path.parts
            is_template = path.suffix in {".html", ".txt"} and "templates" in path.parts
            if is_module or is_template:
                yield path


def extracted() -> English:
    """Return a catalogue of all texts in the code, without translations."""
    catalog = English(locale="en", header_comment=_COMMENT, fuzzy=False)
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # What is no text comes back as filler, indented as the template is; to Python's tokenizer that means something.
            text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
        for _line, message, _comments, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
            catalog.add(message, context=context)
    return catalog


def updated(po: bytes) -> English:
    """Return a catalogue of the texts in the code, with the translations that `po` has for them."""
    known, catalog = read_po(BytesIO(po), locale="en"), extracted()
    for message in catalog:
        found = known.get(message.id, message.context) if message.id else None
        if found and found.pluralizable == message.pluralizable:
            message.string = found.string
    return catalog


def as_po(catalog: English) -> bytes:
    """Return the file that people edit."""
    file = BytesIO()
    write_po(file, catalog, width=100, no_location=True, sort_output=True)
    return file.getvalue()


def as_mo(catalog: English) -> bytes:
    """Return the file that Python reads."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    """Return the texts that have no translation, or not in every form."""
    return [
        str(message.id)
        for message in catalog
        if message.id and not (all(message.string) if isinstance(message.string, list | tuple) else message.string)
    ]


def main() -> int:
    """Write both files, and say what waits for a translation."""
    catalog = updated(PO.read_bytes() if PO.exists() else b"")
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(as_po(catalog))
    MO.write_bytes(as_mo(catalog))
    for text in untranslated(catalog):
        sys.stdout.write(f"to translate: {text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
