"""Files from visitors: what is let in, judged by content and never by name, and what is taken out of it first.

Photographs say where and when they were taken and with what; nobody who sends one means to tell us. So images are drawn
anew, pixels only, the right way up (law.md I7; art. 25(1)). Documents are kept as they are: their makers' names are part of
what was sent, and taking a document apart would break signatures. Macros are refused.
"""

import hashlib
import os
import unicodedata
import zipfile
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import PurePath
from typing import IO, Any

import puremagic
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from .sizes import size_in_words
from .virus import Verdict, scan

#: Longest file, and all files of one message together, in bytes.
MAX_FILE = 10 * 1024 * 1024
MAX_FILES = 20 * 1024 * 1024

#: Largest image, in pixels: a phone makes 48 million, a bomb unfolds to thousands of millions.
MAX_PIXELS = 50_000_000

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ODT = "application/vnd.oasis.opendocument.text"

#: Kinds of content -> the ending that such a file has.
KINDS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    _DOCX: "docx",
    _ODT: "odt",
    "text/plain": "txt",
}

#: For the browser's window that offers files; what counts is the content.
ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,.docx,.odt,.txt"

_KINDS_AND_SIZE = _("PDF, foto (JPEG, PNG, WebP), Word (docx), OpenDocument (odt) of platte tekst, hoogstens %(size)s.")
#: What is let in, in the language of whoever reads it.
HINT = lazy(lambda: str(_KINDS_AND_SIZE) % {"size": size_in_words(MAX_FILE)}, str)()

#: Pillow's names; MPO is a JPEG with a second picture behind it, as phones make.
_DRAWN = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_LONGEST_NAME = 100


class Unacceptable(Exception):
    """This content is not one of `KINDS`, or is not whole."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that was let in.

    Args:
        filename: as the sender called it, made safe, with the ending of its content.
        content_type: MIME type, one of `KINDS`.
        content: what will be stored.
        size: in bytes.
        sha256: of `content` (hexadecimal).
        scan: what the virus scanner said of it as it was sent.
    """

    filename: str
    content_type: str
    content: IO[Any]
    size: int
    sha256: str
    scan: Verdict = Verdict.UNKNOWN


class UploadField(forms.FileField):
    """A form field whose value is an `Upload`, or None when nothing was chosen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["initial"] = None  # what an editor typed as default value is no file
        super().__init__(widget=forms.FileInput(attrs={"accept": ACCEPT}), **kwargs)

    def clean(self, data: "UploadedFile[Any] | None", initial: Any = None) -> Upload | None:
        """Look at the file.

        Raises:
            ValidationError: it is required and missing, empty, too large, nothing we take, or carries a virus.
        """
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > MAX_FILE:
            raise ValidationError(
                _("“%(name)s” is %(size)s; wij nemen hoogstens %(most)s aan."),
                params={
                    "name": safe_name(file.name, ""),
                    "size": size_in_words(file.size),
                    "most": size_in_words(MAX_FILE),
                },
                code="too_large",
            )
        try:
            upload = examined(file)
        except Unacceptable:
            raise ValidationError(
                _("“%(name)s” is geen bestand dat wij aannemen, of het is beschadigd. %(kinds)s"),
                params={"name": safe_name(file.name, ""), "kinds": HINT},
                code="unacceptable",
            ) from None
        verdict = scan(file)
        if verdict == Verdict.FOUND:
            raise ValidationError(
                _("In “%(name)s” zit een virus. Wij bewaren dit bestand niet; verstuur het bericht zonder."),
                params={"name": safe_name(file.name, "")},
                code="virus",
            )
        # Where the file itself is what will be stored, it was read to its end just now.
        upload.content.seek(0)
        return replace(upload, scan=verdict)


def examined(file: "UploadedFile[Any]") -> Upload:
    """Return what will be stored of a file.

    Args:
        file: as it came in.

    Raises:
        Unacceptable: not one of `KINDS`, or not whole.
    """
    name = file.name or ""
    content: IO[Any] = file
    if name.lower().endswith(".txt"):
        kind = _text(file)
    else:
        file.seek(0)
        head = file.read(4096)
        if head.startswith(b"PK\x03\x04"):
            kind = _document(file)
        elif "application/pdf" in (likely := _likely(head)):
            kind = "application/pdf"
        elif likely & set(_DRAWN.values()):
            content, kind = _drawn_anew(file)
        else:
            raise Unacceptable
    size = content.seek(0, os.SEEK_END)
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256")  # type: ignore[arg-type]
    content.seek(0)
    ending = KINDS[kind]
    return Upload(filename=safe_name(name, ending), content_type=kind, content=content, size=size, sha256=digest.hexdigest())


def safe_name(name: str, ending: str) -> str:
    """Return a sender's file name without folders, controls or anything that turns text around, and not too long.

    Args:
        name: as sent.
        ending: the one that goes with the content; "" leaves the sender's.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    # Categories C: controls, and marks that write from right to left ("gnp.exe" for "exe.png").
    shown = "".join(
        char
        for char in unicodedata.normalize("NFC", last)
        if not unicodedata.category(char).startswith("C") and char not in '<>:"|?*'
    )
    words = " ".join(shown.split()).strip(". ")
    if not ending:
        return words[:_LONGEST_NAME] or str(_("bestand"))
    stem = PurePath(words).stem.strip(". ")[:_LONGEST_NAME] or str(_("bestand"))
    return f"{stem}.{ending}"


def _likely(head: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _text(file: "UploadedFile[Any]") -> str:
    """Accept text in UTF-8 or the older Windows alphabet; control characters mean that it is something else."""
    file.seek(0)
    raw = file.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            raise Unacceptable from None
    if any(unicodedata.category(char) == "Cc" and char not in "\t\n\r\f" for char in text):
        raise Unacceptable
    return "text/plain"


def _document(file: "UploadedFile[Any]") -> str:
    """Tell Word from OpenDocument by what is in the archive; one with macros is refused."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if any(name.endswith("vbaProject.bin") or name.startswith(("Basic/", "Scripts/")) for name in names):
                raise Unacceptable
            if "[Content_Types].xml" in names and "word/document.xml" in names:
                return _DOCX
            if "mimetype" in names and "content.xml" in names:
                with archive.open("mimetype") as entry:
                    if entry.read(100).strip() == _ODT.encode():
                        return _ODT
    except Exception:  # noqa: BLE001 (as below)
        raise Unacceptable from None
    raise Unacceptable


def _drawn_anew(file: "UploadedFile[Any]") -> tuple[IO[bytes], str]:
    """Return the picture without anything else: no EXIF, no comments, no colour profile, no second picture behind it."""
    file.seek(0)
    out = BytesIO()
    try:
        with Image.open(file, formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Unacceptable
            kind = _DRAWN[image.format or ""]
            upright = ImageOps.exif_transpose(image)
            # Saving takes over what it finds here; only which colour of a palette is see-through belongs to the picture.
            upright.info = {key: value for key, value in upright.info.items() if key == "transparency"}
            upright.save(out, KINDS[kind].replace("jpg", "jpeg"), quality=90)
    except Exception:  # noqa: BLE001 (a decoder fed by strangers raises what it likes; the picture is not whole then)
        raise Unacceptable from None
    return out, kind
