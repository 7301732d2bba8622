"""The editor's mail: that a case was taken down, never about whom."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import PageLogEntry

from privacy import mail
from privacy.mail.models import Mail

from .grounds import TAKEN_DOWN
from .models import CasePage


@mail.register(
    TAKEN_DOWN, label=gettext_lazy("Melding aan ons dat een casus offline is"), because="To ourselves: a page was taken down."
)
def taken_down_mail(owed: Mail) -> EmailMessage | None:
    """Write to whoever edited the case last, or to the privacy address; None when nothing is known of it any more.

    Args:
        owed: the mail; its reference is the line of the log.
    """
    entry = PageLogEntry.objects.filter(pk=owed.reference).first()
    if entry is None:
        return None
    editor = get_user_model()._default_manager.filter(pk=entry.data.get("editor"), is_active=True).first()
    kept = CasePage.objects.filter(pk=entry.page_id).exists()
    link = settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_pages:edit", args=[entry.page_id]) if kept else ""
    with translation.override(settings.LANGUAGE_CODE):
        return EmailMessage(
            subject=_("Een casus staat niet meer op de website"),
            body=render_to_string("home/mail/case_taken_down.txt", {"number": entry.page_id, "link": link}),
            to=[getattr(editor, "email", "") or settings.PRIVACY_EMAIL],
        )
