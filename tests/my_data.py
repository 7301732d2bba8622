"""Somebody who asks: a person with data, the mails that go out about a request, and what is in them. A plugin of pytest's."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from privacy.mail.models import Mail
from privacy.mail.services import deliver
from privacy.rights import archive
from privacy.rights.models import DataRequest
from privacy.rights.redaction import as_text
from privacy.rights.tasks import sweep
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, Source, registry
from tests.factories import SubmissionFactory, relation

JAN = "jan@voorbeeld.example"

#: What every inzage.json keeps to.
SCHEMA = json.loads((Path(__file__).parents[1] / "docs" / "inzage.schema.json").read_text())

PostOffice = Callable[[], list[EmailMessage]]

NOTE = "Piet de Vries, tel. 06-1234, zei dat Jan belde. Groet, Piet de Vries"
#: What the one record of `mailbox_source` says: the last of these.
notes: list[Any] = []


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
def post_office(mailoutbox: list[EmailMessage]) -> PostOffice:
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


@pytest.fixture
def mailbox_source(monkeypatch: pytest.MonkeyPatch) -> Source:
    """A source in which others can be named, as a mailbox is; its one record changes with `notes`."""
    contact = registry.sources["contact.submissions"]
    at = datetime(2026, 5, 12, 9, tzinfo=UTC)
    source = Source(
        key="test.mailbox",
        label="Mailwisseling",
        origin="Uit onze mailbox.",
        model=contact.model,
        fields={},
        purposes=["enquiry"],
        rule="relations",
        collect=lambda subject: (Record(reference="Mail #1", at=at, values={"Tekst": note}) for note in notes[-1:]),
        order=25,
        texts=lambda subject: (
            "SELECT 'Mail #1' AS reference, text, true AS is_staffs FROM unnest(%s::text[]) AS text",
            [[as_text(note) for note in notes[-1:]]],
        ),
    )
    notes[:] = [NOTE]
    monkeypatch.setitem(registry.sources, source.key, source)
    return source


def ask(client: Client, *, email: str = JAN, kind: str = "access", message: str = "") -> DataRequest:
    """Send the form of "Mijn gegevens"."""
    response = client.post("/mijn-gegevens/", {"email": email, "kind": kind, "message": message})
    assert (response.status_code, response["Location"]) == (302, "/mijn-gegevens/gevraagd/")
    return DataRequest.objects.latest("pk")


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
