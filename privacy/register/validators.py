"""What a value in the register must look like."""

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import FileExtensionValidator, RegexValidator
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NotANumber
from stdnum.nl import btw

key_validator = RegexValidator(r"^[a-z][a-z0-9_]*\Z", _("Alleen kleine letters, cijfers en _; begin met een letter."))
kvk_validator = RegexValidator(r"^\d{8}\Z", _("Een KvK-nummer heeft 8 cijfers."))

#: What an agreement is stored as; nothing that a browser would run.
validate_document_kind = FileExtensionValidator(["pdf", "docx", "odt", "txt", "png", "jpg", "jpeg"])

#: Largest document, in bytes.
MAX_DOCUMENT = 10 * 1024 * 1024


def validate_vat_id(value: str) -> None:
    """Refuse what is no Dutch VAT id with its country before it (BW 3:15d(1)); spaces and dots may stand in it.

    Raises:
        ValidationError: the digits, the letter or the check number are wrong.
    """
    try:
        btw.validate(value)
    except NotANumber:
        valid = False
    else:
        valid = value.strip().upper().startswith("NL")
    if not valid:
        raise ValidationError(_("Dit is geen Nederlands btw-id. Het ziet eruit als NL000099998B57."))


def validate_document_size(file: File) -> None:  # type: ignore[type-arg]
    """Refuse a document that nobody would sign.

    Raises:
        ValidationError: it is larger than `MAX_DOCUMENT`.
    """
    if file.size > MAX_DOCUMENT:
        raise ValidationError(_("Dit document is groter dan %(n)s MB.") % {"n": MAX_DOCUMENT // 1024**2})
