"""The mails about consent: the receipt, and the question whether an address is one's own. No advertising, no answers."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy import mail
from privacy.mail.models import Mail
from privacy.statement.models import StatementTranslation, StatementVersion
from privacy.statement.notices import NOTICE
from privacy.statement.promises import days_promised
from privacy.subjects.models import DataSubject

from . import notice
from .by_hand import OBJECTION_MAIL, WITHDRAWN_MAIL
from .links import confirm_url, consents_url
from .models import UNCONFIRMED, ConsentEvent, Suppression, UnconfirmedConsent
from .receipts import as_bytes, receipt
from .services import CONFIRM_MAIL, RECEIPT_MAIL
from .suppression import is_suppressed


@mail.register(
    RECEIPT_MAIL,
    label=gettext_lazy("Bevestiging van toestemming"),
    because="Proof of what the person just did, with the way back (art. 7(1), 7(3)).",
)
def receipt_mail(owed: Mail) -> EmailMessage | None:
    """Write the receipt of one act, named by its first event; None when the person is gone."""
    first = ConsentEvent.objects.filter(pk=owed.reference, subject=owed.subject_id).first()
    if first is None:
        return None
    act = ConsentEvent.objects.filter(
        subject=first.subject_id, action=first.action, method=first.method, at=first.at, confirmed_at=first.confirmed_at
    )
    events = list(act.select_related("subject", "version").order_by("number"))
    with translation.override(first.language):
        signed = receipt(events)
        context = {"receipt": signed["receipt"], "link": consents_url(first.subject)}
        message = _message(first.subject.email, _("Bevestiging van uw toestemming"), "receipt.txt", context)
        message.attach(_("toestemming.json"), as_bytes(signed), "application/json")
        return message


@mail.register(
    CONFIRM_MAIL,
    label=gettext_lazy("Vraag om uw adres te bevestigen"),
    because="Asks whether the holder of the address ticked the box; advertises nothing (law.md B11).",
)
def confirm_mail(owed: Mail) -> EmailMessage | None:
    """Ask whether the person ticked that box; None when it was confirmed, taken back or forgotten in the meantime."""
    asked = UnconfirmedConsent.objects.filter(pk=owed.reference).select_related("subject", "version").first()
    if asked is None:
        return None
    with translation.override(asked.language):
        context = {
            "wording": asked.wording,
            "controller": asked.version.in_language(asked.language).facts["controller"],
            "link": confirm_url(asked.subject, asked.purpose),
            "days": days_promised(UNCONFIRMED, until_then=settings.CONSENT_CONFIRM_DAYS, at=asked.at),
        }
        return _message(asked.subject.email, _("Klopt dit? Bevestig uw toestemming"), "confirm.txt", context)


@mail.register(
    WITHDRAWN_MAIL,
    label=gettext_lazy("Bevestiging van intrekking"),
    because="Confirms what the person let us know (art. 7(3), 12(3)).",
)
def withdrawn_mail(owed: Mail) -> EmailMessage | None:
    """Confirm what somebody let us know by phone, letter or mail, named by its first event; None when the person is gone."""
    first = ConsentEvent.objects.filter(pk=owed.reference, subject=owed.subject_id).select_related("subject", "version").first()
    if first is None:
        return None
    act = ConsentEvent.objects.filter(subject=first.subject_id, action=first.action, method=first.method, at=first.at)
    with translation.override(first.language):
        words = first.version.in_language(first.language)
        keys = act.order_by("number").values_list("purpose", flat=True)
        names = [found["name"] if (found := words.look.purpose(key)) else key for key in keys]
        objected = is_suppressed(first.subject.email, since=first.at)
        return _confirmed(first.subject, words, at=first.at, names=names, objected=objected)


@mail.register(
    OBJECTION_MAIL,
    label=gettext_lazy("Bevestiging van bezwaar tegen reclame"),
    because="Confirms an objection (art. 12(3), 21(3)).",
)
def objection_mail(owed: Mail) -> EmailMessage | None:
    """Confirm an objection of somebody who had nothing to withdraw; None when the person or the statement is gone."""
    row, version = Suppression.objects.filter(pk=owed.reference).first(), StatementVersion.objects.in_force()
    if owed.subject is None or row is None or version is None:
        return None
    language = notice.language_of(owed.subject)
    with translation.override(language):
        return _confirmed(owed.subject, version.in_language(language), at=row.at, names=[], objected=True)


def _confirmed(
    person: DataSubject, words: StatementVersion | StatementTranslation, *, at: datetime, names: list[str], objected: bool
) -> EmailMessage:
    context = {
        "day": date_format(timezone.localtime(at), "j F Y"),
        "names": names,
        "objected": objected,
        "controller": words.facts["controller"],
        "link": consents_url(person),
    }
    title = _("Bevestiging van uw intrekking") if names else _("Bevestiging van uw bezwaar")
    return _message(person.email, title, "stopped.txt", context)


@mail.register(
    NOTICE,
    label=gettext_lazy("Kennisgeving van een nieuwe privacyverklaring"),
    because="The law's own duty to tell of a change (art. 13(3)); advertises nothing.",
)
def notice_mail(owed: Mail) -> EmailMessage | None:
    """Tell one person of a new version, named by the mail's reference, in the language in which they last spoke to us."""
    if owed.subject is None:
        return None
    with translation.override(notice.language_of(owed.subject)):
        context = notice.contents(owed.reference)
        title = _("Onze privacyverklaring verandert per %(day)s") % {"day": context["day"]}
        message = _message(owed.subject.email, title, "notice.txt", context)
        message.reply_to = [context["controller"]["email"]]
        return message


def _message(to: str, title: str, template: str, context: dict[str, Any]) -> EmailMessage:
    return EmailMessage(subject=title, body=render_to_string(f"privacy_consent/mail/{template}", context), to=[to])
