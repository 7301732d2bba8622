"""The monthly mail to the officer: what in the register is to be looked at again."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .reviews import Reviewed


def reviews_mail(due: Sequence[Reviewed]) -> EmailMessage:
    """Return the mail about these rows, in the site's own language. They describe processing and name no person.

    Args:
        due: what is due, in the order of the list.
    """
    with translation.override(settings.LANGUAGE_CODE):
        lines = [(row, row._meta.verbose_name) for row in due]
        link = settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_home")
        return EmailMessage(
            subject=_("Na te lopen in het privacyregister"),
            body=render_to_string("privacy_register/mail/reviews.txt", {"lines": lines, "link": link}),
            to=[settings.PRIVACY_EMAIL],
        )
