"""Letters about a request: the editors' words with facts filled in, kept as they were sent.

`write` stores the letter and owes the mail in one transaction. The mail is the letter's text and nothing else, so the copy
that is kept is what was sent; only the link to an archive is put in while it is being sent, since nobody may keep it.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from privacy.mail.services import send
from privacy.register.models import Controller
from privacy.statement.models import StatementVersion

from .letter_kinds import LetterKind
from .models import HEADING_LENGTH, DataRequest, Letter, LetterTemplate

#: Kind of mail; its reference is the letter's key.
LETTER_MAIL = "rights.letter"

#: Where the link to the archive comes.
LINK = "{link}"

#: What every letter may say, and what some may say besides.
_EVERYWHERE = frozenset({"kenmerk", "verzoek", "ontvangen", "beloofd", "uiterlijk", "wij", "adres", "e-mail", "telefoon"})
_BESIDES: dict[LetterKind, frozenset[str]] = {
    LetterKind.QUESTION: frozenset({"vraag", "termijn"}),
    LetterKind.EXTENSION: frozenset({"reden", "maanden"}),
    LetterKind.REFUSAL: frozenset({"reden"}),
    LetterKind.DELIVERED: frozenset({"link", "dagen", "ontbreekt"}),
    LetterKind.RECTIFIED: frozenset({"verbeterd"}),
    LetterKind.ERASED: frozenset({"blijft", "bewijs"}),
    LetterKind.OBJECTION: frozenset({"reden"}),
    LetterKind.RECIPIENT: frozenset({"ontvanger", "wat"}),
}
#: What a letter may not lack: a refusal without reasons is none (12(4)), an archive without a link reaches nobody, and who
#: did not ask for another address must know where to say so.
_NEEDED: dict[LetterKind, frozenset[str]] = {
    LetterKind.QUESTION: frozenset({"vraag"}),
    LetterKind.EXTENSION: frozenset({"reden", "uiterlijk"}),
    LetterKind.REFUSAL: frozenset({"reden"}),
    LetterKind.DELIVERED: frozenset({"link", "ontbreekt"}),
    LetterKind.RECTIFIED: frozenset({"verbeterd"}),
    LetterKind.READDRESSED: frozenset({"kenmerk", "e-mail"}),
    LetterKind.ERASED: frozenset({"blijft"}),
    LetterKind.OBJECTION: frozenset({"reden"}),
    LetterKind.RECIPIENT: frozenset({"wat"}),
}
#: Letters that say no, in part or for now: they name where to complain and the court (12(4); law.md C15). One word of each
#: row must stand in them, in whichever language.
_SAY_NO = frozenset({LetterKind.REFUSAL, LetterKind.EXTENSION, LetterKind.NOTHING_HELD, LetterKind.ERASED})
_REMEDIES = (("Autoriteit Persoonsgegevens",), ("rechtbank", "rechter", "court"))
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_GAP = re.compile(r"\n(?:[ \t]*\n){2,}")


def placeholders(kind: LetterKind) -> frozenset[str]:
    """Return what may stand between braces in a letter of this kind."""
    return _EVERYWHERE | _BESIDES.get(kind, frozenset())


def check_words(kind: LetterKind, *, heading: str, body: str) -> None:
    """Raise `ValidationError` when a text names something that nothing fills in, or lacks what the letter is for."""
    # The subject of a mail is one line and is read by whoever looks at the screen: only what every letter may say.
    is_to_recipient = kind == LetterKind.RECIPIENT
    _refuse_unknown("heading", heading, _EVERYWHERE - {"adres"} | ({"ontvanger"} if is_to_recipient else set()))
    _refuse_unknown("body", body, placeholders(kind))
    if is_to_recipient and "{ontvanger}" not in heading:
        # One request has a letter to each of them, and in a list there is the heading alone.
        raise ValidationError(
            {"heading": _("Zet {ontvanger} in het onderwerp: anders heten de brieven aan iedereen hetzelfde.")}
        )
    lacking = sorted(_NEEDED.get(kind, frozenset()) - set(_PLACEHOLDER.findall(body)))
    if kind in _SAY_NO:
        lacking += [words[0] for words in _REMEDIES if not any(word.lower() in body.lower() for word in words)]
    if lacking:
        raise ValidationError({"body": _("Deze brief kan niet zonder: %(names)s.") % {"names": ", ".join(lacking)}})


def _refuse_unknown(field: str, text: str, known: frozenset[str]) -> None:
    if unknown := sorted(set(_PLACEHOLDER.findall(text)) - known):
        words = {"unknown": ", ".join(unknown), "known": ", ".join(sorted(known))}
        raise ValidationError({field: _("Niet bekend: %(unknown)s. Wel bekend: %(known)s.") % words})


def compose(
    request: DataRequest, kind: LetterKind, values: Mapping[str, str], *, at: datetime, language: str | None = None
) -> Letter:
    """Return a letter, not stored yet.

    Args:
        request: the request, as it is after what the letter tells.
        kind: what it says.
        values: what goes into the places that only this kind has.
        at: when it is written (aware).
        language: of the letter; None for the person's.
    """
    language = language or request.language
    own = LetterTemplate.objects.filter(kind=kind, language__in=[language, settings.LANGUAGE_CODE])
    # Theirs before ours.
    template = max(own, key=lambda row: row.language == language)
    with override(template.language):
        filled = _facts(request, template.language, at) | dict(values)
    return Letter(
        request=request,
        kind=kind,
        language=template.language,
        heading=_shortened(_fill(template.heading, filled)),
        body=_fill(template.body, filled),
        written_at=at,
    )


def write(request: DataRequest, kind: LetterKind, *, at: datetime, survives: bool = False, **values: str) -> Letter:
    """Store a letter and owe its mail; a person without an address gets it on paper, from the officer's screen.

    Args:
        request: the request.
        kind: what it says.
        at: now (aware).
        survives: whether it must reach the person though they are erased in the same transaction.
        **values: what goes into the places that only this kind has.
    """
    letter = compose(request, kind, values, at=at)
    letter.save(force_insert=True)
    if request.email:
        send(kind=LETTER_MAIL, reference=letter.pk, subject=None if survives else request.subject)
    return letter


def write_to_recipient(request: DataRequest, recipient: str, *, what: str | Promise, at: datetime) -> Letter:
    """Store the letter that tells a recipient what was done (art. 19), for the officer to send: the site knows no address.

    Args:
        request: the request.
        recipient: whom it is for.
        what: what was done with the data; the letter names nobody.
        at: now (aware).
    """
    with override(settings.LANGUAGE_CODE):
        values = {"ontvanger": recipient, "wat": str(what)}
    letter = compose(request, LetterKind.RECIPIENT, values, at=at, language=settings.LANGUAGE_CODE)
    letter.save(force_insert=True)
    return letter


def _facts(request: DataRequest, language: str, at: datetime) -> dict[str, str]:
    # A request that was taken down late: nobody is promised a day that is over.
    promised = request.promised_on if request.promised_on >= timezone.localdate(at) else request.due_on
    version = StatementVersion.objects.in_force()
    controller = version.in_language(language).facts["controller"] if version else _controller()
    return {
        "kenmerk": request.called,
        "verzoek": request.asked_for,
        "ontvangen": date_format(timezone.localtime(request.received_at), "j F Y"),
        "beloofd": date_format(promised, "j F Y"),
        "uiterlijk": date_format(request.due_on, "j F Y"),
        "wij": controller["name"],
        "adres": controller["address"],
        "e-mail": controller["email"],
        "telefoon": controller["phone"],
    }


def _controller() -> dict[str, str]:
    row = Controller.objects.first() or Controller()
    return {"name": row.name, "address": row.address, "email": row.email, "phone": row.phone}


def as_kept(letter: Letter) -> str:
    """Return what a letter says to who reads it later; where the link to the archive stood, that only the mail had it."""
    with override(letter.language):
        return letter.body.replace(LINK, _("(de link stond alleen in de mail)"))


def _shortened(heading: str) -> str:
    return Truncator(heading).chars(HEADING_LENGTH)


def _fill(text: str, values: Mapping[str, str]) -> str:
    # In one pass: what a person wrote may itself hold braces.
    filled = _PLACEHOLDER.sub(lambda found: values.get(found.group(1), found.group(0)), text)
    # A place for which there was nothing to say leaves no gap.
    return _GAP.sub("\n\n", filled)
