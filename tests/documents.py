"""Files as visitors send them, small."""

import zipfile
from io import BytesIO

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


def docx(*, part: str = "word/document.xml", macro: bool = False) -> bytes:
    """Return a Word document, or another of the family by its main part."""
    return _archive({"[Content_Types].xml": "<x/>", part: "<x/>"} | ({"word/vbaProject.bin": "x"} if macro else {}))


def odt(*, macro: bool = False) -> bytes:
    """Return an OpenDocument text."""
    parts = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}
    return _archive(parts | ({"Basic/Standard/Module1.xml": "x"} if macro else {}))


def photo(kind: str) -> bytes:
    """Return a picture of a few pixels in the format that Pillow calls `kind`."""
    out = BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, kind)
    return out.getvalue()


def _archive(parts: dict[str, str]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
