"""The monthly mail to the officer: what in the register is to be looked at again."""

from datetime import date

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy import mail
from privacy.mail.models import Mail
from privacy.mail.services import send

from .reviews import all_due

#: Its reference is the month, as 202612.
REVIEWS_MAIL = "register.reviews"


def send_reviews(month: date) -> None:
    """Owe the officer the mail of this month, once, if anything is due.

    Args:
        month: a day in that month.
    """
    if all_due(month):
        send(kind=REVIEWS_MAIL, reference=month.year * 100 + month.month)


@mail.register(REVIEWS_MAIL, label=gettext_lazy("Wat in het register na te lopen is"), because="To our own officer.")
def reviews_mail(owed: Mail) -> EmailMessage | None:
    """Write what is due now, in the site's own language; the rows describe processing and name no person.

    Args:
        owed: the mail of a month.
    """
    with translation.override(settings.LANGUAGE_CODE):
        lines = [(row, row._meta.verbose_name) for row in all_due(timezone.localdate())]
        if not lines:
            return None
        link = settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_home")
        return EmailMessage(
            subject=_("Na te lopen in het privacyregister"),
            body=render_to_string("privacy_register/mail/reviews.txt", {"lines": lines, "link": link}),
            to=[settings.PRIVACY_EMAIL],
        )
