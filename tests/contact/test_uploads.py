"""What is let in as a file, what is taken out of it, and what it is called (B14, I7)."""

import warnings
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from contact import uploads
from contact.uploads import KINDS, Unacceptable, Upload, examined, safe_name
from tests.documents import PDF, docx, odt, photo


def let_in(name: str, content: bytes) -> Upload:
    return examined(SimpleUploadedFile(name, content))


def refused(name: str, content: bytes) -> bool:
    try:
        let_in(name, content)
    except Unacceptable:
        return True
    return False


@pytest.mark.parametrize(
    ("name", "content", "kept_as"),
    [
        ("offerte.pdf", PDF, "offerte.pdf"),
        ("brief.docx", docx(), "brief.docx"),
        ("brief.odt", odt(), "brief.odt"),
        ("lijst.txt", "Één, twee\n".encode(), "lijst.txt"),
        ("oud.txt", "Één".encode("cp1252"), "oud.txt"),
        ("foto.jpg", photo("JPEG"), "foto.jpg"),
        ("foto.png", photo("PNG"), "foto.png"),
        ("foto.webp", photo("WEBP"), "foto.webp"),
        # The content decides, and the name follows it.
        ("foto.exe", photo("PNG"), "foto.png"),
        ("zonder ending", PDF, "zonder ending.pdf"),
    ],
)
def test_is_let_in_by_content(name: str, content: bytes, kept_as: str) -> None:
    upload = let_in(name, content)
    assert upload.filename == kept_as
    assert KINDS[upload.content_type] == kept_as.rpartition(".")[2]
    assert upload.size == len(upload.content.read())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("foto.jpg", b"MZ\x90\x00" + b"\x00" * 200),
        ("foto.jpg", b"<html><script>alert(1)</script></html>"),
        ("tekening.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("foto.gif", photo("GIF")),
        ("foto.jpg", photo("JPEG")[:300]),
        ("lijst.txt", b"\x00\x01\x02"),
        ("lijst.txt", PDF + b"\x00"),
        ("brief.docx", docx(macro=True)),
        ("brief.odt", odt(macro=True)),
        ("pak.zip", docx()[:50]),
        ("pak.docx", b"PK\x03\x04" + b"\xff" * 100),
        ("blad.xlsx", docx(part="xl/workbook.xml")),
        ("niets.pdf", b""),
        ("macro.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
    ],
)
def test_everything_else_is_refused(name: str, content: bytes) -> None:
    assert refused(name, content)


def cut(whole: bytes) -> st.SearchStrategy[bytes]:
    """Damage a file: other bytes somewhere, or an early end."""
    return st.builds(
        lambda at, other, end: (whole[:at] + other + whole[at + len(other) :])[:end],
        st.integers(0, len(whole)),
        st.binary(max_size=8),
        st.integers(0, len(whole)),
    )


@given(
    st.binary(max_size=300) | st.sampled_from([PDF, docx(), odt(), photo("PNG"), photo("JPEG"), photo("WEBP")]).flatmap(cut),
    st.sampled_from(["a.txt", "a.jpg", "a.docx", "a"]),
)
@example(b"\xff\xd8\xff\xe0", "a.jpg")
def test_no_content_is_an_error(content: bytes, name: str) -> None:
    refused(name, content)


class TestImages:
    """Art. 25(1): the picture, and nothing that the sender did not know was in it."""

    SECRETS = (b"GeheimeCamera", b"GeheimCommentaar", b"GeheimeTekst", b"geheim:xmp", b"GPS")

    def with_metadata(self, kind: str) -> bytes:
        image = Image.new("RGB", (40, 20), "red")
        exif = Image.Exif()
        exif[0x010F] = "GeheimeCamera"
        exif[0x0112] = 6  # lies on its side
        exif.get_ifd(0x8825)[1] = "N"
        extra: dict[str, Any] = {"exif": exif.tobytes(), "xmp": b"<x>geheim:xmp</x>"}
        if kind == "PNG":
            extra["pnginfo"] = PngImagePlugin.PngInfo()
            extra["pnginfo"].add_text("Comment", "GeheimeTekst")
        if kind == "JPEG":
            extra["comment"] = b"GeheimCommentaar"
        out = BytesIO()
        image.save(out, kind, **extra)
        return out.getvalue()

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_lose_where_when_and_with_what_they_were_taken(self, kind: str) -> None:
        sent = self.with_metadata(kind)
        assert b"GeheimeCamera" in sent, "the test looks for something"
        kept = let_in("foto", sent).content.read()
        assert not [secret for secret in self.SECRETS if secret in kept]
        with Image.open(BytesIO(kept)) as image:
            assert not dict(image.getexif())
            assert "icc_profile" not in image.info

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_stay_the_right_way_up(self, kind: str) -> None:
        with Image.open(let_in("foto", self.with_metadata(kind)).content) as image:
            assert image.size == (20, 40)
            assert image.convert("RGB").getpixel((5, 5))[0] > 240  # type: ignore[index]

    def test_stay_see_through(self) -> None:
        out = BytesIO()
        Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
        with Image.open(let_in("logo.png", out.getvalue()).content) as image:
            assert image.getpixel((0, 0)) == (0, 0, 0, 0)

    def test_that_unfold_to_too_much_are_refused_before_they_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads, "MAX_PIXELS", 15)
        assert refused("foto.png", photo("PNG"))
        monkeypatch.undo()
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert refused("foto.png", photo("PNG"))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Jan\\offerte.docx", "offerte.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("foto\u202egnp.exe", "fotognp.pdf"),
        ('"><script>.pdf', "script.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "bestand.pdf"),
        ("...", "bestand.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ("é" + "é.pdf", "éé.pdf"),
    ],
)
def test_names_are_made_safe(sent: str, kept: str) -> None:
    assert safe_name(sent, "pdf") == kept


@given(st.text())
def test_no_name_leads_anywhere(name: str) -> None:
    safe = safe_name(name, "pdf")
    assert safe.endswith(".pdf")
    assert len(safe) <= 104
    assert not set(safe) & set('/\\<>:"|?*\r\n\x00')
    assert not safe.startswith(".")


def test_a_document_is_kept_as_it_is() -> None:
    assert zipfile.ZipFile(let_in("a.docx", docx()).content).namelist()
    assert let_in("a.pdf", PDF).content.read() == PDF
