"""The short session of "Mijn gegevens": a signed cookie that knows who and since when, and is sent to these pages alone.

No row and no login: it ends by itself after `settings.MY_DATA_SESSION_MINUTES`, with the browser's "sluiten" button, and
with the person.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from privacy.subjects.models import DataSubject

COOKIE = "mijn_gegevens"

_signer = signing.TimestampSigner(salt="privacy.rights.session")


def names() -> list[str]:
    """Return the cookies that this room may set."""
    return [COOKIE]


def start(response: HttpResponse, subject: DataSubject) -> None:
    """Open a session for this person, in the language of the page."""
    response.set_cookie(
        COOKIE,
        _signer.sign(str(subject.pk)),
        max_age=settings.MY_DATA_SESSION_MINUTES * 60,
        path=reverse("privacy_rights:ask"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def end(response: HttpResponse) -> None:
    """Close the session in this browser."""
    response.delete_cookie(COOKIE, path=reverse("privacy_rights:ask"), samesite="Strict")


def person(request: HttpRequest) -> DataSubject | None:
    """Return whose session it is; None when there is none, it is over, or the person is gone."""
    try:
        key = _signer.unsign(request.COOKIES.get(COOKIE, ""), max_age=timedelta(minutes=settings.MY_DATA_SESSION_MINUTES))
    except signing.BadSignature:
        return None
    return DataSubject.objects.filter(pk=key).first()


def over_at() -> datetime:
    """Return when a session that begins now is over."""
    return timezone.now() + timedelta(minutes=settings.MY_DATA_SESSION_MINUTES)
