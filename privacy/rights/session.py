"""The short session of "Mijn gegevens": a signed cookie that knows who and since when, and is sent to these pages alone.

No row and no login: it ends by itself after `settings.MY_DATA_SESSION_MINUTES`, with the browser's "sluiten" button, and
with the person. The pages have an address in each language and a cookie has one path, so there is one for each language.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, override

from privacy.statement import cookies
from privacy.subjects.models import DataSubject

#: Its name on the pages in the default language; on the others the language follows it.
COOKIE = "mijn_gegevens"

_signer = signing.TimestampSigner(salt="privacy.rights.session")


def start(response: HttpResponse, subject: DataSubject) -> None:
    """Open a session for this person; whoever goes on in another language stays in."""
    value = _signer.sign(str(subject.pk))
    for name, path in _cookies():
        response.set_cookie(
            name,
            value,
            max_age=settings.MY_DATA_SESSION_MINUTES * 60,
            path=path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )


def end(response: HttpResponse) -> None:
    """Close the session in this browser."""
    for name, path in _cookies():
        response.delete_cookie(name, path=path, samesite="Strict")


@cookies.register
def names() -> Iterator[str]:
    """Yield the names of the cookies, one for each language of the site (G4)."""
    for code, _name in settings.LANGUAGES:
        yield _named(code)


def _named(code: str) -> str:
    return COOKIE if code == settings.LANGUAGE_CODE else f"{COOKIE}_{code}"


def _cookies() -> Iterator[tuple[str, str]]:
    for code, _name in settings.LANGUAGES:
        with override(code):
            yield _named(code), reverse("privacy_rights:ask")


def person(request: HttpRequest) -> DataSubject | None:
    """Return whose session it is; None when there is none, it is over, or the person is gone."""
    value = request.COOKIES.get(_named(get_language()), "")
    try:
        key = _signer.unsign(value, max_age=timedelta(minutes=settings.MY_DATA_SESSION_MINUTES))
    except signing.BadSignature:
        return None
    return DataSubject.objects.filter(pk=key).first()
