"""The one way to write a mailing: a mail for a purpose that rests on consent, to somebody who may get it (law.md B7-B12).

A mailing is a kind of mail like any other (`privacy.mail`), whose builder returns what `mailing` returns. It asks again at the
moment of writing: who withdrew a minute ago gets nothing.
"""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import get_language

from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject

from .links import consents_url, unsubscribe_url
from .services import may


def mailing(*, subject: DataSubject, purpose: str, title: str, text: str) -> EmailMessage | None:
    """Return a mail with what the law asks of a mailing: who sends it, where they are, and a way out that works.

    The sender's name and address come from the statement in force (Tw art. 11.7(7)). Mail programs show a button for the
    headers (RFC 2369, RFC 8058): one press withdraws this purpose, without login, and leads nowhere.

    Args:
        subject: the receiver.
        purpose: key of the purpose that the mailing is for.
        title: subject of the mail.
        text: what it says, plain; the sender's details and the way out are added.

    Returns:
        The mail; None when it may not be sent to this person: then it goes to nobody.
    """
    version = StatementVersion.objects.in_force()
    if version is None or not may(subject=subject, purpose=purpose):
        return None
    controller = version.in_language(get_language()).facts["controller"]
    context = {"text": text, "controller": controller, "link": consents_url(subject)}
    return EmailMessage(
        subject=title,
        body=render_to_string("privacy_consent/mail/mailing.txt", context),
        from_email=formataddr((controller["name"], parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[subject.email],
        reply_to=[controller["email"]],
        headers={
            "List-Unsubscribe": f"<{unsubscribe_url(subject, purpose)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
