"""C12: whatever is held about somebody, wherever it is, is in their archive, or the place is listed with its reason."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry, PageLogEntry, ReferenceIndex, Revision

from contact.openings import opened
from privacy.consent.links import token_for
from privacy.consent.models import ErasureDue, UnconfirmedConsent
from privacy.rights import acts, services
from privacy.rights.delivery import build_export
from privacy.subjects.models import DataSubject
from privacy.subjects.moments import meet
from privacy.subjects.registry import registry
from tests.factories import AttachmentFactory, SubmissionFactory, case_about, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

EMAIL = "spoor.vinder@voorbeeld.example"
NAME, MESSAGE, ASKED, BEFORE = "Zandloper Quist", "kwartsvraag-81", "ruimvraag-47", "Zandlopr Quist"
GUIDE = Path(__file__).parents[3] / "docs" / "rechten.md"


@pytest.fixture
def person(client: Client) -> DataSubject:
    """A fake person in every source, by the doors that people use."""
    send(client, email=EMAIL, name=BEFORE, message=MESSAGE)
    found = DataSubject.objects.get()
    now = timezone.now()
    token_for(found)
    AttachmentFactory.create(submission=found.submissions.get())
    opened(found.submissions.get(), by=None)
    meet(found, kind="phone", at=now)
    ErasureDue.objects.create(subject=found, since=now)
    version = found.submissions.get().version
    UnconfirmedConsent.objects.create(
        subject=found, purpose="newsletter", wording="Ja.", version=version, language="nl", place="/contact/", at=now
    )
    asked = services.take(email=EMAIL, kind="rectification", message=ASKED, received_at=now, at=now)
    reference = str(found.submissions.get())
    acts.correct(asked, source="contact.submissions", reference=reference, values={"Naam": NAME}, actor="officer", at=now)
    AttachmentFactory.create(submission=SubmissionFactory.create(subject=found, possible_spam=True))
    case_about(found)
    return found


def test_everything_is_found(person: DataSubject) -> None:
    """Every source holds something, and the archive has it all."""
    out = io.BytesIO()
    summary = build_export(email=EMAIL, out=out)
    assert {key for key, count in summary.by_source.items() if not count} == set()
    assert set(summary.by_source) == set(registry.sources)
    with zipfile.ZipFile(out) as bundle:
        for name in ("data.json", "index.html"):
            text = bundle.read(name).decode()
            for mark in (EMAIL, NAME, MESSAGE, ASKED, BEFORE):
                assert mark in text, (name, mark)


def test_no_table_holds_them_that_no_source_knows(person: DataSubject) -> None:
    """The whole database is searched for what the person wrote, row by row, also in tables of Django and Wagtail."""
    known = {source.model._meta.db_table for source in registry.sources.values()}
    # Shown with their requests.
    known.add("privacy_rights_letter")
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS row WHERE row::text ~ %s',  # noqa: S608 (names of our own tables)
                ["|".join(re.escape(mark) for mark in (EMAIL, NAME, MESSAGE, ASKED, BEFORE))],
            )
            if cursor.fetchone()[0]:
                found.add(table)
    assert found - known == set()
    assert not Session.objects.exists()
    for model in (ModelLogEntry, PageLogEntry, Revision, ReferenceIndex):
        rows: Any = model
        assert EMAIL not in str(list(rows.objects.values()))


@pytest.mark.parametrize("number", range(1, 18))
def test_every_hiding_place_is_listed(number: int) -> None:
    """Section I of law.md, place by place: in the officer's guide, with where it is or why it is not."""
    row = re.search(rf"^\| I{number} \|(.+)\|(.+)\|$", GUIDE.read_text(), re.MULTILINE)
    assert row, f"I{number} is not in docs/rechten.md"
    assert len(row.group(2).strip()) > 10
