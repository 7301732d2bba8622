"""The owner's mail: that something came in and where to read it, never what it says (law.md I6)."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .models import Submission


def owners_mail(submission: Submission) -> EmailMessage:
    """Return the mail about one message, in the site's own language.

    Args:
        submission: the message; only its number goes into the mail.
    """
    page = submission.page.specific
    link = settings.WAGTAILADMIN_BASE_URL + reverse("contact-messages:inspect", args=[submission.pk])
    with translation.override(settings.LANGUAGE_CODE):
        return EmailMessage(
            subject=_("Nieuw bericht via het contactformulier"),
            body=render_to_string("contact/mail/owner.txt", {"link": link, "submission": submission}),
            to=[page.notify_address or settings.PRIVACY_EMAIL],
        )
