"""What this room mails: links and letters to people, alarms and tasks to the officer."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy import mail
from privacy.mail.models import Mail
from privacy.statement.models import StatementVersion
from privacy.subjects.services import find

from .alarms import ALARM_MAIL, request_of
from .delivery import sealed
from .letter_kinds import LetterKind
from .letters import LETTER_MAIL, LINK
from .links import address, session_token, token_of
from .models import Correction, DataRequest, Letter, OneTimeLink
from .new_address import ADDRESS_MAIL
from .services import LINK_MAIL, nothing_held
from .states import FINAL, State
from .steps import OFFICER_MAIL


@mail.register(
    LINK_MAIL,
    label=gettext_lazy("Link waarmee u een verzoek bevestigt"),
    because="Answers a request that was made with this address (art. 12(3)).",
)
def link_mail(owed: Mail) -> EmailMessage | None:
    """Write to the address that asked: the link to somebody we know, the answer to anybody else (law.md C8)."""
    request = DataRequest.objects.filter(pk=owed.reference).exclude(email="").first()
    if request is None:
        return None
    now = timezone.now()
    if find(request.email) is None:
        letter = nothing_held(request, at=now)
        return EmailMessage(subject=letter.heading, body=letter.body, to=[request.email]) if letter else None
    if request.state != State.UNCONFIRMED:
        return None
    with translation.override(request.language):
        return EmailMessage(
            subject=_("Bevestig uw verzoek"),
            body=render_to_string("privacy_rights/mail/link.txt", _about_link(request, session_token(request, at=now))),
            to=[request.email],
        )


def _about_link(request: DataRequest, token: str) -> dict[str, Any]:
    version = StatementVersion.objects.in_force()
    return {
        "request": request,
        "link": address(token),
        "hours": settings.LINK_HOURS,
        "controller": version.in_language(request.language).facts["controller"] if version else None,
    }


@mail.register(LETTER_MAIL, label=gettext_lazy("Brief over uw verzoek"), because="Answers a request (art. 12(3)-(4)).")
def letter_mail(owed: Mail) -> EmailMessage | None:
    """Write a letter out as it is kept; into the one about an archive comes the link, which nobody keeps."""
    letter = Letter.objects.select_related("request__subject").filter(pk=owed.reference).first()
    if letter is None or not letter.request.email:
        return None
    body = letter.body
    if letter.kind == LetterKind.DELIVERED:
        token = sealed(letter.request, at=timezone.now())
        if token is None:
            return None
        with translation.override(letter.language):
            body = body.replace(LINK, address(token))
    to = _old_address(letter) if letter.kind == LetterKind.READDRESSED else letter.request.email
    return EmailMessage(subject=letter.heading, body=body, to=[to]) if to else None


def _old_address(letter: Letter) -> str:
    """Return the address that this letter says is no longer used; it stands with what was put right, and nowhere else."""
    changed = letter.request.corrections.filter(source=Correction.ADDRESS, at=letter.written_at)
    return changed.values_list("old", flat=True).first() or ""


@mail.register(
    ADDRESS_MAIL,
    label=gettext_lazy("Link waarmee u een nieuw e-mailadres bevestigt"),
    because="Asks whether the address is theirs, for a request under art. 16; says nothing of who asked.",
)
def address_mail(owed: Mail) -> EmailMessage | None:
    """Write to a new address, in the same words whether anybody is known by it; None when it was withdrawn or took too long."""
    now = timezone.now()
    link = OneTimeLink.objects.filter(pk=owed.reference, used_at=None, expires_at__gt=now).select_related("request").first()
    if link is None or not link.request.new_email:
        return None
    with translation.override(link.request.language):
        return EmailMessage(
            subject=_("Bevestig uw nieuwe e-mailadres"),
            body=render_to_string("privacy_rights/mail/new_address.txt", _about_link(link.request, token_of(link))),
            to=[link.request.new_email],
        )


@mail.register(ALARM_MAIL, label=gettext_lazy("Waarschuwing dat een verzoek op antwoord wacht"), because="To our own officer.")
def alarm_mail(owed: Mail) -> EmailMessage | None:
    """Warn the officer of the clock of a request, by its number only; None when it was answered meanwhile."""
    request = DataRequest.objects.running().filter(pk=request_of(owed.reference)).first()
    if request is None:
        return None
    left = request.days_left(timezone.now())
    subject = _("TE LAAT: verzoek V%(number)s") if left < 0 else _("Verzoek V%(number)s wacht op antwoord")
    return _to_officer(request, subject, "alarm", left=left)


@mail.register(OFFICER_MAIL, label=gettext_lazy("Melding aan ons dat een verzoek op ons wacht"), because="To our own officer.")
def officer_mail(owed: Mail) -> EmailMessage | None:
    """Tell the officer that a request needs them, by its number only; None when it was answered meanwhile."""
    request = DataRequest.objects.filter(pk=owed.reference).exclude(state__in=FINAL).first()
    return _to_officer(request, _("Verzoek V%(number)s wacht op u"), "officer") if request else None


def _to_officer(request: DataRequest, subject: str, template: str, **context: object) -> EmailMessage:
    with translation.override(settings.LANGUAGE_CODE):
        link = settings.WAGTAILADMIN_BASE_URL + reverse("privacy-requests:inspect", args=[request.pk])
        body = render_to_string(f"privacy_rights/mail/{template}.txt", {"request": request, "link": link, **context})
        return EmailMessage(subject=subject % {"number": request.pk}, body=body, to=[settings.PRIVACY_EMAIL])
