"""What the tests of requests share: a person with data, the mails that go out, and the links in them."""

import contextlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from privacy.mail.models import Mail
from privacy.mail.services import deliver
from privacy.rights import archive
from privacy.rights.models import DataRequest
from privacy.rights.tasks import sweep
from privacy.statement.models import StatementVersion
from privacy.storage import private_storage
from privacy.subjects.models import DataSubject
from tests.factories import SubmissionFactory, relation

JAN = "jan@voorbeeld.example"


@pytest.fixture(autouse=True)
def _empty_storage() -> Iterator[None]:
    """No archives of other tests, before and after."""
    _delete_archives()
    yield
    _delete_archives()


def _delete_archives() -> None:
    for name in archives():
        private_storage().delete(f"inzage/{name}")


def archives() -> list[str]:
    """Return the files in the private storage."""
    with contextlib.suppress(FileNotFoundError):  # no archive was ever kept
        return private_storage().listdir("inzage")[1]
    return []


@pytest.fixture
def jan(demo_site: None) -> DataSubject:
    """Somebody we know, with a message, a consent, and a name in it."""
    person = relation(timezone.now(), email=JAN)
    SubmissionFactory.create(
        subject=person,
        form_data={"name": "Jan Janssen", "email": JAN, "message": "Mag het iets ronder?"},
        labels=[["name", "Naam"], ["email", "E-mailadres"], ["message", "Uw bericht"]],
    )
    return person


@pytest.fixture
def officer(django_user_model: Any) -> User:
    """Somebody who may do everything."""
    user: User = django_user_model.objects.create_superuser("officier", "o@koelict.example", "wachtwoord")
    return user


@pytest.fixture
def post_office(mailoutbox: list[EmailMessage]) -> Callable[[], list[EmailMessage]]:
    """Send what is owed, as worker and beat would, and return the mails that went out by it."""

    def work() -> list[EmailMessage]:
        before = len(mailoutbox)
        for _ in range(3):
            sweep()
            for pk in Mail.objects.due(timezone.now()).values_list("pk", flat=True):
                deliver(pk)
        sweep()
        return mailoutbox[before:]

    return work


def link_in(mail: EmailMessage) -> str:
    """Return the path of the link to "Mijn gegevens" in a mail."""
    found = re.search(re.escape(settings.SITE_URL) + r"(/\S*(?:mijn-gegevens|my-data)/\S+)", str(mail.body))
    assert found, mail.body
    return found.group(1)


def papers(language: str) -> dict[str, bytes]:
    """Return what is to be read in the archive of JAN: each HTML file by its name.

    Args:
        language: of the letter.
    """
    out = io.BytesIO()
    person = DataSubject.objects.filter(email=JAN).first()
    archive.write(email=JAN, subject=person, version=StatementVersion.objects.binding(), out=out, language=language)
    with zipfile.ZipFile(out) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist() if name.endswith(".html")}


def ask(client: Client, *, email: str = JAN, kind: str = "access", message: str = "") -> DataRequest:
    """Send the form of "Mijn gegevens"."""
    response = client.post("/mijn-gegevens/", {"email": email, "kind": kind, "message": message})
    assert (response.status_code, response["Location"]) == (302, "/mijn-gegevens/gevraagd/")
    return DataRequest.objects.latest("pk")
