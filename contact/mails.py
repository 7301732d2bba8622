"""The owner's mail: that something came in and where to read it, never what it says (law.md I6)."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy import mail
from privacy.mail.models import Mail

from .models import Submission

#: Its reference is the message's key.
OWNERS_MAIL = "contact.owner"


@mail.register(
    OWNERS_MAIL, label=gettext_lazy("Melding aan ons dat er een bericht is"), because="To ourselves: a message came in."
)
def owners_mail(owed: Mail) -> EmailMessage | None:
    """Write about one message, in the site's own language; None when the message is gone.

    Args:
        owed: the mail; only the message's number goes into it.
    """
    submission = Submission.objects.select_related("page").filter(pk=owed.reference).first()
    if submission is None:
        return None
    page = submission.page.specific
    link = settings.WAGTAILADMIN_BASE_URL + reverse("contact-messages:inspect", args=[submission.pk])
    with translation.override(settings.LANGUAGE_CODE):
        return EmailMessage(
            subject=_("Nieuw bericht via het contactformulier"),
            body=render_to_string("contact/mail/owner.txt", {"link": link, "submission": submission}),
            to=[page.notify_address or settings.PRIVACY_EMAIL],
        )
